package dev.lathe.backend.onednn.binding;

/**
 * A function of one element {@code s} and two constants, computed in f32. The values are those of
 * the C enumeration; formulas are oneDNN's.
 */
public enum EltwiseAlgorithm {
  /** {@code s > 0 ? s : alpha * s}. */
  RELU(0x20),
  /** {@code tanh(s)}. */
  TANH(0x21),
  /** {@code s > 0 ? s : alpha * (exp(s) - 1)}. */
  ELU(0x22),
  /** {@code s * s}. */
  SQUARE(0x23),
  /** {@code |s|}. */
  ABS(0x24),
  /** {@code sqrt(s)}. */
  SQRT(0x25),
  /** {@code alpha * s + beta}. */
  LINEAR(0x26),
  /** {@code log(1 + exp(alpha * s)) / alpha}. */
  SOFT_RELU(0x27),
  /** {@code max(0, min(1, alpha * s + beta))}. */
  HARD_SIGMOID(0x28),
  /** {@code 1 / (1 + exp(-s))}. */
  LOGISTIC(0x29),
  /** {@code exp(s)}. */
  EXP(0x2a),
  /** {@code 0.5 * s * (1 + tanh(sqrt(2 / pi) * (s + 0.044715 * s^3)))}. */
  GELU_TANH(0x2b),
  /** {@code s / (1 + exp(-alpha * s))}. */
  SWISH(0x2c),
  /** {@code log(s)}. */
  LOG(0x2d),
  /** {@code s > beta ? beta : s < alpha ? alpha : s}. */
  CLIP(0x2e),
  /** {@code s >= beta ? beta : s <= alpha ? alpha : s}: differs from clip in its derivative. */
  CLIP_V2(0x2f),
  /** {@code alpha * s^beta}. */
  POW(0x30),
  /** {@code 0.5 * s * (1 + erf(s / sqrt(2)))}. */
  GELU_ERF(0x31),
  /** {@code s} rounded to the nearest integer, ties to even. */
  ROUND(0x32),
  /** {@code s * tanh(log(1 + exp(s)))}. */
  MISH(0x33),
  /** {@code s * max(0, min(1, alpha * s + beta))}. */
  HARD_SWISH(0x34);

  private final int code;

  EltwiseAlgorithm(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
