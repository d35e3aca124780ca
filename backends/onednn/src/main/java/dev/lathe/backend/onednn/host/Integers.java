package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;

/**
 * Arithmetic on integers held in {@code long}: u64 as its bits, all others as their value. Results
 * wrap when they are written.
 */
final class Integers {
  private Integers() {}

  static int compare(ElementType type, long a, long b) {
    return type == ElementType.U64 ? Long.compareUnsigned(a, b) : Long.compare(a, b);
  }

  /** The least element of an integer type or bool. */
  static long lowest(ElementType type) {
    return type.isUnsigned() || type == ElementType.BOOL ? 0 : -1L << (type.bits() - 1);
  }

  /** The greatest element of an integer type or bool; that of u64 as bits. */
  static long highest(ElementType type) {
    if (type == ElementType.BOOL) {
      return 1;
    }
    return -1L >>> (type.isUnsigned() ? 64 - type.bits() : 65 - type.bits());
  }

  /** {@code value} truncated and brought into the range of 64 bits, signed or unsigned. */
  static long fromDouble(ElementType type, double value) {
    if (type == ElementType.U64 && value >= 0x1p63) {
      return value >= 0x1p64 ? -1L : (long) (value - 0x1p63) + Long.MIN_VALUE;
    }
    return (long) value;
  }

  /** {@code value} truncated and brought into the range of the type. */
  static long saturate(ElementType type, double value) {
    if (value >= Elements.toDouble(type, highest(type))) {
      return highest(type);
    }
    return value <= lowest(type) ? lowest(type) : fromDouble(type, value);
  }

  static long divide(long a, long b) {
    return a / divisor(b);
  }

  static long remainder(long a, long b) {
    return a % divisor(b);
  }

  static long floorMod(long a, long b) {
    return Math.floorMod(a, divisor(b));
  }

  /**
   * {@code b} if one may divide by it.
   *
   * @throws ArithmeticException if it is zero
   */
  static long divisor(long b) {
    if (b == 0) {
      throw new ArithmeticException("an integer is divided by zero");
    }
    return b;
  }

  /** {@code base^exponent}, wrapping; the exponent is unsigned. */
  static long pow(long base, long exponent) {
    long result = 1;
    long square = base;
    for (long rest = exponent; rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }
}
