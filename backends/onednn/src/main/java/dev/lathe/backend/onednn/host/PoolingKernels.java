package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.PoolingOp.AveragePool;
import dev.lathe.ir.op.PoolingOp.LpPool;
import dev.lathe.ir.op.PoolingOp.MaxPool;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Kernels of reductions over a window that slides over up to three spatial axes of each plane. A
 * plane is held in an array in double precision.
 */
final class PoolingKernels {
  private PoolingKernels() {}

  static @Nullable HostKernel create(PoolingOp op, Request request) {
    if (op.window().axes() > 3) {
      return null;
    }
    return switch (op) {
      case MaxPool max -> new MaxKernel(max, request);
      case AveragePool average -> new SumKernel(average, request, average.countIncludePad(), 0);
      case LpPool lp -> new SumKernel(lp, request, false, lp.p());
    };
  }

  private abstract static class PlaneKernel implements HostKernel {
    /** The spatial axes; where there are fewer than three, the first are single. */
    final PoolingAxis depth;

    final PoolingAxis height;
    final PoolingAxis width;
    final int inputs;
    final int outputs;
    private final ElementType type;
    private final long planes;
    private final Pool<Scratch> scratches;

    PlaneKernel(PoolingOp op, Request request) {
      long[] shape = request.shape(0);
      this.depth = axis(op, request, 2);
      this.height = axis(op, request, 1);
      this.width = axis(op, request, 0);
      this.inputs = Math.toIntExact(Shapes.count(shape, 2, shape.length));
      this.outputs = Math.toIntExact(Shapes.count(request.resultShape(), 2, shape.length));
      this.type = request.type(0);
      this.planes = shape[0] * shape[1];
      this.scratches = new Pool<>(() -> new Scratch(inputs, outputs, width.outputs));
    }

    private static PoolingAxis axis(PoolingOp op, Request request, int fromEnd) {
      int index = op.window().axes() - 1 - fromEnd;
      return index < 0
          ? PoolingAxis.single()
          : PoolingAxis.of(
              op, index, request.shape(0)[index + 2], request.resultShape()[index + 2]);
    }

    @Override
    public final long units() {
      return planes;
    }

    @Override
    public final void run(MemorySegment[] operands, MemorySegment[] results) {
      run(operands, results, 0, planes);
    }

    @Override
    public final void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
      Scratch scratch = scratches.take();
      for (long plane = from; plane < to; plane++) {
        scratch.load(type, operands[0], plane * inputs, inputs, scratch.plane, 0);
        for (int d = 0; d < depth.outputs; d++) {
          for (int h = 0; h < height.outputs; h++) {
            poolRow(scratch, d, h);
          }
        }
        scratch.store(type, results[0], plane * outputs, outputs, scratch.result, 0);
        finish(scratch, plane, results);
      }
      scratches.give(scratch);
    }

    /** Computes a row of the plane of the result. */
    abstract void poolRow(Scratch scratch, int d, int h);

    /** Where a row of the plane of the result begins. */
    final int resultRow(int d, int h) {
      return (d * height.outputs + h) * width.outputs;
    }

    /** Where the row of the plane begins that a place of the window sees. */
    final int row(int d, int tapD, int h, int tapH) {
      int slice = depth.first[d] + tapD * depth.dilation;
      return (slice * height.inputs + height.first[h] + tapH * height.dilation) * width.inputs;
    }

    /** Writes what there is besides the plane of the result. */
    void finish(Scratch scratch, long plane, MemorySegment[] results) {}
  }

  private static final class Scratch extends Staging {
    final double[] plane;
    final double[] result;

    /** Where the greatest elements of the plane of the result stand. */
    final int[] places;

    /** A row of the result, and what one place of the window sees from it. */
    final double[] row;

    final double[] seen;

    Scratch(int inputs, int outputs, int rowSize) {
      plane = new double[inputs];
      result = new double[outputs];
      places = new int[outputs];
      row = new double[rowSize];
      seen = new double[rowSize];
    }
  }

  /** The greatest element; of equal ones the first, and NaN before all numbers. */
  private static final class MaxKernel extends PlaneKernel {
    private final boolean indices;
    private final boolean columnMajor;
    private final double nothing;

    MaxKernel(MaxPool op, Request request) {
      super(op, request);
      ElementType type = request.type(0);
      this.indices = op.indices();
      this.columnMajor = op.columnMajor();
      this.nothing =
          type.isFloat()
              ? Double.NEGATIVE_INFINITY
              : Elements.toDouble(type, Integers.lowest(type));
    }

    @Override
    void poolRow(Scratch scratch, int d, int h) {
      int target = resultRow(d, h);
      if (indices) {
        for (int w = 0; w < width.outputs; w++) {
          poolWithIndices(scratch, target + w, d, h, w);
        }
        return;
      }
      Arrays.fill(scratch.row, nothing);
      for (int i = 0; i < depth.count[d]; i++) {
        for (int j = 0; j < height.count[h]; j++) {
          for (int k = 0; k < width.kernel; k++) {
            int from = width.firstSeeing(k);
            int to = width.endSeeing(k);
            width.load(scratch.plane, row(d, i, h, j), k, from, to, scratch.seen);
            raise(scratch.row, scratch.seen, from, to);
          }
        }
      }
      System.arraycopy(scratch.row, 0, scratch.result, target, width.outputs);
    }

    private static void raise(double[] row, double[] seen, int from, int to) {
      for (int i = from; i < to; i++) {
        row[i] = Math.max(row[i], seen[i]);
      }
    }

    private void poolWithIndices(Scratch scratch, int at, int d, int h, int w) {
      double[] x = scratch.plane;
      int best = -1;
      double greatest = nothing;
      for (int i = 0; i < depth.count[d]; i++) {
        for (int j = 0; j < height.count[h]; j++) {
          for (int k = 0; k < width.count[w]; k++) {
            int place = row(d, i, h, j) + width.first[w] + k * width.dilation;
            if (best < 0 || x[place] > greatest || Double.isNaN(x[place])) {
              best = place;
              greatest = x[place];
            }
          }
        }
      }
      scratch.result[at] = greatest;
      scratch.places[at] = best;
    }

    @Override
    void finish(Scratch scratch, long plane, MemorySegment[] results) {
      for (int i = 0; indices && i < outputs; i++) {
        int place = scratch.places[i];
        long index = plane * inputs + (columnMajor ? columnMajor(place) : place);
        results[1].set(Elements.LONG, (plane * outputs + i) * Long.BYTES, index);
      }
    }

    private int columnMajor(int place) {
      int w = place % width.inputs;
      int h = place / width.inputs % height.inputs;
      int d = place / width.inputs / height.inputs;
      return (w * height.inputs + h) * depth.inputs + d;
    }
  }

  /** Means, or norms where {@code p} is not 0. A window that sees nothing gives 0. */
  private static final class SumKernel extends PlaneKernel {
    private final boolean countPadding;
    private final int p;

    SumKernel(PoolingOp op, Request request, boolean countPadding, int p) {
      super(op, request);
      this.countPadding = countPadding;
      this.p = p;
    }

    @Override
    void poolRow(Scratch scratch, int d, int h) {
      double[] sum = scratch.row;
      Arrays.fill(sum, 0);
      for (int i = 0; i < depth.count[d]; i++) {
        for (int j = 0; j < height.count[h]; j++) {
          for (int k = 0; k < width.kernel; k++) {
            int from = width.firstSeeing(k);
            int to = width.endSeeing(k);
            width.load(scratch.plane, row(d, i, h, j), k, from, to, scratch.seen);
            add(sum, scratch.seen, from, to);
          }
        }
      }
      finish(sum, d, h);
      System.arraycopy(sum, 0, scratch.result, resultRow(d, h), width.outputs);
    }

    private void add(double[] sum, double[] seen, int from, int to) {
      if (p == 0) {
        for (int i = from; i < to; i++) {
          sum[i] += seen[i];
        }
      } else if (p == 2) {
        for (int i = from; i < to; i++) {
          sum[i] += seen[i] * seen[i];
        }
      } else {
        for (int i = from; i < to; i++) {
          sum[i] += Math.pow(Math.abs(seen[i]), p);
        }
      }
    }

    private void finish(double[] sum, int d, int h) {
      int inRow = depth.count[d] * height.count[h];
      int padded = depth.padded[d] * height.padded[h];
      for (int w = 0; w < sum.length; w++) {
        if (p == 0) {
          int count = countPadding ? padded * width.padded[w] : inRow * width.count[w];
          sum[w] = count == 0 ? 0 : sum[w] / count;
        } else {
          sum[w] = p == 2 ? Math.sqrt(sum[w]) : Math.pow(sum[w], 1.0 / p);
        }
      }
    }
  }
}
