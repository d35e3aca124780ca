package dev.lathe.backend.onednn.host;

import dev.lathe.ir.BFloat16;
import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Copies runs of elements between memory and arrays.
 *
 * <p>Reading widens exactly, except that 64-bit integers as {@code double} or {@code float} are
 * rounded. Writing rounds floats to the nearest, ties to even, and wraps integers; what is not zero
 * becomes a bool that is true. u64 is the bits of a {@code long}.
 */
final class Elements {
  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Elements() {}

  /** Reads {@code n} elements, the first at index {@code from}, into {@code into[at…]}. */
  static void load(
      ElementType type, MemorySegment segment, long from, int n, float[] into, int at) {
    switch (type) {
      case F32 -> MemorySegment.copy(segment, FLOAT, from << 2, into, at, n);
      case F16 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = Float.float16ToFloat(segment.get(SHORT, (from + i) << 1));
        }
      }
      case BF16 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = BFloat16.toFloat(segment.get(SHORT, (from + i) << 1));
        }
      }
      case F64 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = (float) segment.get(DOUBLE, (from + i) << 3);
        }
      }
      case I32 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = (float) segment.get(INT, (from + i) << 2);
        }
      }
      case I64 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = (float) segment.get(LONG, (from + i) << 3);
        }
      }
      case I8 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(BYTE, from + i);
        }
      }
      case U8, BOOL -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(BYTE, from + i) & 0xFF;
        }
      }
      case I16, U16, U32, U64, I4, U4 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = toFloat(type, getLong(type, segment, from + i));
        }
      }
    }
  }

  /**
   * Reads {@code n} elements, the first at index {@code from}.
   *
   * @param bytes at least as long as {@code n}: bytes become floats in it, in loops that vectorise
   */
  static void load(
      ElementType type, MemorySegment segment, long from, int n, float[] into, byte[] bytes) {
    if (type.bits() != Byte.SIZE) {
      load(type, segment, from, n, into, 0);
      return;
    }
    MemorySegment.copy(segment, BYTE, from, bytes, 0, n);
    if (type == ElementType.I8) {
      for (int i = 0; i < n; i++) {
        into[i] = bytes[i];
      }
      return;
    }
    // With its highest bit flipped, an unsigned byte is a signed one that is less by 128.
    for (int i = 0; i < n; i++) {
      bytes[i] ^= Byte.MIN_VALUE;
    }
    for (int i = 0; i < n; i++) {
      into[i] = bytes[i] + 128f;
    }
  }

  /**
   * Writes the first {@code n} values, whole numbers in range, as bytes, signed or not.
   *
   * @param bytes at least as long as {@code n}
   */
  static void storeBytes(MemorySegment segment, long into, int n, float[] values, byte[] bytes) {
    for (int i = 0; i < n; i++) {
      bytes[i] = (byte) (int) values[i];
    }
    MemorySegment.copy(bytes, 0, segment, BYTE, into, n);
  }

  /** Reads {@code n} elements, the first at index {@code from}, into {@code into[at…]}. */
  static void load(
      ElementType type, MemorySegment segment, long from, int n, double[] into, int at) {
    switch (type) {
      case F64 -> MemorySegment.copy(segment, DOUBLE, from << 3, into, at, n);
      case F32 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(FLOAT, (from + i) << 2);
        }
      }
      case F16 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = Float.float16ToFloat(segment.get(SHORT, (from + i) << 1));
        }
      }
      case BF16 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = BFloat16.toFloat(segment.get(SHORT, (from + i) << 1));
        }
      }
      case I32 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(INT, (from + i) << 2);
        }
      }
      case I64 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = (double) segment.get(LONG, (from + i) << 3);
        }
      }
      case I8 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(BYTE, from + i);
        }
      }
      case U8, BOOL -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(BYTE, from + i) & 0xFF;
        }
      }
      case I16, U16, U32, U64, I4, U4 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = toDouble(type, getLong(type, segment, from + i));
        }
      }
    }
  }

  /** Reads {@code n} integers or bools, the first at index {@code from}, into {@code into[at…]}. */
  static void load(ElementType type, MemorySegment segment, long from, int n, long[] into, int at) {
    switch (type) {
      case I64, U64 -> MemorySegment.copy(segment, LONG, from << 3, into, at, n);
      case I32 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(INT, (from + i) << 2);
        }
      }
      case U32 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(INT, (from + i) << 2) & 0xFFFFFFFFL;
        }
      }
      case I16 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(SHORT, (from + i) << 1);
        }
      }
      case U16 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(SHORT, (from + i) << 1) & 0xFFFF;
        }
      }
      case I8 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(BYTE, from + i);
        }
      }
      case U8, BOOL -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = segment.get(BYTE, from + i) & 0xFF;
        }
      }
      case I4, U4, F32, F64, F16, BF16 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = getLong(type, segment, from + i);
        }
      }
    }
  }

  /** Writes {@code values[at…]} as {@code n} elements, the first at index {@code into}. */
  static void store(
      ElementType type, MemorySegment segment, long into, int n, float[] values, int at) {
    switch (type) {
      case F32 -> MemorySegment.copy(values, at, segment, FLOAT, into << 2, n);
      case F16 -> {
        for (int i = 0; i < n; i++) {
          segment.set(SHORT, (into + i) << 1, Float.floatToFloat16(values[at + i]));
        }
      }
      case BF16 -> {
        for (int i = 0; i < n; i++) {
          segment.set(SHORT, (into + i) << 1, BFloat16.fromFloat(values[at + i]));
        }
      }
      case F64 -> {
        for (int i = 0; i < n; i++) {
          segment.set(DOUBLE, (into + i) << 3, values[at + i]);
        }
      }
      case I8, I16, I32, I64, U8, U16, U32, U64, BOOL, I4, U4 -> {
        for (int i = 0; i < n; i++) {
          setDouble(type, segment, into + i, values[at + i]);
        }
      }
    }
  }

  /**
   * Writes {@code values[at…]} as {@code n} elements, the first at index {@code into}; integers are
   * truncated, and wrapped where they are narrower than 64 bits.
   */
  static void store(
      ElementType type, MemorySegment segment, long into, int n, double[] values, int at) {
    switch (type) {
      case F64 -> MemorySegment.copy(values, at, segment, DOUBLE, into << 3, n);
      case F32 -> {
        for (int i = 0; i < n; i++) {
          segment.set(FLOAT, (into + i) << 2, (float) values[at + i]);
        }
      }
      case F16, BF16, I8, I16, I32, I64, U8, U16, U32, U64, BOOL, I4, U4 -> {
        for (int i = 0; i < n; i++) {
          setDouble(type, segment, into + i, values[at + i]);
        }
      }
    }
  }

  /** Writes {@code values[at…]} as {@code n} elements, the first at index {@code into}. */
  static void store(
      ElementType type, MemorySegment segment, long into, int n, long[] values, int at) {
    switch (type) {
      case I64, U64 -> MemorySegment.copy(values, at, segment, LONG, into << 3, n);
      case I32, U32 -> {
        for (int i = 0; i < n; i++) {
          segment.set(INT, (into + i) << 2, (int) values[at + i]);
        }
      }
      case I16, U16 -> {
        for (int i = 0; i < n; i++) {
          segment.set(SHORT, (into + i) << 1, (short) values[at + i]);
        }
      }
      case I8, U8 -> {
        for (int i = 0; i < n; i++) {
          segment.set(BYTE, into + i, (byte) values[at + i]);
        }
      }
      case BOOL -> {
        for (int i = 0; i < n; i++) {
          segment.set(BYTE, into + i, (byte) (values[at + i] != 0 ? 1 : 0));
        }
      }
      case I4, U4, F32, F64, F16, BF16 -> {
        for (int i = 0; i < n; i++) {
          setLong(type, segment, into + i, values[at + i]);
        }
      }
    }
  }

  /** Writes the first {@code n} values as integers of at most 32 bits, from {@code into} on. */
  static void store(ElementType type, MemorySegment segment, long into, int n, int[] values) {
    switch (type) {
      case I8, U8 -> {
        for (int i = 0; i < n; i++) {
          segment.set(BYTE, into + i, (byte) values[i]);
        }
      }
      case I32, U32 -> MemorySegment.copy(values, 0, segment, INT, into << 2, n);
      case I16, U16, I4, U4, BOOL, I64, U64, F32, F64, F16, BF16 -> {
        for (int i = 0; i < n; i++) {
          setLong(type, segment, into + i, values[i]);
        }
      }
    }
  }

  static double getDouble(ElementType type, MemorySegment segment, long index) {
    return switch (type) {
      case F32 -> segment.get(FLOAT, index << 2);
      case F64 -> segment.get(DOUBLE, index << 3);
      case F16 -> Float.float16ToFloat(segment.get(SHORT, index << 1));
      case BF16 -> BFloat16.toFloat(segment.get(SHORT, index << 1));
      case I8, I16, I32, I64, U8, U16, U32, U64, BOOL, I4, U4 ->
          toDouble(type, getLong(type, segment, index));
    };
  }

  /** An element as an integer; floats truncate. */
  static long getLong(ElementType type, MemorySegment segment, long index) {
    return switch (type) {
      case I64, U64 -> segment.get(LONG, index << 3);
      case I32 -> segment.get(INT, index << 2);
      case U32 -> segment.get(INT, index << 2) & 0xFFFFFFFFL;
      case I16 -> segment.get(SHORT, index << 1);
      case U16 -> segment.get(SHORT, index << 1) & 0xFFFF;
      case I8 -> segment.get(BYTE, index);
      case U8, BOOL -> segment.get(BYTE, index) & 0xFF;
      case I4 -> ((segment.get(BYTE, index >> 1) >> (int) ((index & 1) << 2)) << 28) >> 28;
      case U4 -> (segment.get(BYTE, index >> 1) >> (int) ((index & 1) << 2)) & 0xF;
      case F32, F64, F16, BF16 -> (long) getDouble(type, segment, index);
    };
  }

  static void setDouble(ElementType type, MemorySegment segment, long index, double value) {
    switch (type) {
      case F32 -> segment.set(FLOAT, index << 2, (float) value);
      case F64 -> segment.set(DOUBLE, index << 3, value);
      case F16 -> segment.set(SHORT, index << 1, Float.floatToFloat16(roundToOdd(value)));
      case BF16 -> segment.set(SHORT, index << 1, BFloat16.fromFloat(roundToOdd(value)));
      case BOOL -> segment.set(BYTE, index, (byte) (value != 0 ? 1 : 0));
      case I8, I16, I32, I64, U8, U16, U32, I4, U4 -> setLong(type, segment, index, (long) value);
      case U64 -> setLong(type, segment, index, Integers.fromDouble(type, value));
    }
  }

  static void setLong(ElementType type, MemorySegment segment, long index, long value) {
    switch (type) {
      case I64, U64 -> segment.set(LONG, index << 3, value);
      case I32, U32 -> segment.set(INT, index << 2, (int) value);
      case I16, U16 -> segment.set(SHORT, index << 1, (short) value);
      case I8, U8 -> segment.set(BYTE, index, (byte) value);
      case BOOL -> segment.set(BYTE, index, (byte) (value != 0 ? 1 : 0));
      case I4, U4 -> {
        int shift = (int) ((index & 1) << 2);
        int kept = segment.get(BYTE, index >> 1) & (0xF0 >> shift);
        segment.set(BYTE, index >> 1, (byte) (kept | (int) (value & 0xF) << shift));
      }
      case F32 -> segment.set(FLOAT, index << 2, (float) value);
      case F64, F16, BF16 -> setDouble(type, segment, index, (double) value);
    }
  }

  /** An integer held in a {@code long} as the nearest float. */
  static float toFloat(ElementType type, long value) {
    return type == ElementType.U64 && value < 0
        ? ((value >>> 1) | (value & 1)) * 2f
        : (float) value;
  }

  /** An integer held in a {@code long} as the nearest double. */
  static double toDouble(ElementType type, long value) {
    return type == ElementType.U64 && value < 0
        ? ((value >>> 1) | (value & 1)) * 2.0
        : (double) value;
  }

  /**
   * A float that rounds to the same narrower float as {@code value} does: an inexact one has an odd
   * last bit, so that it is never halfway between narrower ones (Boldo and Melquiond 2008).
   */
  static float roundToOdd(double value) {
    float nearest = (float) value;
    if (nearest == value || Double.isNaN(value) || Float.isInfinite(nearest)) {
      return nearest;
    }
    int bits = Float.floatToRawIntBits(nearest);
    int away = Math.abs((double) nearest) > Math.abs(value) ? -1 : 1;
    return Float.intBitsToFloat((bits & 1) == 0 ? bits + away : bits);
  }
}
