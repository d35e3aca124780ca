package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.QuantizationOp;
import dev.lathe.ir.op.QuantizationOp.DequantizeLinear;
import dev.lathe.ir.op.QuantizationOp.DynamicQuantizeLinear;
import dev.lathe.ir.op.QuantizationOp.QuantizeLinear;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Kernels of ops between real numbers and the integers that stand for them. */
final class QuantizationKernels {
  /**
   * Added to a float of less than 22 bits, it leaves the nearest integer in the mantissa, ties to
   * even.
   */
  private static final float ROUNDING = 0x1.8p23f;

  private QuantizationKernels() {}

  static @Nullable HostKernel create(QuantizationOp op, Request request) {
    return switch (op) {
      case QuantizeLinear(int axis, int blockSize) -> {
        Parameters parameters = Parameters.of(axis, blockSize, request);
        // Bounds of 64 bits are not exact in double precision.
        if (parameters == null || request.resultType().bits() == Long.SIZE) {
          yield null;
        }
        yield isSingle(request, request.type(0), request.resultType())
            ? new FloatQuantizeKernel(parameters, request)
            : new QuantizeKernel(parameters, request);
      }
      case DequantizeLinear(int axis, int blockSize) -> {
        Parameters parameters = Parameters.of(axis, blockSize, request);
        if (parameters == null) {
          yield null;
        }
        yield isSingle(request, request.resultType(), request.type(0))
            ? new FloatDequantizeKernel(parameters, request)
            : new DequantizeKernel(parameters, request);
      }
      case DynamicQuantizeLinear ignored -> new DynamicKernel(request.resultCount());
    };
  }

  /** Whether single precision gives the same numbers as double precision. */
  private static boolean isSingle(Request request, ElementType real, ElementType integer) {
    return real.isFloat()
        && real != ElementType.F64
        && request.type(1) != ElementType.F64
        && integer.bits() <= Short.SIZE;
  }

  /** Readers of scales and zero points in the shape of the data. */
  private record Parameters(BroadcastReader scales, BroadcastReader zeroPoints) {

    /** Null if the last block on the axis is cut off, so that there is no shape that broadcasts. */
    static @Nullable Parameters of(int givenAxis, int blockSize, Request request) {
      long[] shape = request.shape(0);
      long[] scales = request.shape(1);
      if (request.count(1) != request.count(2)) {
        throw new IllegalArgumentException(
            "scales "
                + request.operands().get(1)
                + " and zero points "
                + request.operands().get(2)
                + " must agree");
      }
      if (request.count(1) == 1) {
        return new Parameters(
            reader(request, 1, new long[0], shape), reader(request, 2, new long[0], shape));
      }
      int axis = Axes.normalize(givenAxis, shape.length);
      if (blockSize == 0) {
        long[] aligned = new long[shape.length];
        Arrays.fill(aligned, 1);
        aligned[axis] = shape[axis];
        return new Parameters(
            reader(request, 1, aligned, shape), reader(request, 2, aligned, shape));
      }
      for (int i = 0; i < shape.length; i++) {
        long expected = i == axis ? Math.ceilDiv(shape[i], (long) blockSize) : shape[i];
        if (scales[i] != expected) {
          throw new IllegalArgumentException(
              "scales "
                  + request.operands().get(1)
                  + " must have size "
                  + expected
                  + " on axis "
                  + i
                  + " for blocks of "
                  + blockSize);
        }
      }
      if (shape[axis] % blockSize != 0) {
        return null;
      }
      // The axis becomes two: blocks, and the elements of each, over which its scale is repeated.
      long[] blocked = insert(shape, axis, shape[axis] / blockSize, blockSize);
      long[] aligned = insert(scales, axis, scales[axis], 1);
      return new Parameters(
          reader(request, 1, aligned, blocked), reader(request, 2, aligned, blocked));
    }

    private static BroadcastReader reader(
        Request request, int operand, long[] shape, long[] result) {
      return new BroadcastReader(request.type(operand), shape, result);
    }

    private static long[] insert(long[] shape, int axis, long outer, long inner) {
      long[] longer = new long[shape.length + 1];
      System.arraycopy(shape, 0, longer, 0, axis);
      longer[axis] = outer;
      longer[axis + 1] = inner;
      System.arraycopy(shape, axis + 1, longer, axis + 2, shape.length - axis - 1);
      return longer;
    }
  }

  private static void quotients(double[] x, double[] scales, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.rint((float) (x[i] / scales[i]));
    }
  }

  private static void quotients(float[] x, float[] scales, int n) {
    for (int i = 0; i < n; i++) {
      x[i] /= scales[i];
    }
  }

  private static void exactQuotients(double[] x, double[] scales, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.rint(x[i] / scales[i]);
    }
  }

  private static void saturate(
      double[] x, double[] zeroPoints, double low, double high, int[] into, int n) {
    for (int i = 0; i < n; i++) {
      // A bound of u32 is beyond those of int, so that wrapping is left to the conversion.
      into[i] = (int) (long) Math.max(low, Math.min(high, x[i] + zeroPoints[i]));
    }
  }

  /**
   * Rounds quotients and adds zero points, inside bounds of at most 16 bits. They are bounded
   * first, so that {@link #ROUNDING} rounds them.
   */
  private static void round(float[] x, float[] zeroPoints, float low, float high, int n) {
    for (int i = 0; i < n; i++) {
      float z = zeroPoints[i];
      float bounded = Math.max(low - z, Math.min(high - z, x[i]));
      x[i] = ((bounded + ROUNDING) - ROUNDING) + z;
    }
  }

  /** Writes rounded numbers that are in range. */
  private static void store(ElementType type, MemorySegment into, long at, int n, Chunk chunk) {
    if (type.bits() == Byte.SIZE) {
      chunk.storeBytes(into, at, n, chunk.f0);
      return;
    }
    for (int i = 0; i < n; i++) {
      chunk.i0[i] = (int) chunk.f0[i];
    }
    chunk.store(type, into, at, n, chunk.i0);
  }

  /** From floats of at most 32 bits to integers of at most 16. */
  private static final class FloatQuantizeKernel extends ChunkedKernel {
    private final ElementType from;
    private final ElementType to;
    private final Parameters parameters;
    private final float low;
    private final float high;

    FloatQuantizeKernel(Parameters parameters, Request request) {
      super(request.resultCount());
      this.from = request.type(0);
      this.to = request.resultType();
      this.parameters = parameters;
      this.low = Integers.lowest(to);
      this.high = Integers.highest(to);
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long at, int n) {
      chunk.load(from, operands[0], at, n, chunk.f0, 0);
      parameters.scales.load(chunk, operands[1], at, n, chunk.f1);
      quotients(chunk.f0, chunk.f1, n);
      parameters.zeroPoints.load(chunk, operands[2], at, n, chunk.f1);
      round(chunk.f0, chunk.f1, low, high, n);
      store(to, results[0], at, n, chunk);
    }
  }

  /**
   * Quantisation in double precision. Quotients are rounded to float first, as all who compute in
   * float do, unless the scale is f64.
   */
  private static final class QuantizeKernel extends ChunkedKernel {
    private final ElementType from;
    private final ElementType to;
    private final boolean exact;
    private final Parameters parameters;
    private final double low;
    private final double high;

    QuantizeKernel(Parameters parameters, Request request) {
      super(request.resultCount());
      this.from = request.type(0);
      this.to = request.resultType();
      this.exact = request.type(1) == ElementType.F64;
      this.parameters = parameters;
      this.low = Integers.lowest(to);
      this.high = Integers.highest(to);
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long at, int n) {
      chunk.load(from, operands[0], at, n, chunk.d0, 0);
      parameters.scales.load(chunk, operands[1], at, n, chunk.d1);
      if (exact) {
        exactQuotients(chunk.d0, chunk.d1, n);
      } else {
        quotients(chunk.d0, chunk.d1, n);
      }
      parameters.zeroPoints.load(chunk, operands[2], at, n, chunk.d1);
      saturate(chunk.d0, chunk.d1, low, high, chunk.i0, n);
      chunk.store(to, results[0], at, n, chunk.i0);
    }
  }

  /** From integers of at most 16 bits to floats of at most 32. */
  private static final class FloatDequantizeKernel extends ChunkedKernel {
    private final ElementType from;
    private final ElementType to;
    private final Parameters parameters;

    FloatDequantizeKernel(Parameters parameters, Request request) {
      super(request.resultCount());
      this.from = request.type(0);
      this.to = request.resultType();
      this.parameters = parameters;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long at, int n) {
      chunk.load(from, operands[0], at, n, chunk.f0, 0);
      parameters.zeroPoints.load(chunk, operands[2], at, n, chunk.f1);
      subtract(chunk.f0, chunk.f1, n);
      parameters.scales.load(chunk, operands[1], at, n, chunk.f1);
      multiply(chunk.f0, chunk.f1, n);
      chunk.store(to, results[0], at, n, chunk.f0, 0);
    }

    private static void subtract(float[] x, float[] y, int n) {
      for (int i = 0; i < n; i++) {
        x[i] -= y[i];
      }
    }

    private static void multiply(float[] x, float[] y, int n) {
      for (int i = 0; i < n; i++) {
        x[i] *= y[i];
      }
    }
  }

  private static final class DequantizeKernel extends ChunkedKernel {
    private final ElementType from;
    private final ElementType to;
    private final Parameters parameters;

    DequantizeKernel(Parameters parameters, Request request) {
      super(request.resultCount());
      this.from = request.type(0);
      this.to = request.resultType();
      this.parameters = parameters;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long at, int n) {
      chunk.load(from, operands[0], at, n, chunk.d0, 0);
      parameters.scales.load(chunk, operands[1], at, n, chunk.d1);
      parameters.zeroPoints.load(chunk, operands[2], at, n, chunk.d2);
      for (int i = 0; i < n; i++) {
        chunk.d0[i] = (chunk.d0[i] - chunk.d2[i]) * chunk.d1[i];
      }
      chunk.store(to, results[0], at, n, chunk.d0, 0);
    }
  }

  /** Finds the range, then quantises to u8. Data that is all zero gets scale 1. */
  private static final class DynamicKernel implements HostKernel {
    private static final float MAX = 255;

    private final long count;

    DynamicKernel(long count) {
      this.count = count;
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      Chunk chunk = Chunk.POOL.take();
      // Zero belongs to every range.
      Arrays.fill(chunk.f1, 0);
      Arrays.fill(chunk.f2, 0);
      for (long at = 0; at < count; at += Chunk.SIZE) {
        int n = (int) Math.min(Chunk.SIZE, count - at);
        chunk.load(ElementType.F32, operands[0], at, n, chunk.f0, 0);
        widen(chunk.f1, chunk.f2, chunk.f0, n);
      }
      float min = Rows.min(chunk.f1, Chunk.SIZE);
      float max = Rows.max(chunk.f2, Chunk.SIZE);
      float range = (float) ((double) max - min);
      float scale = range == 0 ? 1 : range / MAX;
      float zeroPoint = (float) Math.rint(Math.max(0, Math.min(MAX, -min / scale)));
      Arrays.fill(chunk.f1, scale);
      Arrays.fill(chunk.f2, zeroPoint);
      for (long at = 0; at < count; at += Chunk.SIZE) {
        int n = (int) Math.min(Chunk.SIZE, count - at);
        chunk.load(ElementType.F32, operands[0], at, n, chunk.f0, 0);
        quotients(chunk.f0, chunk.f1, n);
        round(chunk.f0, chunk.f2, 0, MAX, n);
        chunk.storeBytes(results[0], at, n, chunk.f0);
      }
      results[1].set(Elements.FLOAT, 0, scale);
      results[2].set(Elements.BYTE, 0, (byte) (int) zeroPoint);
      Chunk.POOL.give(chunk);
    }

    /** Widens the ranges of lanes. */
    private static void widen(float[] min, float[] max, float[] x, int n) {
      for (int i = 0; i < n; i++) {
        min[i] = Math.min(min[i], x[i]);
        max[i] = Math.max(max[i], x[i]);
      }
    }
  }
}
