package dev.lathe.ir.op;

import dev.lathe.ir.Dim;
import dev.lathe.ir.TypeException;
import java.util.List;

/** How many elements a sliding window sees before and after the data, on each spatial axis. */
public sealed interface Padding {

  /** Given numbers; negative ones crop. */
  record Explicit(List<Long> begin, List<Long> end) implements Padding {
    public Explicit {
      begin = List.copyOf(begin);
      end = List.copyOf(end);
      if (begin.size() != end.size()) {
        throw new IllegalArgumentException(
            "padding begins on " + begin.size() + " axes and ends on " + end.size());
      }
    }

    /** No padding on {@code axes} axes. */
    public static Explicit none(int axes) {
      List<Long> zeros = java.util.Collections.nCopies(axes, 0L);
      return new Explicit(zeros, zeros);
    }
  }

  /**
   * As much as makes the output {@code ceil(input / stride)} long (ONNX {@code auto_pad} SAME_*,
   * Keras {@code same}); known when the input's size is.
   *
   * @param upper whether the odd element goes to the end, instead of the beginning
   */
  record Same(boolean upper) implements Padding {}

  /**
   * The padding on one axis, for an input of a fixed size.
   *
   * @return two numbers: before and after
   */
  default long[] resolve(int axis, long input, long kernel, long stride, long dilation) {
    return switch (this) {
      case Explicit e -> new long[] {e.begin().get(axis), e.end().get(axis)};
      case Same same -> {
        long output = Math.ceilDiv(input, stride);
        long total = Math.max(0, (output - 1) * stride + (kernel - 1) * dilation + 1 - input);
        long less = total / 2;
        yield same.upper() ? new long[] {less, total - less} : new long[] {total - less, less};
      }
    };
  }

  /**
   * The size of the output of a window on one axis.
   *
   * @param ceil whether a window that begins inside the data or the padding before it and ends
   *     outside counts (ONNX {@code ceil_mode})
   */
  default Dim outputSize(
      int axis, Dim input, long kernel, long stride, long dilation, boolean ceil) {
    return switch (this) {
      case Same ignored -> input.ceilDiv(stride);
      case Explicit e -> {
        long begin = e.begin().get(axis);
        long end = e.end().get(axis);
        Dim span = input.plus(begin + end - ((kernel - 1) * dilation + 1));
        if (span.isFixed() && span.value() < 0) {
          throw new TypeException(
              "window of "
                  + ((kernel - 1) * dilation + 1)
                  + " on spatial axis "
                  + axis
                  + " is larger than the padded input of "
                  + input.plus(begin + end));
        }
        if (!ceil) {
          yield span.floorDiv(stride).plus(1);
        }
        Dim size = span.ceilDiv(stride).plus(1);
        // The last window must begin inside the data or the padding before it.
        Dim lastStart = size.minus(Dim.ONE).times(stride);
        boolean outside =
            lastStart.isFixed() && input.isFixed() && lastStart.value() >= input.value() + begin;
        yield outside ? size.minus(Dim.ONE) : size;
      }
    };
  }
}
