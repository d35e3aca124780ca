package dev.lathe.backend.reference;

import dev.lathe.ir.ElementType;
import java.util.Comparator;

/**
 * Integer arithmetic on elements held in {@code long}: signed and narrow unsigned types as their
 * value, u64 as its bits. Results are wrapped to the width of the type when they are written.
 */
final class Integers {
  private Integers() {}

  /** The order of the elements of a type. */
  static Comparator<Long> order(ElementType type) {
    return type == ElementType.U64 ? Long::compareUnsigned : Long::compare;
  }

  static int compare(ElementType type, long a, long b) {
    return type == ElementType.U64 ? Long.compareUnsigned(a, b) : Long.compare(a, b);
  }

  static long min(ElementType type, long a, long b) {
    return compare(type, a, b) <= 0 ? a : b;
  }

  static long max(ElementType type, long a, long b) {
    return compare(type, a, b) >= 0 ? a : b;
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
    return type.isUnsigned() ? -1L >>> (64 - type.bits()) : -1L >>> (65 - type.bits());
  }

  /** The value as a double; u64 from its bits. */
  static double toDouble(ElementType type, long value) {
    return type == ElementType.U64 && value < 0
        ? ((value >>> 1) | (value & 1)) * 2.0
        : (double) value;
  }

  /** {@code value} truncated to an integer and brought into the range of 64 bits of the type. */
  static long fromDouble(ElementType type, double value) {
    boolean upperHalf = type == ElementType.U64 && value >= 0x1p63;
    if (!upperHalf) {
      return (long) value;
    }
    return value >= 0x1p64 ? -1L : (long) (value - 0x1p63) + Long.MIN_VALUE;
  }

  /** {@code value} truncated to an integer and brought into the range of the type. */
  static long saturate(ElementType type, double value) {
    if (value >= toDouble(type, highest(type))) {
      return highest(type);
    }
    return value <= lowest(type) ? lowest(type) : fromDouble(type, value);
  }

  static long divide(ElementType type, long a, long b) {
    refuseZero(b);
    return type == ElementType.U64 ? Long.divideUnsigned(a, b) : a / b;
  }

  static long remainder(ElementType type, long a, long b) {
    refuseZero(b);
    return type == ElementType.U64 ? Long.remainderUnsigned(a, b) : a % b;
  }

  static long floorMod(ElementType type, long a, long b) {
    refuseZero(b);
    return type == ElementType.U64 ? Long.remainderUnsigned(a, b) : Math.floorMod(a, b);
  }

  private static void refuseZero(long divisor) {
    if (divisor == 0) {
      throw new ArithmeticException("an integer is divided by zero");
    }
  }

  /** {@code base^exponent} for an exponent of at least zero, wrapping. */
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

  /** The bits of an element without sign extension. */
  static long bits(ElementType type, long value) {
    return value & (-1L >>> (64 - type.bits()));
  }

  /** Bits that leave the type are lost; a shift by its width or more leaves none. */
  static long shiftLeft(ElementType type, long value, long by) {
    return by < 0 || by >= type.bits() ? 0 : value << by;
  }

  /** Zeros come in; a shift by the width of the type or more leaves nothing else. */
  static long shiftRight(ElementType type, long value, long by) {
    return by < 0 || by >= type.bits() ? 0 : bits(type, value) >>> by;
  }
}
