package dev.lathe.backend.onednn.host;

import dev.lathe.ir.BFloat16;
import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads and writes single elements, as {@link Staging} does runs of them. */
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
