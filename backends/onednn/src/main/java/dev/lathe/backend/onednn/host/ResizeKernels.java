package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Kernels of {@link Resize}. */
final class ResizeKernels {
  private ResizeKernels() {}

  static @Nullable HostKernel create(Resize op, Request request) {
    long[] shape = request.shape(0);
    long[] result = request.resultShape();
    ConstantData given = request.constants().get(1);
    if (op.byScales() && given == null) {
      return null;
    }
    double[] scales = new double[shape.length];
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == 0 && result[i] > 0) {
        throw new IllegalArgumentException(
            "axis "
                + i
                + " of "
                + request.operands().get(0)
                + " is empty, so it cannot be enlarged");
      }
      boolean byScale = op.byScales() && given != null;
      scales[i] = byScale ? given.getDouble(i) : (double) result[i] / shape[i];
    }
    return op.mode() == ResizeMode.NEAREST
        ? nearest(op, request, scales)
        : new InterpolationKernel(op, request, scales);
  }

  private static HostKernel nearest(Resize op, Request request, double[] scales) {
    long[] shape = request.shape(0);
    long[] result = request.resultShape();
    int[][] tables = new int[shape.length][];
    for (int i = 0; i < shape.length; i++) {
      int size = Math.toIntExact(shape[i]);
      int newSize = Math.toIntExact(result[i]);
      boolean same = size == newSize && scales[i] == 1;
      tables[i] =
          same
              ? IntStream.range(0, size).toArray()
              : ResizeAxis.nearest(op, size, newSize, scales[i]);
    }
    TableCopy copy = new TableCopy(request.width(), shape, tables);
    return (operands, results) -> copy.run(operands[0], results[0]);
  }

  /**
   * Interpolation. For each row of the result, the rows of the operand that it is made of are
   * summed with the weights of the outer axes; that sum is then interpolated along the last axis
   * that changes. A row holds that axis and all behind it.
   */
  private static final class InterpolationKernel implements HostKernel {
    private final ElementType type;

    /** The taps of the axes before the row's, and the sizes and strides of the operand's. */
    private final ResizeAxis[] outer;

    private final long[] strides;
    private final long[] outerSizes;
    private final ResizeAxis inRow;
    private final int rowSize;
    private final int newRowSize;

    /** Elements behind the axis of the row. */
    private final int inner;

    private final long rows;
    private final Pool<Scratch> scratches;

    InterpolationKernel(Resize op, Request request, double[] scales) {
      long[] shape = request.shape(0);
      long[] result = request.resultShape();
      this.type = request.type(0);
      ResizeAxis[] axes = new ResizeAxis[shape.length];
      int last = 0;
      for (int i = 0; i < shape.length; i++) {
        int size = Math.toIntExact(shape[i]);
        int newSize = Math.toIntExact(result[i]);
        boolean same = size == newSize && scales[i] == 1;
        axes[i] =
            same
                ? ResizeAxis.identity(size)
                : ResizeAxis.interpolated(op, size, newSize, scales[i]);
        last = same ? last : i;
      }
      boolean scalar = shape.length == 0;
      this.outer = Arrays.copyOf(axes, last);
      this.strides = Arrays.copyOf(Shapes.strides(shape), last);
      this.outerSizes = Arrays.copyOf(result, last);
      this.inRow = scalar ? ResizeAxis.identity(1) : axes[last];
      this.inner = scalar ? 1 : Math.toIntExact(Shapes.count(shape, last + 1, shape.length));
      this.rowSize = (scalar ? 1 : Math.toIntExact(shape[last])) * inner;
      this.newRowSize = inRow.indices[0].length * inner;
      this.rows = newRowSize == 0 ? 0 : Shapes.count(outerSizes);
      this.scratches = new Pool<>(() -> new Scratch(rowSize, newRowSize));
    }

    @Override
    public long units() {
      return rows;
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      run(operands, results, 0, rows);
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
      Scratch scratch = scratches.take();
      for (long row = from; row < to; row++) {
        Arrays.fill(scratch.sum, 0);
        addRows(outer.length - 1, row, 0, 1, operands[0], scratch);
        interpolate(scratch.sum, scratch.result);
        scratch.store(type, results[0], row * newRowSize, newRowSize, scratch.result, 0);
      }
      scratches.give(scratch);
    }

    /** Adds the operand's rows that the taps on the axes up to {@code axis} name. */
    private void addRows(
        int axis, long row, long offset, double weight, MemorySegment data, Scratch scratch) {
      if (axis < 0) {
        scratch.load(type, data, offset, rowSize, scratch.row, 0);
        addWeighted(scratch.sum, scratch.row, weight);
        return;
      }
      int place = (int) (row % outerSizes[axis]);
      ResizeAxis taps = outer[axis];
      for (int tap = 0; tap < taps.indices.length; tap++) {
        double factor = taps.weights[tap][place];
        if (factor != 0) {
          long at = offset + taps.indices[tap][place] * strides[axis];
          addRows(axis - 1, row / outerSizes[axis], at, weight * factor, data, scratch);
        }
      }
    }

    private static void addWeighted(double[] sum, double[] row, double weight) {
      for (int i = 0; i < row.length; i++) {
        sum[i] += weight * row[i];
      }
    }

    private void interpolate(double[] row, double[] into) {
      int taps = inRow.indices.length;
      if (inner == 1 && taps == 2) {
        interpolateLinear(
            row, inRow.indices[0], inRow.weights[0], inRow.indices[1], inRow.weights[1], into);
        return;
      }
      Arrays.fill(into, 0);
      for (int tap = 0; tap < taps; tap++) {
        int[] indices = inRow.indices[tap];
        double[] weights = inRow.weights[tap];
        for (int place = 0; place < indices.length; place++) {
          int from = indices[place] * inner;
          int at = place * inner;
          for (int i = 0; i < inner; i++) {
            into[at + i] += weights[place] * row[from + i];
          }
        }
      }
    }

    private static void interpolateLinear(
        double[] row,
        int[] left,
        double[] leftWeight,
        int[] right,
        double[] rightWeight,
        double[] into) {
      for (int i = 0; i < into.length; i++) {
        into[i] = row[left[i]] * leftWeight[i] + row[right[i]] * rightWeight[i];
      }
    }
  }

  /** A sum of rows of the operand, one of them, and a row of the result. */
  private static final class Scratch extends Staging {
    final double[] sum;
    final double[] row;
    final double[] result;

    Scratch(int rowSize, int newRowSize) {
      sum = new double[rowSize];
      row = new double[rowSize];
      result = new double[newRowSize];
    }
  }
}
