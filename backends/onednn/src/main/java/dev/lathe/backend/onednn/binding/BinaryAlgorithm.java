package dev.lathe.backend.onednn.binding;

/**
 * A function of two elements, computed in f32; comparisons give 0 and 1. The values are those of
 * the C enumeration.
 */
public enum BinaryAlgorithm {
  ADD(0x1fff0),
  MUL(0x1fff1),
  MAX(0x1fff2),
  MIN(0x1fff3),
  DIV(0x1fff4),
  SUB(0x1fff5),
  GE(0x1fff6),
  GT(0x1fff7),
  LE(0x1fff8),
  LT(0x1fff9),
  EQ(0x1fffa),
  NE(0x1fffb),
  /** {@code condition ? first : second}, the condition being the third source, of type s8. */
  SELECT(0x1fffc);

  private final int code;

  BinaryAlgorithm(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
