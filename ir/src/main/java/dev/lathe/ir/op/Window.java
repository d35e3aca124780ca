package dev.lathe.ir.op;

import dev.lathe.ir.Dim;
import java.util.List;

/**
 * How a window slides over the spatial axes of a tensor {@code [N, C, D1, D2, …]}.
 *
 * @param strides the step on each spatial axis, at least 1
 * @param dilations the distance between neighbours inside the window, at least 1
 * @param padding what the window sees outside the data
 */
public record Window(List<Long> strides, List<Long> dilations, Padding padding) {
  /**
   * @throws IllegalArgumentException if the lists differ in length or hold a number below 1
   */
  public Window {
    strides = List.copyOf(strides);
    dilations = List.copyOf(dilations);
    if (strides.size() != dilations.size()
        || (padding instanceof Padding.Explicit e && e.begin().size() != strides.size())) {
      throw new IllegalArgumentException(
          "strides "
              + strides
              + ", dilations "
              + dilations
              + " and "
              + padding
              + " name different numbers of axes");
    }
    for (int i = 0; i < strides.size(); i++) {
      if (strides.get(i) < 1 || dilations.get(i) < 1) {
        throw new IllegalArgumentException(
            "strides " + strides + " and dilations " + dilations + " must be at least 1");
      }
    }
  }

  /** A window of step 1 without padding on {@code axes} axes. */
  public static Window unit(int axes) {
    List<Long> ones = java.util.Collections.nCopies(axes, 1L);
    return new Window(ones, ones, Padding.Explicit.none(axes));
  }

  /** The number of spatial axes. */
  public int axes() {
    return strides.size();
  }

  /** The size of the output on spatial axis {@code axis}. */
  public Dim outputSize(int axis, Dim input, long kernel, boolean ceil) {
    return padding.outputSize(axis, input, kernel, strides.get(axis), dilations.get(axis), ceil);
  }

  /** The padding before and after on spatial axis {@code axis}, for an input of a fixed size. */
  public long[] padding(int axis, long input, long kernel) {
    return padding.resolve(axis, input, kernel, strides.get(axis), dilations.get(axis));
  }
}
