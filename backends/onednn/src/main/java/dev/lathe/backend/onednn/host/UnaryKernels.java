package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.IsInf;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryOp;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Kernels of elementwise ops with one operand. */
final class UnaryKernels {
  private UnaryKernels() {}

  static @Nullable HostKernel create(UnaryOp op, Request request) {
    ElementType type = request.type(0);
    long count = request.resultCount();
    if (op instanceof Cast) {
      return new CastKernel(type, request.resultType(), count);
    }
    if (op instanceof IsInf(boolean negative, boolean positive)) {
      return new SpecialKernel(type, count, false, negative, positive);
    }
    if (op instanceof Unary(UnaryFunction function) && function == UnaryFunction.IS_NAN) {
      return new SpecialKernel(type, count, true, false, false);
    }
    if (type == ElementType.F64) {
      UnaryFunctions.OnDoubles loop = UnaryFunctions.onDoubles(op);
      return loop == null ? null : new DoubleKernel(count, loop);
    }
    if (type.isFloat()) {
      UnaryFunctions.OnFloats loop = UnaryFunctions.onFloats(op);
      return loop == null ? null : new FloatKernel(type, count, loop);
    }
    UnaryFunctions.OnLongs loop = UnaryFunctions.onLongs(op, type);
    return loop == null ? null : new LongKernel(type, count, loop);
  }

  private static final class FloatKernel extends ChunkedKernel {
    private final ElementType type;
    private final UnaryFunctions.OnFloats loop;

    FloatKernel(ElementType type, long count, UnaryFunctions.OnFloats loop) {
      super(count);
      this.type = type;
      this.loop = loop;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      chunk.load(type, operands[0], from, n, chunk.f0, 0);
      loop.apply(chunk.f0, chunk.d0, n);
      chunk.store(type, results[0], from, n, chunk.f0, 0);
    }
  }

  private static final class DoubleKernel extends ChunkedKernel {
    private final UnaryFunctions.OnDoubles loop;

    DoubleKernel(long count, UnaryFunctions.OnDoubles loop) {
      super(count);
      this.loop = loop;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      chunk.load(ElementType.F64, operands[0], from, n, chunk.d0, 0);
      loop.apply(chunk.d0, n);
      chunk.store(ElementType.F64, results[0], from, n, chunk.d0, 0);
    }
  }

  private static final class LongKernel extends ChunkedKernel {
    private final ElementType type;
    private final UnaryFunctions.OnLongs loop;

    LongKernel(ElementType type, long count, UnaryFunctions.OnLongs loop) {
      super(count);
      this.type = type;
      this.loop = loop;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      chunk.load(type, operands[0], from, n, chunk.l0, 0);
      loop.apply(chunk.l0, n);
      chunk.store(type, results[0], from, n, chunk.l0, 0);
    }
  }

  /** Whether an element is NaN, or one of the infinities asked for. */
  private static final class SpecialKernel extends ChunkedKernel {
    private final ElementType type;
    private final boolean nan;
    private final boolean negative;
    private final boolean positive;

    SpecialKernel(ElementType type, long count, boolean nan, boolean negative, boolean positive) {
      super(count);
      this.type = type;
      this.nan = nan;
      this.negative = negative;
      this.positive = positive;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      double[] x = chunk.d0;
      chunk.load(type, operands[0], from, n, x, 0);
      for (int i = 0; i < n; i++) {
        boolean found =
            (nan && Double.isNaN(x[i]))
                || (negative && x[i] == Double.NEGATIVE_INFINITY)
                || (positive && x[i] == Double.POSITIVE_INFINITY);
        results[0].set(Elements.BYTE, from + i, (byte) (found ? 1 : 0));
      }
    }
  }

  /** Conversion between any two element types. */
  private static final class CastKernel extends ChunkedKernel {
    private final ElementType from;
    private final ElementType to;

    /** Whether every element is a float, or is rounded to one at last, so once. */
    private final boolean throughFloat;

    CastKernel(ElementType from, ElementType to, long count) {
      super(count);
      this.from = from;
      this.to = to;
      boolean narrow = from.isFloat() && to.isFloat() && to != ElementType.F64;
      this.throughFloat = from != ElementType.F64 && (narrow || to == ElementType.F32);
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long at, int n) {
      if (from == to) {
        long start = from.byteSize(at);
        long size = from.byteSize(n);
        MemorySegment.copy(operands[0], start, results[0], start, size);
      } else if (!from.isFloat() && !to.isFloat()) {
        chunk.load(from, operands[0], at, n, chunk.l0, 0);
        chunk.store(to, results[0], at, n, chunk.l0, 0);
      } else if (throughFloat) {
        chunk.load(from, operands[0], at, n, chunk.f0, 0);
        chunk.store(to, results[0], at, n, chunk.f0, 0);
      } else {
        chunk.load(from, operands[0], at, n, chunk.d0, 0);
        chunk.store(to, results[0], at, n, chunk.d0, 0);
      }
    }
  }
}
