package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Kernels of elementwise ops of several operands, which broadcast to one shape. */
final class BinaryKernels {
  private BinaryKernels() {}

  static @Nullable HostKernel create(BinaryFunction function, Request request) {
    ElementType type = request.type(0);
    if (function == BinaryFunction.POW) {
      return new PowerKernel(request);
    }
    if (type.isFloat()) {
      Comparisons.OnDoubles comparison = Comparisons.onDoubles(function);
      if (comparison != null) {
        return new CompareDoubles(request, comparison);
      }
      return arithmetic(request, function);
    }
    Comparisons.OnLongs comparison = Comparisons.onLongs(function, BinaryFunctions.flip(type));
    if (comparison != null) {
      return new CompareLongs(request, comparison);
    }
    BinaryFunctions.OnLongs loop = BinaryFunctions.onLongs(function, type);
    return loop == null ? null : new LongKernel(request, loop);
  }

  private static @Nullable HostKernel arithmetic(Request request, BinaryFunction function) {
    if (request.type(0) == ElementType.F64) {
      BinaryFunctions.OnDoubles loop = BinaryFunctions.onDoubles(function);
      return loop == null ? null : new DoubleKernel(request, loop);
    }
    BinaryFunctions.OnFloats loop = BinaryFunctions.onFloats(function);
    return loop == null ? null : new FloatKernel(request, loop);
  }

  /** {@code x < 0 ? slope * x : x}. */
  static HostKernel prelu(Request request) {
    ElementType type = request.type(0);
    if (type == ElementType.F64) {
      return new DoubleKernel(
          request,
          (x, slope, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = x[i] < 0 ? slope[i] * x[i] : x[i];
            }
          });
    }
    if (type.isFloat()) {
      return new FloatKernel(
          request,
          (x, slope, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = x[i] < 0 ? slope[i] * x[i] : x[i];
            }
          });
    }
    boolean unsigned = type.isUnsigned();
    return new LongKernel(
        request,
        (x, slope, n) -> {
          for (int i = 0; i < n; i++) {
            x[i] = x[i] < 0 && !unsigned ? slope[i] * x[i] : x[i];
          }
        });
  }

  static HostKernel where(Request request) {
    return request.width() == Float.BYTES ? new SelectInts(request) : new SelectLongs(request);
  }

  /** Reads two operands in the shape of the result. */
  private abstract static class PairKernel extends ChunkedKernel {
    final ElementType resultType;
    final BroadcastReader left;
    final BroadcastReader right;

    PairKernel(Request request) {
      super(request.resultCount());
      this.resultType = request.resultType();
      this.left = BroadcastReader.of(request, 0);
      this.right = BroadcastReader.of(request, 1);
    }
  }

  private static final class FloatKernel extends PairKernel {
    private final BinaryFunctions.OnFloats loop;

    FloatKernel(Request request, BinaryFunctions.OnFloats loop) {
      super(request);
      this.loop = loop;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      left.load(chunk, operands[0], from, n, chunk.f0);
      right.load(chunk, operands[1], from, n, chunk.f1);
      loop.apply(chunk.f0, chunk.f1, n);
      chunk.store(resultType, results[0], from, n, chunk.f0, 0);
    }
  }

  private static final class DoubleKernel extends PairKernel {
    private final BinaryFunctions.OnDoubles loop;

    DoubleKernel(Request request, BinaryFunctions.OnDoubles loop) {
      super(request);
      this.loop = loop;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      left.load(chunk, operands[0], from, n, chunk.d0);
      right.load(chunk, operands[1], from, n, chunk.d1);
      loop.apply(chunk.d0, chunk.d1, n);
      chunk.store(resultType, results[0], from, n, chunk.d0, 0);
    }
  }

  private static final class LongKernel extends PairKernel {
    private final BinaryFunctions.OnLongs loop;

    LongKernel(Request request, BinaryFunctions.OnLongs loop) {
      super(request);
      this.loop = loop;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      left.load(chunk, operands[0], from, n, chunk.l0);
      right.load(chunk, operands[1], from, n, chunk.l1);
      loop.apply(chunk.l0, chunk.l1, n);
      chunk.store(resultType, results[0], from, n, chunk.l0, 0);
    }
  }

  private static final class CompareDoubles extends PairKernel {
    private final Comparisons.OnDoubles loop;

    CompareDoubles(Request request, Comparisons.OnDoubles loop) {
      super(request);
      this.loop = loop;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      left.load(chunk, operands[0], from, n, chunk.d0);
      right.load(chunk, operands[1], from, n, chunk.d1);
      loop.apply(chunk.d0, chunk.d1, chunk.b0, n);
      MemorySegment.copy(chunk.b0, 0, results[0], Elements.BYTE, from, n);
    }
  }

  private static final class CompareLongs extends PairKernel {
    private final Comparisons.OnLongs loop;

    CompareLongs(Request request, Comparisons.OnLongs loop) {
      super(request);
      this.loop = loop;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      left.load(chunk, operands[0], from, n, chunk.l0);
      right.load(chunk, operands[1], from, n, chunk.l1);
      loop.apply(chunk.l0, chunk.l1, chunk.b0, n);
      MemorySegment.copy(chunk.b0, 0, results[0], Elements.BYTE, from, n);
    }
  }

  /**
   * Powers. Of floats they are those of double precision; of integers they are exact and wrap for
   * natural exponents, else truncated.
   */
  private static final class PowerKernel extends PairKernel {
    private final ElementType base;
    private final ElementType exponent;

    PowerKernel(Request request) {
      super(request);
      this.base = request.type(0);
      this.exponent = request.type(1);
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      if (base.isFloat()) {
        left.load(chunk, operands[0], from, n, chunk.d0);
        right.load(chunk, operands[1], from, n, chunk.d1);
        raise(chunk.d0, chunk.d1, n);
        chunk.store(resultType, results[0], from, n, chunk.d0, 0);
        return;
      }
      left.load(chunk, operands[0], from, n, chunk.l0);
      if (exponent.isUnsigned()) {
        right.load(chunk, operands[1], from, n, chunk.l1);
        for (int i = 0; i < n; i++) {
          chunk.l0[i] = Integers.pow(chunk.l0[i], chunk.l1[i]);
        }
      } else {
        right.load(chunk, operands[1], from, n, chunk.d1);
        for (int i = 0; i < n; i++) {
          chunk.l0[i] = raise(chunk.l0[i], chunk.d1[i]);
        }
      }
      chunk.store(resultType, results[0], from, n, chunk.l0, 0);
    }

    private long raise(long x, double exponent) {
      boolean natural = exponent >= 0 && exponent == Math.rint(exponent) && exponent < 0x1p63;
      return natural
          ? Integers.pow(x, (long) exponent)
          : Integers.fromDouble(base, DoubleMath.pow(Elements.toDouble(base, x), exponent));
    }

    private static void raise(double[] x, double[] y, int n) {
      if (isAll(y, n, 2)) {
        for (int i = 0; i < n; i++) {
          x[i] *= x[i];
        }
      } else if (isAll(y, n, 3)) {
        for (int i = 0; i < n; i++) {
          x[i] *= x[i] * x[i];
        }
      } else {
        for (int i = 0; i < n; i++) {
          x[i] = DoubleMath.pow(x[i], y[i]);
        }
      }
    }

    private static boolean isAll(double[] y, int n, double value) {
      for (int i = 0; i < n; i++) {
        if (y[i] != value) {
          return false;
        }
      }
      return true;
    }
  }

  /** Chooses between elements of 4 bytes, whose bits it keeps, without a branch. */
  private static final class SelectInts extends ChunkedKernel {
    private final BroadcastReader condition;
    private final BroadcastReader left;
    private final BroadcastReader right;

    SelectInts(Request request) {
      super(request.resultCount());
      this.condition = BroadcastReader.of(request, 0);
      this.left = BroadcastReader.of(request, 1);
      this.right = BroadcastReader.of(request, 2);
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      byte[] c = chunk.b0;
      int[] x = chunk.i0;
      int[] y = chunk.i1;
      condition.load(operands[0], from, n, c);
      left.load(operands[1], from, n, x);
      right.load(operands[2], from, n, y);
      for (int i = 0; i < n; i++) {
        x[i] = y[i] ^ ((x[i] ^ y[i]) & -c[i]);
      }
      chunk.store(ElementType.I32, results[0], from, n, x);
    }
  }

  /** Chooses between elements of other widths, whose bits it keeps, without a branch. */
  private static final class SelectLongs extends ChunkedKernel {
    private final ElementType bits;
    private final BroadcastReader condition;
    private final BroadcastReader left;
    private final BroadcastReader right;

    SelectLongs(Request request) {
      super(request.resultCount());
      this.bits =
          switch (request.width()) {
            case 8 -> ElementType.I64;
            case 2 -> ElementType.I16;
            case 1 -> ElementType.I8;
            default -> request.resultType();
          };
      this.condition = BroadcastReader.of(request, 0);
      this.left = new BroadcastReader(bits, request.shape(1), request.resultShape());
      this.right = new BroadcastReader(bits, request.shape(2), request.resultShape());
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      byte[] c = chunk.b0;
      long[] x = chunk.l0;
      long[] y = chunk.l1;
      condition.load(operands[0], from, n, c);
      left.load(chunk, operands[1], from, n, x);
      right.load(chunk, operands[2], from, n, y);
      for (int i = 0; i < n; i++) {
        x[i] = y[i] ^ ((x[i] ^ y[i]) & -(long) c[i]);
      }
      chunk.store(bits, results[0], from, n, x, 0);
    }
  }
}
