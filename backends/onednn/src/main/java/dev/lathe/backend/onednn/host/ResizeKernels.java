package dev.lathe.backend.onednn.host;

import dev.lathe.ir.op.ShapeOp.Resize;
import org.jspecify.annotations.Nullable;

/** Kernels of {@link Resize}. */
final class ResizeKernels {
  private ResizeKernels() {}

  static @Nullable HostKernel create(Resize op, Request request) {
    return null;
  }
}
