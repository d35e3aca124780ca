package dev.lathe.frontend.onnx.proto;

import java.util.Optional;

/**
 * Element types of ONNX tensors with the numbers of {@code TensorProto.DataType}.
 *
 * <p>Source: {@code onnx.proto}, enumeration {@code TensorProto.DataType}.
 */
public enum DataType {
  /** No type given. */
  UNDEFINED(0, 0),
  /** IEEE 754 binary32. */
  FLOAT(1, 32),
  /** Unsigned 8-bit integer. */
  UINT8(2, 8),
  /** Signed 8-bit integer. */
  INT8(3, 8),
  /** Unsigned 16-bit integer. */
  UINT16(4, 16),
  /** Signed 16-bit integer. */
  INT16(5, 16),
  /** Signed 32-bit integer. */
  INT32(6, 32),
  /** Signed 64-bit integer. */
  INT64(7, 64),
  /** Byte strings, UTF-8 by convention; never raw, never external. */
  STRING(8, 0),
  /** One byte, 0 or 1. */
  BOOL(9, 8),
  /** IEEE 754 binary16. */
  FLOAT16(10, 16),
  /** IEEE 754 binary64. */
  DOUBLE(11, 64),
  /** Unsigned 32-bit integer. */
  UINT32(12, 32),
  /** Unsigned 64-bit integer. */
  UINT64(13, 64),
  /** Two binary32: real, imaginary. */
  COMPLEX64(14, 64),
  /** Two binary64: real, imaginary. */
  COMPLEX128(15, 128),
  /** The upper half of a binary32. */
  BFLOAT16(16, 16),
  /** 8-bit float, 4 exponent bits, finite. */
  FLOAT8E4M3FN(17, 8),
  /** 8-bit float, 4 exponent bits, finite, one zero. */
  FLOAT8E4M3FNUZ(18, 8),
  /** 8-bit float, 5 exponent bits. */
  FLOAT8E5M2(19, 8),
  /** 8-bit float, 5 exponent bits, finite, one zero. */
  FLOAT8E5M2FNUZ(20, 8),
  /** Unsigned 4-bit integer, two a byte, the first in the low half. */
  UINT4(21, 4),
  /** Signed 4-bit integer, two a byte, the first in the low half. */
  INT4(22, 4),
  /** 4-bit float, two a byte. */
  FLOAT4E2M1(23, 4),
  /** 8-bit power of two, no sign and no mantissa. */
  FLOAT8E8M0(24, 8),
  /** Unsigned 2-bit integer, four a byte. */
  UINT2(25, 2),
  /** Signed 2-bit integer, four a byte. */
  INT2(26, 2);

  private static final DataType[] BY_NUMBER = values();

  private final int number;
  private final int bits;

  DataType(int number, int bits) {
    this.number = number;
    this.bits = bits;
  }

  /** The number that stands for this type in a file. */
  public int number() {
    return number;
  }

  /** Bits an element takes in tensor data; 0 for {@link #STRING} and {@link #UNDEFINED}. */
  public int bits() {
    return bits;
  }

  /** The type of a number, or empty where this reader knows none. */
  public static Optional<DataType> of(long number) {
    return number >= 0 && number < BY_NUMBER.length
        ? Optional.of(BY_NUMBER[(int) number])
        : Optional.empty();
  }

  /**
   * Bytes that so many elements take, sub-byte elements packed and the last byte filled up.
   *
   * @throws ArithmeticException when the count of bytes does not fit a {@code long}
   */
  public long bytes(long elements) {
    if (bits >= 8) {
      return Math.multiplyExact(elements, bits / 8);
    }
    return Math.ceilDiv(Math.multiplyExact(elements, bits), 8);
  }
}
