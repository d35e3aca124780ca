package dev.lathe.runtime;

import dev.lathe.ir.BFloat16;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Float16;
import dev.lathe.ir.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Elements of one type in a shape, row-major and without gaps, in memory outside the Java heap.
 *
 * <p>Memory is little-endian and aligned to 64 bytes when this class allocates it. A tensor from
 * {@link #allocate(ElementType, long...)} and the {@code of} methods owns its memory: {@link
 * #close} frees it. One from {@link #allocate(Arena, ElementType, long...)} or {@link #wrap} lives
 * as long as the arena does; one that a session returned lives as long as it is reachable; closing
 * either does nothing.
 *
 * <p>A tensor may be read by several threads; who writes it while others read gives them mixed
 * elements.
 */
public final class Tensor implements AutoCloseable {
  /**
   * The alignment of allocated memory in bytes: a cache line, and the widest vector of today's
   * CPUs.
   */
  public static final long ALIGNMENT = 64;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ElementType elementType;
  private final long[] shape;
  private final MemorySegment segment;
  private final @Nullable Arena owned;

  private Tensor(
      ElementType elementType, long[] shape, MemorySegment segment, @Nullable Arena owned) {
    this.elementType = elementType;
    this.shape = shape;
    this.segment = segment;
    this.owned = owned;
  }

  /**
   * A tensor of zeros that owns its memory.
   *
   * @throws IllegalArgumentException if a dimension is negative or the size does not fit a long
   */
  public static Tensor allocate(ElementType elementType, long... shape) {
    long bytes = byteSize(elementType, shape);
    Arena arena = Arena.ofShared();
    try {
      return new Tensor(elementType, shape.clone(), allocate(arena, bytes), arena);
    } catch (OutOfMemoryError | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** A tensor of zeros in memory of {@code arena}. */
  public static Tensor allocate(Arena arena, ElementType elementType, long... shape) {
    long bytes = byteSize(elementType, shape);
    return new Tensor(elementType, shape.clone(), allocate(arena, bytes), null);
  }

  private static MemorySegment allocate(Arena arena, long bytes) {
    return arena.allocate(Math.max(bytes, 1), ALIGNMENT).asSlice(0, bytes);
  }

  /**
   * A tensor on memory that somebody else owns.
   *
   * @param segment native memory of exactly as many bytes as the elements take
   * @throws IllegalArgumentException if the segment is of another size or on the heap
   */
  public static Tensor wrap(MemorySegment segment, ElementType elementType, long... shape) {
    long bytes = byteSize(elementType, shape);
    if (segment.byteSize() != bytes || !segment.isNative()) {
      throw new IllegalArgumentException(
          "a tensor "
              + elementType
              + Arrays.toString(shape)
              + " takes "
              + bytes
              + " bytes of native memory, not "
              + segment.byteSize()
              + (segment.isNative() ? "" : " on the heap"));
    }
    return new Tensor(elementType, shape.clone(), segment, null);
  }

  /** A read-only tensor on the memory of a constant or a parameter. */
  public static Tensor of(ConstantData data) {
    return wrap(data.segment(), data.type().elementType(), data.type().shape().sizes());
  }

  /** An f32 tensor with a copy of {@code elements}. */
  public static Tensor of(float[] elements, long... shape) {
    Tensor tensor = allocateFor(ElementType.F32, elements.length, shape);
    MemorySegment.copy(elements, 0, tensor.segment, FLOAT, 0, elements.length);
    return tensor;
  }

  /** An f64 tensor with a copy of {@code elements}. */
  public static Tensor of(double[] elements, long... shape) {
    Tensor tensor = allocateFor(ElementType.F64, elements.length, shape);
    MemorySegment.copy(elements, 0, tensor.segment, DOUBLE, 0, elements.length);
    return tensor;
  }

  /** An i64 tensor with a copy of {@code elements}. */
  public static Tensor of(long[] elements, long... shape) {
    Tensor tensor = allocateFor(ElementType.I64, elements.length, shape);
    MemorySegment.copy(elements, 0, tensor.segment, LONG, 0, elements.length);
    return tensor;
  }

  /** An i32 tensor with a copy of {@code elements}. */
  public static Tensor of(int[] elements, long... shape) {
    Tensor tensor = allocateFor(ElementType.I32, elements.length, shape);
    MemorySegment.copy(elements, 0, tensor.segment, INT, 0, elements.length);
    return tensor;
  }

  /** A bool tensor with a copy of {@code elements}. */
  public static Tensor of(boolean[] elements, long... shape) {
    Tensor tensor = allocateFor(ElementType.BOOL, elements.length, shape);
    for (int i = 0; i < elements.length; i++) {
      tensor.segment.set(ValueLayout.JAVA_BYTE, i, (byte) (elements[i] ? 1 : 0));
    }
    return tensor;
  }

  /** A tensor of any type with a copy of the remaining bytes of {@code elements}, little-endian. */
  public static Tensor of(ByteBuffer elements, ElementType elementType, long... shape) {
    long bytes = byteSize(elementType, shape);
    if (elements.remaining() != bytes) {
      throw new IllegalArgumentException(
          "a tensor "
              + elementType
              + Arrays.toString(shape)
              + " takes "
              + bytes
              + " bytes, but the buffer has "
              + elements.remaining());
    }
    Tensor tensor = allocate(elementType, shape);
    tensor.segment.copyFrom(MemorySegment.ofBuffer(elements));
    return tensor;
  }

  private static Tensor allocateFor(ElementType elementType, int elements, long[] shape) {
    if (elementCount(shape) != elements) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " has "
              + elementCount(shape)
              + " elements, but "
              + elements
              + " are given");
    }
    return allocate(elementType, shape);
  }

  private static long elementCount(long[] shape) {
    long count = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(shape) + " has a negative dimension");
      }
      try {
        count = Math.multiplyExact(count, size);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(shape) + " has more elements than can be counted", e);
      }
    }
    return count;
  }

  private static long byteSize(ElementType elementType, long[] shape) {
    long elements = elementCount(shape);
    try {
      return elementType.byteSize(elements);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(shape)
              + " of "
              + elementType
              + " has more bytes than can be counted",
          e);
    }
  }

  /** The type of the elements. */
  public ElementType elementType() {
    return elementType;
  }

  /** A copy of the dimensions. */
  public long[] shape() {
    return shape.clone();
  }

  /** The number of dimensions. */
  public int rank() {
    return shape.length;
  }

  /** Dimension {@code axis}, counted from the front. */
  public long dim(int axis) {
    return shape[axis];
  }

  /** True if the dimensions are these. */
  public boolean hasShape(long... other) {
    return Arrays.equals(shape, other);
  }

  /** The number of elements. */
  public long elementCount() {
    return elementCount(shape);
  }

  /** Element type and shape. */
  public TensorType type() {
    return TensorType.of(elementType, shape);
  }

  /** The memory; reading it after {@link #close} throws. */
  public MemorySegment segment() {
    return segment;
  }

  /** A view of the memory as a little-endian buffer; tensors over 2 GiB have none. */
  public ByteBuffer asByteBuffer() {
    return segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A tensor with another shape of as many elements on the same memory. */
  public Tensor reshape(long... newShape) {
    if (elementCount(newShape) != elementCount()) {
      throw new IllegalArgumentException(
          "shape "
              + Arrays.toString(newShape)
              + " has not the "
              + elementCount()
              + " elements of "
              + Arrays.toString(shape));
    }
    return new Tensor(elementType, newShape.clone(), segment, null);
  }

  /**
   * Element {@code index} in row-major order as a double; bool is 0 or 1.
   *
   * @throws IndexOutOfBoundsException if there is no such element
   */
  public double getDouble(long index) {
    return switch (elementType) {
      case F32 -> segment.get(FLOAT, 4 * index);
      case F64 -> segment.get(DOUBLE, 8 * index);
      case F16 -> Float.float16ToFloat(segment.get(SHORT, 2 * index));
      case BF16 -> BFloat16.toFloat(segment.get(SHORT, 2 * index));
      case I8, I16, I32, I64, U8, U16, U32, BOOL, I4, U4 -> (double) getLong(index);
      case U64 -> {
        long bits = getLong(index);
        yield bits >= 0 ? (double) bits : ((bits >>> 1) | (bits & 1)) * 2.0;
      }
    };
  }

  /** Element {@code index} in row-major order as a long; floats truncate, u64 keeps its bits. */
  public long getLong(long index) {
    return switch (elementType) {
      case I64, U64 -> segment.get(LONG, 8 * index);
      case I32 -> segment.get(INT, 4 * index);
      case U32 -> Integer.toUnsignedLong(segment.get(INT, 4 * index));
      case I16 -> segment.get(SHORT, 2 * index);
      case U16 -> Short.toUnsignedLong(segment.get(SHORT, 2 * index));
      case I8 -> segment.get(ValueLayout.JAVA_BYTE, index);
      case U8, BOOL -> Byte.toUnsignedLong(segment.get(ValueLayout.JAVA_BYTE, index));
      case I4 -> (byte) (nibble(index) << 4) >> 4;
      case U4 -> nibble(index);
      case F32, F64, F16, BF16 -> (long) getDouble(index);
    };
  }

  private int nibble(long index) {
    int both = Byte.toUnsignedInt(segment.get(ValueLayout.JAVA_BYTE, index / 2));
    return (index & 1) == 0 ? both & 0xF : both >> 4;
  }

  /**
   * Sets element {@code index} to the nearest value: integers truncate and wrap, bool is not zero.
   */
  public void setDouble(long index, double value) {
    switch (elementType) {
      case F32 -> segment.set(FLOAT, 4 * index, (float) value);
      case F64 -> segment.set(DOUBLE, 8 * index, value);
      case F16 -> segment.set(SHORT, 2 * index, Float16.fromDouble(value));
      case BF16 -> segment.set(SHORT, 2 * index, BFloat16.fromDouble(value));
      case BOOL -> segment.set(ValueLayout.JAVA_BYTE, index, (byte) (value != 0 ? 1 : 0));
      case I8, I16, I32, I64, U8, U16, U32, U64, I4, U4 -> setLong(index, (long) value);
    }
  }

  /** Sets element {@code index}; integers wrap, bool is not zero. */
  public void setLong(long index, long value) {
    switch (elementType) {
      case I64, U64 -> segment.set(LONG, 8 * index, value);
      case I32, U32 -> segment.set(INT, 4 * index, (int) value);
      case I16, U16 -> segment.set(SHORT, 2 * index, (short) value);
      case I8, U8 -> segment.set(ValueLayout.JAVA_BYTE, index, (byte) value);
      case BOOL -> segment.set(ValueLayout.JAVA_BYTE, index, (byte) (value != 0 ? 1 : 0));
      case I4, U4 -> {
        int old = segment.get(ValueLayout.JAVA_BYTE, index / 2);
        int low = (int) (value & 0xF);
        int both = (index & 1) == 0 ? (old & 0xF0) | low : (old & 0x0F) | (low << 4);
        segment.set(ValueLayout.JAVA_BYTE, index / 2, (byte) both);
      }
      case F32, F64, F16, BF16 -> setDouble(index, (double) value);
    }
  }

  /** A copy of the elements of an f32 tensor. */
  public float[] toFloats() {
    expect(ElementType.F32);
    return segment.toArray(FLOAT);
  }

  /** A copy of the elements of an f64 tensor. */
  public double[] toDoubles() {
    expect(ElementType.F64);
    return segment.toArray(DOUBLE);
  }

  /** A copy of the elements of an i64 tensor. */
  public long[] toLongs() {
    expect(ElementType.I64);
    return segment.toArray(LONG);
  }

  /** A copy of the elements of an i32 tensor. */
  public int[] toInts() {
    expect(ElementType.I32);
    return segment.toArray(INT);
  }

  /** A copy of the bytes. */
  public byte[] toBytes() {
    return segment.toArray(ValueLayout.JAVA_BYTE);
  }

  private void expect(ElementType expected) {
    if (elementType != expected) {
      throw new IllegalStateException(
          "the elements are "
              + elementType
              + ", not "
              + expected
              + "; use getDouble, getLong or toBytes");
    }
  }

  /** Frees the memory if this owns it; a second call does nothing. */
  @Override
  public void close() {
    if (owned != null && owned.scope().isAlive()) {
      owned.close();
    }
  }

  @Override
  public String toString() {
    return elementType + Arrays.toString(shape);
  }
}
