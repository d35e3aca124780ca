package dev.lathe.backend.onednn.binding;

/** How a reduction joins elements. The values are those of the C enumeration. */
public enum ReductionAlgorithm {
  MAX(0x2fff2),
  MIN(0x2fff3),
  SUM(0x2fff4),
  MUL(0x2fff5),
  MEAN(0x2fff6),
  /** {@code max(sum |s|^p, eps)^(1/p)}. */
  NORM_LP_MAX(0x2fff7),
  /** {@code (sum |s|^p + eps)^(1/p)}. */
  NORM_LP_SUM(0x2fff8),
  /** {@code max(sum |s|^p, eps)}. */
  NORM_LP_POWER_P_MAX(0x2fff9),
  /** {@code sum |s|^p + eps}. */
  NORM_LP_POWER_P_SUM(0x2fffa);

  private final int code;

  ReductionAlgorithm(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
