package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Softmax and its logarithm along an axis, in double precision.
 *
 * <p>Along the innermost axis a row is held in an array. Along another axis, neighbours on the
 * innermost axis are lanes: rows are read three times, for the greatest elements, the sums, and the
 * results.
 */
final class SoftmaxKernel implements DividedKernel {
  private final ElementType type;
  private final boolean log;
  private final boolean exact;
  private final int length;
  private final long inner;
  private final long outer;
  private final long chunks;
  private final Pool<double[]> rows;

  SoftmaxKernel(int givenAxis, boolean log, Request request) {
    long[] shape = request.shape(0);
    int axis = Axes.normalize(givenAxis, shape.length);
    this.type = request.type(0);
    this.log = log;
    this.exact = type == ElementType.F64;
    this.length = Math.toIntExact(shape[axis]);
    this.inner = Shapes.count(shape, axis + 1, shape.length);
    this.outer = Shapes.count(shape, 0, axis);
    this.chunks = Math.ceilDiv(inner, (long) Chunk.SIZE);
    this.rows = new Pool<>(() -> new double[length]);
  }

  @Override
  public long units() {
    return outer * chunks;
  }

  @Override
  public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
    Chunk chunk = Chunk.POOL.take();
    if (inner == 1) {
      double[] row = rows.take();
      for (long i = from; i < to; i++) {
        chunk.load(type, operands[0], i * length, length, row, 0);
        normalize(row);
        chunk.store(type, results[0], i * length, length, row, 0);
      }
      rows.give(row);
      Chunk.POOL.give(chunk);
      return;
    }
    for (long i = from; i < to; i++) {
      long lane = i % chunks * Chunk.SIZE;
      int lanes = (int) Math.min(Chunk.SIZE, inner - lane);
      normalize(chunk, operands[0], i / chunks * length * inner + lane, lanes, results[0]);
    }
    Chunk.POOL.give(chunk);
  }

  private void normalize(double[] row) {
    int n = length;
    double max = Rows.max(row, n);
    if (log) {
      double sum = exact ? sumOfExact(row, n, max) : sumOfExponentials(row, n, max);
      subtract(row, n, max + Math.log(sum));
      return;
    }
    if (exact) {
      exponentialsExact(row, n, max);
    } else {
      exponentials(row, n, max);
    }
    scale(row, n, 1 / Rows.sum(row, n));
  }

  private static void exponentials(double[] x, int n, double shift) {
    for (int i = 0; i < n; i++) {
      x[i] = FloatMath.exp(x[i] - shift);
    }
  }

  private static void exponentialsExact(double[] x, int n, double shift) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.exp(x[i] - shift);
    }
  }

  private static double sumOfExponentials(double[] x, int n, double shift) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += FloatMath.exp(x[i] - shift);
    }
    return sum;
  }

  private static double sumOfExact(double[] x, int n, double shift) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(x[i] - shift);
    }
    return sum;
  }

  private static void scale(double[] x, int n, double factor) {
    for (int i = 0; i < n; i++) {
      x[i] *= factor;
    }
  }

  private static void subtract(double[] x, int n, double value) {
    for (int i = 0; i < n; i++) {
      x[i] -= value;
    }
  }

  /** The greatest elements of lanes stand in {@code d0}, the sums in {@code d2}. */
  private void normalize(
      Chunk chunk, MemorySegment data, long start, int lanes, MemorySegment into) {
    double[] max = chunk.d0;
    double[] x = chunk.d1;
    double[] sum = chunk.d2;
    Arrays.fill(max, 0, lanes, Double.NEGATIVE_INFINITY);
    for (int j = 0; j < length; j++) {
      chunk.load(type, data, start + j * inner, lanes, x, 0);
      for (int i = 0; i < lanes; i++) {
        max[i] = Math.max(max[i], x[i]);
      }
    }
    Arrays.fill(sum, 0, lanes, 0);
    for (int j = 0; j < length; j++) {
      chunk.load(type, data, start + j * inner, lanes, x, 0);
      shiftedExponentials(x, max, lanes);
      for (int i = 0; i < lanes; i++) {
        sum[i] += x[i];
      }
    }
    for (int i = 0; i < lanes; i++) {
      sum[i] = log ? max[i] + Math.log(sum[i]) : 1 / sum[i];
    }
    for (int j = 0; j < length; j++) {
      chunk.load(type, data, start + j * inner, lanes, x, 0);
      if (log) {
        for (int i = 0; i < lanes; i++) {
          x[i] -= sum[i];
        }
      } else {
        shiftedExponentials(x, max, lanes);
        for (int i = 0; i < lanes; i++) {
          x[i] *= sum[i];
        }
      }
      chunk.store(type, into, start + j * inner, lanes, x, 0);
    }
  }

  private void shiftedExponentials(double[] x, double[] shift, int n) {
    if (exact) {
      for (int i = 0; i < n; i++) {
        x[i] = Math.exp(x[i] - shift[i]);
      }
    } else {
      for (int i = 0; i < n; i++) {
        x[i] = FloatMath.exp(x[i] - shift[i]);
      }
    }
  }
}
