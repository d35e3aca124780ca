package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.PoolingOp.AveragePool;
import dev.lathe.ir.op.PoolingOp.LpPool;
import dev.lathe.ir.op.PoolingOp.MaxPool;
import java.lang.foreign.MemorySegment;
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
      this.scratches = new Pool<>(() -> new Scratch(inputs, outputs));
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
        Elements.load(type, operands[0], plane * inputs, inputs, scratch.plane, 0);
        int at = 0;
        for (int d = 0; d < depth.outputs; d++) {
          for (int h = 0; h < height.outputs; h++) {
            for (int w = 0; w < width.outputs; w++) {
              pool(scratch, at++, d, h, w);
            }
          }
        }
        Elements.store(type, results[0], plane * outputs, outputs, scratch.result, 0);
        finish(scratch, plane, results);
      }
      scratches.give(scratch);
    }

    /** Computes element {@code at} of the plane of the result, which has the given place. */
    abstract void pool(Scratch scratch, int at, int d, int h, int w);

    /** Writes what there is besides the plane of the result. */
    void finish(Scratch scratch, long plane, MemorySegment[] results) {}
  }

  private static final class Scratch {
    final double[] plane;
    final double[] result;
    final int[] places;

    Scratch(int inputs, int outputs) {
      plane = new double[inputs];
      result = new double[outputs];
      places = new int[outputs];
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
    void pool(Scratch scratch, int at, int d, int h, int w) {
      double[] x = scratch.plane;
      int best = -1;
      double greatest = nothing;
      for (int i = 0; i < depth.count[d]; i++) {
        int slice = (depth.first[d] + i * depth.dilation) * height.inputs;
        for (int j = 0; j < height.count[h]; j++) {
          int row = (slice + height.first[h] + j * height.dilation) * width.inputs;
          for (int k = 0; k < width.count[w]; k++) {
            int place = row + width.first[w] + k * width.dilation;
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
    void pool(Scratch scratch, int at, int d, int h, int w) {
      double[] x = scratch.plane;
      double sum = 0;
      for (int i = 0; i < depth.count[d]; i++) {
        int slice = (depth.first[d] + i * depth.dilation) * height.inputs;
        for (int j = 0; j < height.count[h]; j++) {
          int row = (slice + height.first[h] + j * height.dilation) * width.inputs;
          for (int k = 0; k < width.count[w]; k++) {
            double value = x[row + width.first[w] + k * width.dilation];
            sum += p == 0 ? value : p == 2 ? value * value : Math.pow(Math.abs(value), p);
          }
        }
      }
      if (p == 0) {
        int count =
            countPadding
                ? depth.padded[d] * height.padded[h] * width.padded[w]
                : depth.count[d] * height.count[h] * width.count[w];
        scratch.result[at] = count == 0 ? 0 : sum / count;
      } else {
        scratch.result[at] = p == 2 ? Math.sqrt(sum) : Math.pow(sum, 1.0 / p);
      }
    }
  }
}
