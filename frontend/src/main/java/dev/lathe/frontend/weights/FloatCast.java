package dev.lathe.frontend.weights;

import dev.lathe.ir.BFloat16;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Float16;
import dev.lathe.ir.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Casts of weights from one float type to another; each value becomes the nearest. */
final class FloatCast {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private FloatCast() {}

  /** Whether {@link #cast} is for these types. */
  static boolean isPossible(ElementType from, ElementType to) {
    return from == to || (from.isFloat() && to.isFloat());
  }

  /**
   * The values with another float type; the same data if that is its type.
   *
   * @param arena what new memory is taken from
   */
  static ConstantData cast(ConstantData data, ElementType to, Arena arena) {
    if (data.type().elementType() == to) {
      return data;
    }
    TensorType type = data.type().withElementType(to);
    long count = data.elementCount();
    MemorySegment cast =
        arena.allocate(Math.max(1, type.byteSize()), 64).asSlice(0, type.byteSize());
    for (long i = 0; i < count; i++) {
      double value = data.getDouble(i);
      switch (to) {
        case F32 -> cast.set(INT, 4 * i, Float.floatToRawIntBits((float) value));
        case F64 -> cast.set(LONG, 8 * i, Double.doubleToRawLongBits(value));
        case F16 -> cast.set(SHORT, 2 * i, Float16.fromDouble(value));
        case BF16 -> cast.set(SHORT, 2 * i, BFloat16.fromDouble(value));
        case I8, I16, I32, I64, U8, U16, U32, U64, BOOL, I4, U4 ->
            throw new IllegalArgumentException(to + " is no float type");
      }
    }
    return new ConstantData(type, cast);
  }
}
