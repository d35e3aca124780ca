package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.IndexingOp.GatherElements;
import dev.lathe.ir.op.IndexingOp.GatherNd;
import dev.lathe.ir.op.IndexingOp.NonZero;
import dev.lathe.ir.op.IndexingOp.OneHot;
import dev.lathe.ir.op.IndexingOp.ReverseSequence;
import dev.lathe.ir.op.IndexingOp.ScatterElements;
import dev.lathe.ir.op.IndexingOp.ScatterNd;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import dev.lathe.ir.op.IndexingOp.Trilu;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Kernels of ops that read or write where other tensors say. */
final class IndexingKernels {
  private IndexingKernels() {}

  static @Nullable HostKernel create(IndexingOp op, Request request) {
    if (request.width() == 0) {
      return null; // Packed elements share bytes.
    }
    return switch (op) {
      case Gather(int axis) -> GatherKernels.gather(axis, request);
      case GatherElements(int axis) -> GatherKernels.gatherElements(axis, request);
      case GatherNd(int batchDims) -> GatherKernels.gatherNd(batchDims, request);
      case ScatterElements(int axis, ScatterReduction reduction) ->
          ScatterKernels.scatterElements(axis, reduction, request);
      case ScatterNd(ScatterReduction reduction) -> ScatterKernels.scatterNd(reduction, request);
      case Trilu(boolean upper) -> new TriluKernel(upper, request);
      case OneHot(int axis) -> new OneHotKernel(axis, request);
      case ReverseSequence(int batchAxis, int timeAxis) ->
          new ReverseKernel(batchAxis, timeAxis, request);
      case NonZero ignored -> null; // The size of the result depends on data.
    };
  }

  /** Copies a part of each row and fills the rest with zeros. */
  private static final class TriluKernel implements HostKernel {
    private final boolean upper;
    private final long rows;
    private final long columns;
    private final long count;
    private final int width;

    TriluKernel(boolean upper, Request request) {
      long[] shape = request.shape(0);
      this.upper = upper;
      this.rows = shape[shape.length - 2];
      this.columns = shape[shape.length - 1];
      this.count = Shapes.count(shape, 0, shape.length - 1);
      this.width = request.width();
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      long diagonal = operands[1].get(Elements.LONG, 0);
      for (long row = 0; row < count; row++) {
        long onDiagonal = row % rows + Math.clamp(diagonal, -rows, columns);
        long from = upper ? Math.clamp(onDiagonal, 0, columns) : 0;
        long to = upper ? columns : Math.clamp(onDiagonal + 1, 0, columns);
        long start = row * columns;
        Words.fill(results[0], start * width, from * width, 0, width);
        long at = (start + from) * width;
        MemorySegment.copy(operands[0], at, results[0], at, (to - from) * width);
        Words.fill(results[0], (start + to) * width, (columns - to) * width, 0, width);
      }
    }
  }

  /** Fills with the off value, then sets one element for each index. */
  private static final class OneHotKernel implements HostKernel {
    private final ElementType indexType;
    private final long count;
    private final long inner;
    private final long depth;
    private final long size;
    private final int width;

    OneHotKernel(int givenAxis, Request request) {
      long[] shape = request.shape(0);
      int axis = Axes.normalize(givenAxis, shape.length + 1);
      this.indexType = request.type(0);
      this.count = Shapes.count(shape);
      this.inner = Shapes.count(shape, axis, shape.length);
      this.depth = request.resultShape()[axis];
      this.size = request.results().get(0).byteSize();
      this.width = request.width();
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      Words.fill(results[0], 0, size, Words.get(operands[2], 0, width), width);
      for (long i = 0; i < count; i++) {
        long index = Elements.getLong(indexType, operands[0], i);
        long place = index < 0 ? index + depth : index;
        if (place >= 0 && place < depth) {
          long target = (i / inner * depth + place) * inner + i % inner;
          MemorySegment.copy(operands[2], width, results[0], target * width, width);
        }
      }
    }
  }

  /** Copies the slices of each step of each sequence from where they stand backwards. */
  private static final class ReverseKernel implements HostKernel {
    private final long[] shape;
    private final int batchAxis;
    private final int timeAxis;
    private final int last;

    /** Bytes of the axes behind those of batch and time. */
    private final long slice;

    ReverseKernel(int batchAxis, int timeAxis, Request request) {
      this.shape = request.shape(0);
      this.batchAxis = Axes.normalize(batchAxis, shape.length);
      this.timeAxis = Axes.normalize(timeAxis, shape.length);
      this.last = Math.max(this.batchAxis, this.timeAxis);
      this.slice = Shapes.count(shape, last + 1, shape.length) * request.width();
      if (request.count(1) != shape[this.batchAxis]) {
        throw new IllegalArgumentException(
            request.count(1) + " lengths are given for " + shape[this.batchAxis] + " sequences");
      }
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      for (long i = 0; i < shape[batchAxis]; i++) {
        long length = operands[1].get(Elements.LONG, i * Long.BYTES);
        if (length < 0 || length > shape[timeAxis]) {
          throw new IllegalArgumentException(
              "length "
                  + length
                  + " is not one of a sequence of up to "
                  + shape[timeAxis]
                  + " steps");
        }
      }
      copy(0, 0, 0, 0, 0, operands, results[0]);
    }

    /** Goes through the axes up to the last of the two; {@code place} counts slices. */
    private void copy(
        int axis,
        long place,
        long stride,
        long batch,
        long time,
        MemorySegment[] operands,
        MemorySegment into) {
      if (axis > last) {
        long length = operands[1].get(Elements.LONG, batch * Long.BYTES);
        long source = time < length ? place + (length - 1 - 2 * time) * stride : place;
        MemorySegment.copy(operands[0], source * slice, into, place * slice, slice);
        return;
      }
      for (long i = 0; i < shape[axis]; i++) {
        copy(
            axis + 1,
            place * shape[axis] + i,
            axis == timeAxis ? 1 : stride * shape[axis],
            axis == batchAxis ? i : batch,
            axis == timeAxis ? i : time,
            operands,
            into);
      }
    }
  }
}
