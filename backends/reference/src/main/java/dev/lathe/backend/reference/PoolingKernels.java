package dev.lathe.backend.reference;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.PoolingOp.AveragePool;
import dev.lathe.ir.op.PoolingOp.LpPool;
import dev.lathe.ir.op.PoolingOp.MaxPool;
import dev.lathe.runtime.Tensor;
import java.util.List;

/** Reductions over a window that slides over the spatial axes of each plane. */
final class PoolingKernels {
  private PoolingKernels() {}

  /** What a window sees: the elements of the plane, in row-major order. */
  private interface Reducer {
    /**
     * @param elements the places in the plane, of which the first {@code count} count
     * @param padded how many places of the window lie in the data or its padding
     * @return the reduced value
     */
    double reduce(int planeStart, int[] elements, int count, int padded, int result);
  }

  static List<Tensor> max(MaxPool op, Call call) {
    ElementType type = call.operand(0).elementType();
    double[] values = call.doubles(0);
    long[] positions = new long[op.indices() ? Math.toIntExact(resultCount(call)) : 0];
    double nothing =
        type.isFloat() ? Double.NEGATIVE_INFINITY : Integers.toDouble(type, Integers.lowest(type));
    long[] shape = call.shape(0);
    Tensor result =
        pool(
            op,
            call,
            (start, elements, count, padded, at) -> {
              int best = -1;
              for (int i = 0; i < count; i++) {
                double x = values[start + elements[i]];
                if (best < 0 || x > values[start + best] || Double.isNaN(x)) {
                  best = elements[i];
                }
              }
              if (op.indices()) {
                positions[at] = start + (op.columnMajor() ? columnMajor(best, shape) : best);
              }
              return best < 0 ? nothing : values[start + best];
            });
    if (!op.indices()) {
      return List.of(result);
    }
    Tensor indices = call.result(1);
    Elements.write(indices, positions);
    return List.of(result, indices);
  }

  private static long resultCount(Call call) {
    return call.results().get(0).shape().elementCount().value();
  }

  /** The place in a column-major plane of an element given by its place in a row-major one. */
  private static long columnMajor(int element, long[] shape) {
    long place = 0;
    long rest = element;
    for (int axis = shape.length - 1; axis >= 2; axis--) {
      place += rest % shape[axis] * Strided.count(shape, 2, axis);
      rest /= shape[axis];
    }
    return place;
  }

  /** A window that sees nothing but padding that does not count gives 0. */
  static Tensor average(AveragePool op, Call call) {
    double[] values = call.doubles(0);
    return pool(
        op,
        call,
        (start, elements, count, padded, at) -> {
          double sum = 0;
          for (int i = 0; i < count; i++) {
            sum += values[start + elements[i]];
          }
          int divisor = op.countIncludePad() ? padded : count;
          return divisor == 0 ? 0 : sum / divisor;
        });
  }

  static Tensor lp(LpPool op, Call call) {
    double[] values = call.doubles(0);
    return pool(
        op,
        call,
        (start, elements, count, padded, at) -> {
          double sum = 0;
          for (int i = 0; i < count; i++) {
            sum += Math.pow(Math.abs(values[start + elements[i]]), op.p());
          }
          return Math.pow(sum, 1.0 / op.p());
        });
  }

  private static Tensor pool(PoolingOp op, Call call, Reducer reducer) {
    long[] shape = call.shape(0);
    Tensor result = call.result();
    int axes = op.window().axes();
    int plane = Strided.count(shape, 2, shape.length);
    long[] positions = java.util.Arrays.copyOfRange(result.shape(), 2, 2 + axes);
    int outputs = Strided.count(positions, 0, axes);
    double[] results = new double[Elements.count(result)];
    call.workers()
        .forEach(
            outputs == 0 ? 0 : results.length / outputs,
            channel -> {
              WindowWalk walk = new WindowWalk(op, shape);
              for (int o = 0; o < outputs; o++) {
                walk.moveTo(o, positions);
                int at = channel * outputs + o;
                results[at] =
                    reducer.reduce(channel * plane, walk.elements, walk.count, walk.padded, at);
              }
            });
    Elements.write(result, results);
    return result;
  }

  /** Finds what the window sees at one position after another. */
  private static final class WindowWalk {
    private final PoolingOp op;
    private final long[] shape;
    private final long[] before;
    private final long[] after;
    private final long[] start;

    /** The places in the plane that the window sees; the first {@link #count} count. */
    final int[] elements;

    int count;

    /** The places of the window inside the data or its padding. */
    int padded;

    WindowWalk(PoolingOp op, long[] shape) {
      this.op = op;
      this.shape = shape;
      int axes = op.window().axes();
      before = new long[axes];
      after = new long[axes];
      start = new long[axes];
      long taps = 1;
      for (int a = 0; a < axes; a++) {
        long[] padding = op.window().padding(a, shape[a + 2], op.kernel().get(a));
        before[a] = padding[0];
        after[a] = padding[1];
        taps = Math.multiplyExact(taps, op.kernel().get(a));
      }
      elements = new int[Math.toIntExact(taps)];
    }

    void moveTo(int position, long[] positions) {
      long rest = position;
      for (int a = start.length - 1; a >= 0; a--) {
        start[a] = rest % positions[a] * op.window().strides().get(a) - before[a];
        rest /= positions[a];
      }
      count = 0;
      padded = 0;
      visit(0, 0, true);
    }

    /** Visits the taps on the axes from {@code axis} on, given the place on those before. */
    private void visit(int axis, long place, boolean inside) {
      if (axis == start.length) {
        padded++;
        if (inside) {
          elements[count++] = (int) place;
        }
        return;
      }
      long size = shape[axis + 2];
      long dilation = op.window().dilations().get(axis);
      for (long k = 0; k < op.kernel().get(axis); k++) {
        long i = start[axis] + k * dilation;
        if (i >= size + after[axis]) {
          break;
        }
        visit(axis + 1, place * size + i, inside && i >= 0 && i < size);
      }
    }
  }
}
