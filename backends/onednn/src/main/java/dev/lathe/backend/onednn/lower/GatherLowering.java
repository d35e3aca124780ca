package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.IndexingOp;

/**
 * Gathering along an axis by known indices that grow evenly on each of their own axes: one element,
 * every other, the windows of a sequence. That is another way to look at the same memory.
 */
final class GatherLowering {
  private final BlockLowering block;

  GatherLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a node without moving anything; false if a kernel has to gather. */
  boolean lower(Node node, IndexingOp op) {
    if (!(op instanceof IndexingOp.Gather gather)
        || node.result().type().elementType().bits() < 8) {
      return false;
    }
    ConstantData indices = block.constant(node.operand(1));
    View view = block.operand(node, 0);
    Layout from = view.layout();
    int axis = Axes.normalize(gather.axis(), from.rank());
    long[] dims = Types.dims(node.result().type());
    int axes = node.operand(1).type().rank();
    if (indices == null || Layout.dense(dims).count() == 0) {
      return false;
    }
    long[] window = new long[axes];
    System.arraycopy(dims, axis, window, 0, axes);
    long first = index(indices, 0, from.dim(axis));
    long[] steps = steps(indices, window, from.dim(axis));
    if (first < 0 || !isEven(indices, first, window, steps, from.dim(axis))) {
      return false;
    }
    long[] strides = new long[dims.length];
    for (int i = 0; i < dims.length; i++) {
      strides[i] =
          i < axis
              ? from.stride(i)
              : i < axis + axes ? steps[i - axis] * from.stride(axis) : from.stride(i - axes + 1);
    }
    long offset = from.offset() + first * from.stride(axis);
    block.define(node.result(), view.with(Layout.of(dims, strides, offset)));
    return true;
  }

  /** An index counted from the beginning; negative where it is none of the axis. */
  private static long index(ConstantData indices, long at, long size) {
    long index = indices.getLong(at);
    long counted = index < 0 ? index + size : index;
    return counted < size ? counted : -1;
  }

  /** How far the second index on each axis is from the first; as of an axis of its own for one. */
  private static long[] steps(ConstantData indices, long[] dims, long size) {
    long[] steps = new long[dims.length];
    long[] places = Layout.dense(dims).strides();
    for (int i = 0; i < dims.length; i++) {
      steps[i] = dims[i] > 1 ? index(indices, places[i], size) - index(indices, 0, size) : 1;
    }
    return steps;
  }

  /** Whether all indices are such as the first and the steps say, and none is before the first. */
  private static boolean isEven(
      ConstantData indices, long first, long[] dims, long[] steps, long size) {
    Layout expected = Layout.of(dims, steps, first);
    long count = expected.count();
    long[] place = new long[dims.length];
    for (long at = 0; at < count; at++) {
      long value = first;
      for (int i = 0; i < dims.length; i++) {
        value += place[i] * steps[i];
      }
      if (value < first || index(indices, at, size) != value) {
        return false;
      }
      for (int i = dims.length - 1; i >= 0 && ++place[i] == dims[i]; i--) {
        place[i] = 0;
      }
    }
    return true;
  }
}
