package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;

/** Kernels of ops that make tensors out of numbers. */
final class CreationKernels {
  private CreationKernels() {}

  /** {@code start + i * delta}, of floats in double precision. */
  static HostKernel range(Request request) {
    return new RangeKernel(request.resultType(), request.resultCount());
  }

  private static final class RangeKernel extends ChunkedKernel {
    private final ElementType type;

    RangeKernel(ElementType type, long count) {
      super(count);
      this.type = type;
    }

    @Override
    void compute(Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n) {
      if (type.isFloat()) {
        double start = Elements.getDouble(type, operands[0], 0);
        double delta = Elements.getDouble(type, operands[2], 0);
        for (int i = 0; i < n; i++) {
          chunk.d0[i] = start + (from + i) * delta;
        }
        chunk.store(type, results[0], from, n, chunk.d0, 0);
        return;
      }
      long start = Elements.getLong(type, operands[0], 0);
      long delta = Elements.getLong(type, operands[2], 0);
      for (int i = 0; i < n; i++) {
        chunk.l0[i] = start + (from + i) * delta;
      }
      chunk.store(type, results[0], from, n, chunk.l0, 0);
    }
  }
}
