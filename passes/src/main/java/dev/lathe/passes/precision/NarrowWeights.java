package dev.lathe.passes.precision;

import dev.lathe.ir.BFloat16;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Rounds f32 constants to a narrow float type. */
final class NarrowWeights {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long ALIGNMENT = 64;

  /** Errors of longer rows cancel, or matter little beside those of what they are multiplied by. */
  private static final long LONGEST_ROW = 1 << 16;

  private NarrowWeights() {}

  /** The bits of {@code value} rounded to {@code narrow}, which is bf16 or f16. */
  private static short round(float value, ElementType narrow) {
    return narrow == ElementType.BF16 ? BFloat16.fromFloat(value) : Float.floatToFloat16(value);
  }

  private static float widen(short bits, ElementType narrow) {
    return narrow == ElementType.BF16 ? BFloat16.toFloat(bits) : Float.float16ToFloat(bits);
  }

  /**
   * The elements rounded to the nearest, ties to even, on memory that is freed when it is no longer
   * reachable.
   */
  static ConstantData of(ConstantData wide, ElementType narrow) {
    long count = wide.elementCount();
    MemorySegment from = wide.segment();
    MemorySegment to = Arena.ofAuto().allocate(Math.max(2, 2 * count), ALIGNMENT);
    for (long i = 0; i < count; i++) {
      to.set(SHORT, 2 * i, round(from.get(FLOAT, 4 * i), narrow));
    }
    TensorType type = wide.type().withElementType(narrow);
    return new ConstantData(type, to.asSlice(0, 2 * count));
  }

  /**
   * The elements rounded such that the sum of each row stays what it is, as nearly as that is
   * possible: where the elements of a row are multiplied by numbers that are alike, as those of
   * neighbouring pixels, or that are all positive, as behind a ReLU, it is the sum of the errors
   * that is seen. Most elements are rounded to the nearest, and those nearest to the middle of two
   * to the other one.
   *
   * @param wide of rank 1 or more; a row is all that has one index on the first axis
   */
  static ConstantData withRowSums(ConstantData wide, ElementType narrow) {
    ConstantData rounded = of(wide, narrow);
    long rows = wide.type().dim(0).value();
    long length = rows == 0 ? 0 : wide.elementCount() / rows;
    if (length < 2 || length > LONGEST_ROW) {
      return rounded;
    }
    MemorySegment to = Arena.ofAuto().allocate(2 * wide.elementCount(), ALIGNMENT);
    MemorySegment.copy(rounded.segment(), 0, to, 0, to.byteSize());
    for (long row = 0; row < rows; row++) {
      long at = row * length;
      new Row(
              wide.segment().asSlice(4 * at, 4 * length),
              to.asSlice(2 * at, 2 * length),
              (int) length,
              narrow)
          .balance();
    }
    return new ConstantData(rounded.type(), to);
  }

  /** A row of weights and what they are rounded to. */
  private record Row(MemorySegment wide, MemorySegment rounded, int length, ElementType narrow) {
    /** Rounds elements to the other side, those first that it makes worse the least. */
    void balance() {
      double sum = 0;
      double[] costs = new double[length];
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        double error = error(i, rounded.get(SHORT, 2L * i));
        sum += error;
        short other = other(i);
        double otherError = error(i, other);
        if (error != 0 && Double.isFinite(otherError)) {
          costs[i] = (otherError * otherError - error * error) / Math.abs(otherError - error);
          order.add(i);
        }
      }
      order.sort(Comparator.comparingDouble(i -> costs[i]));
      for (int i : order) {
        short other = other(i);
        double step = error(i, other) - error(i, rounded.get(SHORT, 2L * i));
        if (Math.abs(sum + step) < Math.abs(sum)) {
          rounded.set(SHORT, 2L * i, other);
          sum += step;
        }
      }
    }

    private double error(int index, short bits) {
      return (double) widen(bits, narrow) - wide.get(FLOAT, 4L * index);
    }

    /** The neighbour on the other side of what was rounded. */
    private short other(int index) {
      short bits = rounded.get(SHORT, 2L * index);
      boolean up = Math.abs(widen(bits, narrow)) < Math.abs(wide.get(FLOAT, 4L * index));
      // Floats of one sign are ordered as their bits are.
      return (short) (up ? bits + 1 : bits - 1);
    }
  }

  /** Whether no finite number becomes infinite. */
  static boolean fits(ConstantData wide, ElementType narrow) {
    MemorySegment from = wide.segment();
    for (long i = 0; i < wide.elementCount(); i++) {
      float value = from.get(FLOAT, 4 * i);
      if (Float.isFinite(value) && !Float.isFinite(widen(round(value, narrow), narrow))) {
        return false;
      }
    }
    return true;
  }

  /** Whether rounding changes nothing. */
  static boolean isExact(ConstantData wide, ElementType narrow) {
    MemorySegment from = wide.segment();
    for (long i = 0; i < wide.elementCount(); i++) {
      float value = from.get(FLOAT, 4 * i);
      if (Float.floatToIntBits(value)
          != Float.floatToIntBits(widen(round(value, narrow), narrow))) {
        return false;
      }
    }
    return true;
  }
}
