package dev.lathe.backend.reference;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.IndexingOp.GatherElements;
import dev.lathe.ir.op.IndexingOp.GatherNd;
import dev.lathe.ir.op.IndexingOp.OneHot;
import dev.lathe.ir.op.IndexingOp.ReverseSequence;
import dev.lathe.ir.op.IndexingOp.ScatterElements;
import dev.lathe.ir.op.IndexingOp.ScatterNd;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import dev.lathe.ir.op.IndexingOp.Trilu;
import dev.lathe.runtime.Tensor;
import java.util.Arrays;
import java.util.List;

/** Ops that move elements to or from places that other tensors name. */
final class IndexingKernels {
  private IndexingKernels() {}

  /** An index counted from the front; refuses one out of range. */
  private static long index(long index, long size, int axis) {
    if (index < -size || index >= size) {
      throw new IllegalArgumentException(
          "index " + index + " is out of range for axis " + axis + " of size " + size);
    }
    return index < 0 ? index + size : index;
  }

  static Tensor gather(Gather op, Call call) {
    Tensor data = call.operand(0);
    int axis = Axes.normalize(op.axis(), data.rank());
    long[] indices = call.longs(1);
    int outer = Strided.count(data.shape(), 0, axis);
    long inner = Strided.count(data.shape(), axis + 1, data.rank());
    long size = data.dim(axis);
    Tensor result = call.result();
    long[] run = {inner};
    long[] step = {1};
    long target = 0;
    for (int o = 0; o < outer; o++) {
      for (long i : indices) {
        long source = (o * size + index(i, size, axis)) * inner;
        Strided.copy(
            new Strided.View(data, source, step), new Strided.View(result, target, step), run);
        target += inner;
      }
    }
    return result;
  }

  static Tensor gatherElements(GatherElements op, Call call) {
    Tensor result = call.result();
    Strided.gather(call.operand(0), elementOffsets(op.axis(), call), result);
    return result;
  }

  /** For each element of the indices, the offset in data that it names along an axis. */
  private static int[] elementOffsets(int givenAxis, Call call) {
    long[] shape = call.shape(0);
    long[] indexShape = call.shape(1);
    int axis = Axes.normalize(givenAxis, shape.length);
    for (int i = 0; i < shape.length; i++) {
      if (i != axis && indexShape[i] > shape[i]) {
        throw new IllegalArgumentException(
            "indices " + call.operand(1) + " reach outside " + call.operand(0) + " on axis " + i);
      }
    }
    long[] strides = Strided.strides(shape);
    int along = Math.toIntExact(strides[axis]);
    strides[axis] = 0;
    int[] offsets = Strided.offsets(indexShape, strides);
    long[] indices = call.longs(1);
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] += (int) index(indices[i], shape[axis], axis) * along;
    }
    return offsets;
  }

  static Tensor gatherNd(GatherNd op, Call call) {
    Tensor result = call.result();
    Strided.gather(call.operand(0), sliceOffsets(op.batchDims(), call), result);
    return result;
  }

  /** For each element of the slices that index vectors name, its offset in data. */
  private static int[] sliceOffsets(int batchDims, Call call) {
    long[] shape = call.shape(0);
    long[] indexShape = call.shape(1);
    int depth = Math.toIntExact(indexShape[indexShape.length - 1]);
    int batches = Strided.count(shape, 0, batchDims);
    if (batches != Strided.count(indexShape, 0, batchDims)) {
      throw new IllegalArgumentException(
          "the first "
              + batchDims
              + " axes of data "
              + call.operand(0)
              + " and of indices "
              + call.operand(1)
              + " must agree");
    }
    long[] strides = Strided.strides(shape);
    int vectors = Strided.count(indexShape, 0, indexShape.length - 1);
    int slice = Strided.count(shape, batchDims + depth, shape.length);
    int batchSize = Strided.count(shape, batchDims, shape.length);
    long[] indices = call.longs(1);
    int[] offsets = new int[Math.multiplyExact(vectors, slice)];
    for (int v = 0; v < vectors; v++) {
      int batch = v / Math.max(1, vectors / Math.max(1, batches));
      long start = (long) batch * batchSize;
      for (int d = 0; d < depth; d++) {
        int axis = batchDims + d;
        start += index(indices[v * depth + d], shape[axis], axis) * strides[axis];
      }
      for (int i = 0; i < slice; i++) {
        offsets[v * slice + i] = Math.toIntExact(start + i);
      }
    }
    return offsets;
  }

  static Tensor scatterElements(ScatterElements op, Call call) {
    if (!Arrays.equals(call.shape(1), call.shape(2))) {
      throw new IllegalArgumentException(
          "updates " + call.operand(2) + " must have the shape of indices " + call.operand(1));
    }
    return scatter(op.reduction(), elementOffsets(op.axis(), call), call);
  }

  static Tensor scatterNd(ScatterNd op, Call call) {
    int[] offsets = sliceOffsets(0, call);
    if (call.operand(2).elementCount() != offsets.length) {
      throw new IllegalArgumentException(
          "updates "
              + call.operand(2)
              + " must have "
              + offsets.length
              + " elements for indices "
              + call.operand(1)
              + " into "
              + call.operand(0));
    }
    return scatter(op.reduction(), offsets, call);
  }

  /** Updates are applied in order, so that of several to one place the last stays. */
  private static Tensor scatter(ScatterReduction reduction, int[] offsets, Call call) {
    if (reduction == ScatterReduction.NONE) {
      Tensor result = CreationKernels.copyOf(call.operand(0), call);
      Strided.scatter(call.operand(2), offsets, result);
      return result;
    }
    ElementType type = call.elementType();
    if (type.isFloat()) {
      double[] values = call.doubles(0);
      double[] updates = call.doubles(2);
      for (int i = 0; i < offsets.length; i++) {
        double old = values[offsets[i]];
        values[offsets[i]] =
            switch (reduction) {
              case NONE -> updates[i];
              case ADD -> old + updates[i];
              case MUL -> old * updates[i];
              case MAX -> Math.max(old, updates[i]);
              case MIN -> Math.min(old, updates[i]);
            };
      }
      return call.result(values);
    }
    long[] values = call.longs(0);
    long[] updates = call.longs(2);
    for (int i = 0; i < offsets.length; i++) {
      long old = values[offsets[i]];
      values[offsets[i]] =
          switch (reduction) {
            case NONE -> updates[i];
            case ADD -> old + updates[i];
            case MUL -> old * updates[i];
            case MAX -> Integers.max(type, old, updates[i]);
            case MIN -> Integers.min(type, old, updates[i]);
          };
    }
    return call.result(values);
  }

  static Tensor trilu(Trilu op, Call call) {
    Tensor data = call.operand(0);
    long diagonal = call.scalar(1);
    long rows = data.dim(data.rank() - 2);
    long columns = data.dim(data.rank() - 1);
    int[] offsets = new int[Elements.count(data)];
    for (int i = 0; i < offsets.length; i++) {
      long row = i / columns % rows;
      long above = i % columns - row;
      boolean kept = op.upper() ? above >= diagonal : above <= diagonal;
      offsets[i] = kept ? i : Strided.NOTHING;
    }
    Tensor result = call.result();
    Strided.gather(data, offsets, result);
    return result;
  }

  static Tensor oneHot(OneHot op, Call call) {
    Tensor indices = call.operand(0);
    int axis = Axes.normalize(op.axis(), indices.rank() + 1);
    long depth = call.scalar(1);
    if (depth < 0) {
      throw new IllegalArgumentException("the depth must be at least 0, not " + depth);
    }
    long[] shape = indices.shape();
    int inner = Strided.count(shape, axis, shape.length);
    Tensor result = call.result();
    int[] offsets = new int[Elements.count(result)];
    for (int i = 0; i < offsets.length; i++) {
      long place = i / inner % depth;
      long at = i / (inner * depth) * inner + i % inner;
      long index = indices.getLong(at);
      offsets[i] = index == place || index + depth == place ? 1 : 0;
    }
    Strided.gather(call.operand(2), offsets, result);
    return result;
  }

  /** NaN is not zero. */
  static Tensor nonZero(Call call) {
    Tensor data = call.operand(0);
    double[] values = call.doubles(0);
    int[] found = new int[values.length];
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (values[i] != 0) {
        found[count++] = i;
      }
    }
    long[] strides = Strided.strides(data.shape());
    Tensor result = call.allocate(ElementType.I64, data.rank(), count);
    for (int axis = 0; axis < data.rank(); axis++) {
      for (int i = 0; i < count; i++) {
        result.setLong((long) axis * count + i, found[i] / strides[axis] % data.dim(axis));
      }
    }
    return result;
  }

  static Tensor reverseSequence(ReverseSequence op, Call call) {
    Tensor data = call.operand(0);
    long[] lengths = call.longs(1);
    int batchAxis = Axes.normalize(op.batchAxis(), data.rank());
    int timeAxis = Axes.normalize(op.timeAxis(), data.rank());
    long time = data.dim(timeAxis);
    if (lengths.length != data.dim(batchAxis)) {
      throw new IllegalArgumentException(
          lengths.length + " lengths are given for " + data.dim(batchAxis) + " sequences");
    }
    for (long length : lengths) {
      if (length < 0 || length > time) {
        throw new IllegalArgumentException(
            "length " + length + " is not one of a sequence of up to " + time + " steps");
      }
    }
    long[] strides = Strided.strides(data.shape());
    int[] offsets = Strided.offsetsAlong(data.shape(), allAxes(data.rank()));
    for (int i = 0; i < offsets.length; i++) {
      long length = lengths[(int) (i / strides[batchAxis] % data.dim(batchAxis))];
      long step = i / strides[timeAxis] % time;
      if (step < length) {
        offsets[i] += (int) ((length - 1 - 2 * step) * strides[timeAxis]);
      }
    }
    Tensor result = call.result();
    Strided.gather(data, offsets, result);
    return result;
  }

  private static List<Integer> allAxes(int rank) {
    return java.util.stream.IntStream.range(0, rank).boxed().toList();
  }
}
