package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Dimensions before the matrices of a product, as few as possible: neighbours become one where all
 * operands step through them as through one. oneDNN's fast kernels know fewer ways to repeat an
 * operand than there are with many dimensions.
 *
 * @param ends for each dimension of the kernel, one more than the last of those it stands for
 */
record BatchDims(List<Integer> ends) {
  /** The last two dimensions of a product are a matrix. */
  private static final int MATRIX = 2;

  /** Copies the list. */
  BatchDims {
    ends = List.copyOf(ends);
  }

  /** Only dimensions of 1, which any layout can do without. */
  static BatchDims ofResult(long[] result) {
    return of(result, List.of(), false);
  }

  /**
   * All that the operands allow.
   *
   * @param result the dimensions of the result
   * @param operands layouts of as many dimensions, each of the result's size or 1 but for the last
   *     two
   */
  static BatchDims of(long[] result, List<Layout> operands) {
    return of(result, operands, true);
  }

  private static BatchDims of(long[] result, List<Layout> operands, boolean all) {
    int batch = result.length - MATRIX;
    List<Integer> ends = new ArrayList<>();
    for (int axis = 0; axis < batch; axis++) {
      int start = ends.size() < 2 ? 0 : ends.get(ends.size() - 2);
      if (!ends.isEmpty() && joins(result, operands, start, axis, all)) {
        ends.set(ends.size() - 1, axis + 1);
      } else {
        ends.add(axis + 1);
      }
    }
    return new BatchDims(ends);
  }

  /** Whether dimension {@code axis} can be one with those before it from {@code start} on. */
  private static boolean joins(
      long[] result, List<Layout> operands, int start, int axis, boolean all) {
    long before = Arrays.stream(result, start, axis).reduce(1, (x, y) -> x * y);
    if (before == 1 || result[axis] == 1) {
      return true;
    }
    return all && operands.stream().allMatch(each -> joins(result, each, start, axis));
  }

  private static boolean joins(long[] result, Layout operand, int start, int axis) {
    int inner = axis - 1;
    while (inner > start && result[inner] == 1) {
      inner--;
    }
    boolean repeatsOuter = operand.dim(inner) != result[inner];
    boolean repeats = operand.dim(axis) != result[axis];
    return repeats
        ? repeatsOuter
        : !repeatsOuter && operand.stride(inner) == operand.stride(axis) * operand.dim(axis);
  }

  /** A layout with the kernel's dimensions. */
  Layout of(Layout layout) {
    int rank = layout.rank();
    long[] dims = new long[ends.size() + MATRIX];
    long[] strides = new long[dims.length];
    for (int group = 0; group < dims.length; group++) {
      boolean matrix = group >= ends.size();
      int end = matrix ? rank - dims.length + group + 1 : ends.get(group);
      int start = matrix ? end - 1 : group == 0 ? 0 : ends.get(group - 1);
      dims[group] = 1;
      for (int axis = end - 1; axis >= start; axis--) {
        if (layout.dim(axis) != 1 && dims[group] == 1) {
          strides[group] = layout.stride(axis);
        }
        dims[group] *= layout.dim(axis);
      }
      if (dims[group] == 1) {
        strides[group] = layout.stride(start);
      }
    }
    return Layout.of(dims, strides, layout.offset());
  }

  /** A view with the kernel's dimensions. */
  View of(View view) {
    return view.with(of(view.layout()));
  }
}
