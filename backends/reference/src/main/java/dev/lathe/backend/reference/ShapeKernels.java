package dev.lathe.backend.reference;

import dev.lathe.ir.Dim;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.ShapeOf;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.runtime.Tensor;
import java.util.List;

/** Ops that ask for a shape, change it, or move whole parts of tensors. */
final class ShapeKernels {
  private ShapeKernels() {}

  static Tensor shapeOf(ShapeOf op, Call call) {
    return call.result(
        op.of(call.operand(0).type().shape()).stream().mapToLong(Dim::value).toArray());
  }

  /** The same elements in the shape of the result. */
  static Tensor reshape(Call call) {
    Tensor result = call.result();
    if (result.elementCount() != call.operand(0).elementCount()) {
      throw new IllegalArgumentException(
          call.operand(0) + " has not as many elements as " + result);
    }
    result.segment().copyFrom(call.operand(0).segment());
    return result;
  }

  static Tensor transpose(Transpose op, Call call) {
    Tensor operand = call.operand(0);
    Tensor result = call.result();
    long[] own = Strided.strides(operand.shape());
    long[] strides = op.permutation().stream().mapToLong(axis -> own[axis]).toArray();
    Strided.copy(new Strided.View(operand, 0, strides), Strided.View.of(result), result.shape());
    return result;
  }

  static Tensor expand(Call call) {
    Tensor operand = call.operand(0);
    Tensor result = call.result();
    long[] strides = Strided.broadcastStrides(operand.shape(), result.shape());
    Strided.copy(new Strided.View(operand, 0, strides), Strided.View.of(result), result.shape());
    return result;
  }

  static Tensor concat(Concat op, Call call) {
    Tensor result = call.result();
    int axis = Axes.normalize(op.axis(), result.rank());
    long[] strides = Strided.strides(result.shape());
    long at = 0;
    for (Tensor operand : call.operands()) {
      Strided.copy(
          Strided.View.of(operand),
          new Strided.View(result, at * strides[axis], strides),
          operand.shape());
      at += operand.dim(axis);
    }
    return result;
  }

  static Tensor slice(Slice op, Call call) {
    Tensor operand = call.operand(0);
    Tensor result = call.result();
    List<Integer> axes = Axes.normalize(op.axes(), operand.rank());
    long[] strides = Strided.strides(operand.shape());
    long offset = 0;
    for (int i = 0; i < axes.size(); i++) {
      int axis = axes.get(i);
      long size = operand.dim(axis);
      long step = call.operand(3).getLong(i);
      long start = call.operand(1).getLong(i);
      long first = start < 0 ? start + size : start;
      long last = step < 0 ? size - 1 : size;
      offset += Math.max(0, Math.min(first, last)) * strides[axis];
      strides[axis] *= step;
    }
    Strided.copy(
        new Strided.View(operand, offset, strides), Strided.View.of(result), result.shape());
    return result;
  }

  static Tensor tile(Call call) {
    Tensor operand = call.operand(0);
    Tensor result = call.result();
    int[][] indices = new int[operand.rank()][];
    for (int axis = 0; axis < indices.length; axis++) {
      int size = (int) operand.dim(axis);
      indices[axis] = new int[(int) result.dim(axis)];
      for (int i = 0; i < indices[axis].length; i++) {
        indices[axis][i] = i % size;
      }
    }
    Strided.gather(operand, indices, result);
    return result;
  }

  static Tensor pad(Pad op, Call call) {
    Tensor operand = call.operand(0);
    Tensor result = call.result();
    int rank = operand.rank();
    int[][] indices = new int[rank][];
    for (int axis = 0; axis < rank; axis++) {
      long size = operand.dim(axis);
      long before = call.operand(1).getLong(axis);
      indices[axis] = new int[Math.toIntExact(result.dim(axis))];
      for (int i = 0; i < indices[axis].length; i++) {
        indices[axis][i] = padded(op.mode(), i - before, size, axis);
      }
    }
    // Filled with one element, repeated by strides of zero.
    Strided.copy(
        new Strided.View(call.operand(2), 0, new long[rank]),
        Strided.View.of(result),
        result.shape());
    Strided.gather(operand, indices, result);
    return result;
  }

  /** The index on an axis of {@code size} whose element stands at place {@code i}. */
  private static int padded(PadMode mode, long i, long size, int axis) {
    if (i >= 0 && i < size) {
      return (int) i;
    }
    if (mode == PadMode.CONSTANT) {
      return Strided.NOTHING;
    }
    if (size == 0) {
      throw new IllegalArgumentException(
          "axis " + axis + " is empty, so there is nothing to pad it with in mode " + mode);
    }
    return switch (mode) {
      case EDGE -> i < 0 ? 0 : (int) size - 1;
      case WRAP -> (int) Math.floorMod(i, size);
      case REFLECT -> {
        long period = Math.max(1, 2 * (size - 1));
        long place = Math.floorMod(i, period);
        yield (int) (place < size ? place : period - place);
      }
      case CONSTANT -> Strided.NOTHING;
    };
  }
}
