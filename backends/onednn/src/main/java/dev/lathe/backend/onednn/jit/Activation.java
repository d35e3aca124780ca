package dev.lathe.backend.onednn.jit;

/**
 * A function that a kernel applies to each result before it is written.
 *
 * @param alpha of {@link Function#CLAMP} the least result, of the hard functions the slope
 * @param beta of {@link Function#CLAMP} the greatest result, of the hard functions the value at 0
 */
public record Activation(Function function, float alpha, float beta) {
  /** Changes nothing. */
  public static final Activation NONE = new Activation(Function.NONE, 0, 0);

  /** {@code x * sigmoid(x)}. */
  public static final Activation SILU = new Activation(Function.SILU, 0, 0);

  /** {@code 1 / (1 + exp(-x))}. */
  public static final Activation SIGMOID = new Activation(Function.SIGMOID, 0, 0);

  /** The hyperbolic tangent. */
  public static final Activation TANH = new Activation(Function.TANH, 0, 0);

  /** {@code exp(x)}. */
  public static final Activation EXP = new Activation(Function.EXP, 0, 0);

  /** What kinds of functions there are. NaN stays NaN. */
  public enum Function {
    /** {@code x}. */
    NONE,
    /** {@code min(max(x, alpha), beta)}. */
    CLAMP,
    /** {@code min(max(alpha * x + beta, 0), 1)}. */
    HARD_SIGMOID,
    /** {@code x * min(max(alpha * x + beta, 0), 1)}. */
    HARD_SWISH,
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID,
    /** {@code x / (1 + exp(-x))}. */
    SILU,
    /** {@code exp(x)}. */
    EXP,
    /** The hyperbolic tangent. */
    TANH
  }

  /** Results between two numbers, either of which may be infinite. */
  public static Activation clamp(float least, float greatest) {
    return new Activation(Function.CLAMP, least, greatest);
  }
}
