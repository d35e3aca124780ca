package dev.lathe.backend.onednn.host;

import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ReductionOp.Reduce;
import org.jspecify.annotations.Nullable;

/** Kernels of ops that combine the elements along axes. */
final class ReductionKernels {
  private ReductionKernels() {}

  static @Nullable HostKernel create(ReductionOp op, Request request) {
    return switch (op) {
      case Reduce reduce -> new ReduceKernel(reduce, request);
      default -> null;
    };
  }
}
