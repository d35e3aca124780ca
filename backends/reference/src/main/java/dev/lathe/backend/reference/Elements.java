package dev.lathe.backend.reference;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Moves elements between tensors and arrays.
 *
 * <p>Kernels on floats compute in {@code double} and those on integers and booleans in {@code
 * long}; this is where elements are widened when they are read, and rounded or wrapped, once, when
 * they are written.
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

  /** The most elements that an array is sure to hold. */
  static final int MAX_COUNT = Integer.MAX_VALUE - 8;

  private Elements() {}

  /**
   * The number of elements as an array length.
   *
   * @throws IllegalArgumentException if there are more than an array can hold
   */
  static int count(Tensor tensor) {
    return count(tensor.type());
  }

  /**
   * The number of elements of a tensor of the given type as an array length.
   *
   * @throws IllegalArgumentException if there are more than an array can hold
   */
  static int count(TensorType type) {
    long count = type.shape().elementCount().value();
    if (count > MAX_COUNT) {
      throw new IllegalArgumentException(
          type
              + " has more than the "
              + MAX_COUNT
              + " elements that the reference backend can hold in an array");
    }
    return (int) count;
  }

  /** All elements, exactly, except integers beyond 2^53, which are rounded. */
  static double[] doubles(Tensor tensor) {
    double[] values = new double[count(tensor)];
    read(tensor, 0, values, 0, values.length);
    return values;
  }

  /** Reads {@code count} elements from element {@code from} on to {@code into[at…]}. */
  static void read(Tensor tensor, long from, double[] into, int at, int count) {
    MemorySegment segment = tensor.segment();
    switch (tensor.elementType()) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = segment.get(FLOAT, 4 * (from + i));
        }
      }
      case F64 -> MemorySegment.copy(segment, DOUBLE, 8 * from, into, at, count);
      case I8 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = segment.get(BYTE, from + i);
        }
      }
      case U8 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Byte.toUnsignedInt(segment.get(BYTE, from + i));
        }
      }
      case F16, BF16, I16, I32, I64, U16, U32, U64, BOOL, I4, U4 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = tensor.getDouble(from + i);
        }
      }
    }
  }

  /** All elements; floats truncate, u64 keeps its bits. */
  static long[] longs(Tensor tensor) {
    long[] values = new long[count(tensor)];
    if (tensor.elementType() == ElementType.I64) {
      MemorySegment.copy(tensor.segment(), LONG, 0, values, 0, values.length);
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.getLong(i);
    }
    return values;
  }

  /**
   * Writes all elements, rounded once to the nearest float (ties to even); integers truncate and
   * wrap.
   */
  static void write(Tensor tensor, double[] values) {
    write(tensor, 0, values, 0, values.length);
  }

  /** Writes {@code values[at…]} as {@code count} elements from element {@code into} on. */
  static void write(Tensor tensor, long into, double[] values, int at, int count) {
    MemorySegment segment = tensor.segment();
    switch (tensor.elementType()) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          segment.set(FLOAT, 4 * (into + i), (float) values[at + i]);
        }
      }
      case F64 -> MemorySegment.copy(values, at, segment, DOUBLE, 8 * into, count);
      case F16, BF16, I8, I16, I32, I64, U8, U16, U32, U64, BOOL, I4, U4 -> {
        for (int i = 0; i < count; i++) {
          tensor.setDouble(into + i, values[at + i]);
        }
      }
    }
  }

  /** Writes all elements; integers wrap, bool is not zero. */
  static void write(Tensor tensor, long[] values) {
    if (tensor.elementType() == ElementType.I64) {
      MemorySegment.copy(values, 0, tensor.segment(), LONG, 0, values.length);
      return;
    }
    for (int i = 0; i < values.length; i++) {
      tensor.setLong(i, values[i]);
    }
  }
}
