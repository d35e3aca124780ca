package dev.lathe.backend.onednn.jit;

import dev.lathe.ir.BFloat16;
import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Numbers in memory, of any alignment. */
final class Elements {
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Elements() {}

  /**
   * The number at an index.
   *
   * @param type f32, bf16 or f16
   */
  static float get(MemorySegment from, ElementType type, long index) {
    return switch (type) {
      case BF16 -> BFloat16.toFloat(from.get(SHORT, index * Short.BYTES));
      case F16 -> Float.float16ToFloat(from.get(SHORT, index * Short.BYTES));
      default -> from.get(FLOAT, index * Float.BYTES);
    };
  }

  /** Writes an f32 number. */
  static void put(MemorySegment to, long index, float number) {
    to.set(FLOAT, index * Float.BYTES, number);
  }
}
