package dev.lathe.backend.onednn.binding;

/**
 * Which narrower types f32 operands may be rounded to before they are multiplied. The values are
 * those of the C enumeration.
 */
public enum FpMathMode {
  STRICT(0),
  BF16(1),
  F16(2),
  ANY(3),
  TF32(4);

  private final int code;

  FpMathMode(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
