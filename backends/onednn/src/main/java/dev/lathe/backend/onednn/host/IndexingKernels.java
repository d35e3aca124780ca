package dev.lathe.backend.onednn.host;

import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.IndexingOp.GatherElements;
import dev.lathe.ir.op.IndexingOp.GatherNd;
import org.jspecify.annotations.Nullable;

/** Kernels of ops that read or write where other tensors say. */
final class IndexingKernels {
  private IndexingKernels() {}

  static @Nullable HostKernel create(IndexingOp op, Request request) {
    if (request.width() == 0) {
      return null; // Packed elements share bytes.
    }
    return switch (op) {
      case Gather(int axis) -> GatherKernels.gather(axis, request);
      case GatherElements(int axis) -> GatherKernels.gatherElements(axis, request);
      case GatherNd(int batchDims) -> GatherKernels.gatherNd(batchDims, request);
      default -> null;
    };
  }
}
