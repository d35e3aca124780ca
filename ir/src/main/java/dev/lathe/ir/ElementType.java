package dev.lathe.ir;

import java.util.Locale;

/**
 * The type of one tensor element.
 *
 * <p>The set is that of ONNX {@code TensorProto.DataType} without strings and complex numbers.
 * {@link #I4} and {@link #U4} are storage types: two elements share a byte, the first in the low
 * nibble (ONNX IR version 10), and no arithmetic is defined on them.
 */
public enum ElementType {
  F32(32, Kind.FLOAT),
  F16(16, Kind.FLOAT),
  BF16(16, Kind.FLOAT),
  F64(64, Kind.FLOAT),
  I8(8, Kind.SIGNED),
  I16(16, Kind.SIGNED),
  I32(32, Kind.SIGNED),
  I64(64, Kind.SIGNED),
  U8(8, Kind.UNSIGNED),
  U16(16, Kind.UNSIGNED),
  U32(32, Kind.UNSIGNED),
  U64(64, Kind.UNSIGNED),
  BOOL(8, Kind.BOOLEAN),
  I4(4, Kind.SIGNED),
  U4(4, Kind.UNSIGNED);

  private enum Kind {
    FLOAT,
    SIGNED,
    UNSIGNED,
    BOOLEAN
  }

  private final int bits;
  private final Kind kind;
  private final String text = name().toLowerCase(Locale.ROOT);

  ElementType(int bits, Kind kind) {
    this.bits = bits;
    this.kind = kind;
  }

  /** Width of one element in bits; 4 for the packed storage types. */
  public int bits() {
    return bits;
  }

  /**
   * Bytes that {@code elements} elements take, packed types rounded up to a whole byte.
   *
   * @throws ArithmeticException if the size does not fit a long
   */
  public long byteSize(long elements) {
    return bits >= 8
        ? Math.multiplyExact(elements, (long) (bits / 8))
        : Math.addExact(elements, 1L) / 2;
  }

  /** True for the IEEE and bfloat16 types. */
  public boolean isFloat() {
    return kind == Kind.FLOAT;
  }

  /** True for signed and unsigned integers; false for {@link #BOOL}. */
  public boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  /** True for the unsigned integers. */
  public boolean isUnsigned() {
    return kind == Kind.UNSIGNED;
  }

  /**
   * The name used in textual IR and in the Lathe language: {@code f32}, {@code i64}, {@code bool}.
   */
  public String text() {
    return text;
  }

  /**
   * The type with the given textual name.
   *
   * @throws IllegalArgumentException if there is none; the message lists the names there are
   */
  public static ElementType parse(String text) {
    for (ElementType type : values()) {
      if (type.text.equals(text)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "unknown element type '"
            + text
            + "'; known are f32 f16 bf16 f64 i8 i16 i32 i64 u8 u16 u32 u64 bool i4 u4");
  }

  @Override
  public String toString() {
    return text;
  }
}
