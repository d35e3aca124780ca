package dev.lathe.ir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The immutable elements of a constant or a parameter: row-major, little-endian, without gaps.
 *
 * <p>The memory may be a slice of a mapped file, aligned to nothing more than a byte; readers use
 * the {@code UNALIGNED} layouts. It lives as long as the arena it came from; who made the arena
 * closes it after the last graph that refers to it. Two are equal if type and bytes are equal.
 */
public final class ConstantData {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Bytes at each end that take part in the hash; the whole would make hashing weights slow. */
  private static final long HASHED_BYTES = 256;

  private final TensorType type;
  private final MemorySegment segment;
  private int hash;

  /**
   * @param type a type whose shape is fixed
   * @param segment exactly {@link TensorType#byteSize()} bytes
   * @throws IllegalArgumentException if the shape is symbolic or the segment has another size
   */
  public ConstantData(TensorType type, MemorySegment segment) {
    if (!type.shape().isFixed()) {
      throw new IllegalArgumentException("a constant needs a fixed shape, not " + type);
    }
    if (segment.byteSize() != type.byteSize()) {
      throw new IllegalArgumentException(
          "a constant of type "
              + type
              + " takes "
              + type.byteSize()
              + " bytes, not "
              + segment.byteSize());
    }
    this.type = Objects.requireNonNull(type);
    this.segment = segment.asReadOnly();
  }

  /** A 1-d {@code i64} constant on memory that is freed when it is no longer reachable. */
  public static ConstantData ofLongs(long... values) {
    return new ConstantData(TensorType.of(ElementType.I64, values.length), copy(values));
  }

  /** A 0-d {@code i64} constant. */
  public static ConstantData ofLong(long value) {
    return new ConstantData(TensorType.of(ElementType.I64), copy(new long[] {value}));
  }

  private static MemorySegment copy(long[] values) {
    MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, 8L * values.length), 64);
    MemorySegment.copy(values, 0, segment, LONG, 0, values.length);
    return segment.asSlice(0, 8L * values.length);
  }

  /** A 1-d {@code f32} constant. */
  public static ConstantData ofFloats(float... values) {
    return ofFloats(Shape.of(values.length), values);
  }

  /** A 0-d {@code f32} constant. */
  public static ConstantData ofFloat(float value) {
    return ofFloats(Shape.SCALAR, value);
  }

  /** An {@code f32} constant of the given shape. */
  public static ConstantData ofFloats(Shape shape, float... values) {
    MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, 4L * values.length), 64);
    MemorySegment.copy(
        values,
        0,
        segment,
        ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN),
        0,
        values.length);
    return new ConstantData(
        new TensorType(ElementType.F32, shape), segment.asSlice(0, 4L * values.length));
  }

  /**
   * A 0-d constant of any element type with the value nearest to {@code value}; integers are
   * truncated, booleans are whether it is not zero.
   *
   * @throws IllegalArgumentException for the packed 4-bit types
   */
  public static ConstantData ofScalar(ElementType elementType, double value) {
    MemorySegment segment = Arena.ofAuto().allocate(8, 64);
    switch (elementType) {
      case F32 -> segment.set(INT, 0, Float.floatToRawIntBits((float) value));
      case F64 -> segment.set(LONG, 0, Double.doubleToRawLongBits(value));
      case F16 -> segment.set(SHORT, 0, Float16.fromDouble(value));
      case BF16 -> segment.set(SHORT, 0, BFloat16.fromDouble(value));
      case I64, U64, I32, U32, I16, U16, I8, U8 -> segment.set(LONG, 0, (long) value);
      case BOOL -> segment.set(ValueLayout.JAVA_BYTE, 0, (byte) (value != 0 ? 1 : 0));
      case I4, U4 ->
          throw new IllegalArgumentException(
              "a scalar of packed type " + elementType + " has no form");
    }
    return new ConstantData(
        TensorType.of(elementType), segment.asSlice(0, elementType.byteSize(1)));
  }

  /**
   * The integers of {@code data} with another element type; they must fit, and bool is whether not
   * zero.
   */
  public static ConstantData convert(ConstantData data, ElementType elementType) {
    if (data.type.elementType() == elementType) {
      return data;
    }
    long count = data.elementCount();
    long size = elementType.byteSize(1);
    MemorySegment segment =
        Arena.ofAuto().allocate(Math.max(1, count * size), 64).asSlice(0, count * size);
    for (long i = 0; i < count; i++) {
      MemorySegment.copy(
          ofScalar(elementType, (double) data.getLong(i)).segment, 0, segment, i * size, size);
    }
    return new ConstantData(data.type.withElementType(elementType), segment);
  }

  /** The element type and the fixed shape. */
  public TensorType type() {
    return type;
  }

  /** The bytes, read-only. */
  public MemorySegment segment() {
    return segment;
  }

  /** The number of elements. */
  public long elementCount() {
    return type.shape().elementCount().value();
  }

  /**
   * Element {@code index} in row-major order as a double; {@code bool} is 0 or 1.
   *
   * @throws IndexOutOfBoundsException if there is no such element
   */
  public double getDouble(long index) {
    return switch (type.elementType()) {
      case F32 -> Float.intBitsToFloat(segment.get(INT, 4 * index));
      case F64 -> Double.longBitsToDouble(segment.get(LONG, 8 * index));
      case F16 -> Float.float16ToFloat(segment.get(SHORT, 2 * index));
      case BF16 -> BFloat16.toFloat(segment.get(SHORT, 2 * index));
      case I8, I16, I32, I64, U8, U16, U32, U64, BOOL, I4, U4 -> getLong(index);
    };
  }

  /**
   * Element {@code index} in row-major order as a long; floats are truncated towards zero, {@code
   * u64} keeps its bits.
   *
   * @throws IndexOutOfBoundsException if there is no such element
   */
  public long getLong(long index) {
    return switch (type.elementType()) {
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

  /** All elements as longs; see {@link #getLong}. */
  public long[] toLongs() {
    long[] values = new long[Math.toIntExact(elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = getLong(i);
    }
    return values;
  }

  /** True if there is at least one element and all have the same bits as the first. */
  public boolean isUniform() {
    long count = elementCount();
    if (count == 0 || type.elementType().bits() < 8) {
      return false;
    }
    long size = type.elementType().bits() / 8;
    // A segment whose every element equals its successor is uniform: compare it with itself,
    // shifted.
    return segment.asSlice(0, (count - 1) * size).mismatch(segment.asSlice(size)) == -1;
  }

  /** This with another shape of as many elements, on the same memory. */
  public ConstantData reshaped(Shape shape) {
    return new ConstantData(type.withShape(shape), segment);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof ConstantData that
            && type.equals(that.type)
            && (sameMemory(that) || segment.mismatch(that.segment) == -1));
  }

  private boolean sameMemory(ConstantData that) {
    return segment.isNative()
        && that.segment.isNative()
        && segment.address() == that.segment.address();
  }

  @Override
  public int hashCode() {
    if (hash == 0) {
      int result = type.hashCode();
      long size = segment.byteSize();
      for (long i = 0;
          i < size;
          i = i == HASHED_BYTES - 1 ? Math.max(i + 1, size - HASHED_BYTES) : i + 1) {
        result = 31 * result + segment.get(ValueLayout.JAVA_BYTE, i);
      }
      hash = result;
    }
    return hash;
  }

  @Override
  public String toString() {
    return "constant " + type;
  }
}
