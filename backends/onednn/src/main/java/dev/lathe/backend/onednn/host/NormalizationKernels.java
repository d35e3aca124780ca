package dev.lathe.backend.onednn.host;

import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.NormalizationOp.LogSoftmax;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import org.jspecify.annotations.Nullable;

/** Kernels of ops that scale a tensor by statistics of itself. */
final class NormalizationKernels {
  private NormalizationKernels() {}

  static @Nullable HostKernel create(NormalizationOp op, Request request) {
    return switch (op) {
      case Softmax(int axis) -> new SoftmaxKernel(axis, false, request);
      case LogSoftmax(int axis) -> new SoftmaxKernel(axis, true, request);
      default -> null;
    };
  }
}
