package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.host.HostKernel;
import dev.lathe.backend.onednn.host.HostKernels;
import dev.lathe.backend.onednn.program.HostSource;
import dev.lathe.ir.op.LinalgOp;

/** Makes the kernels in Java of a program, when it is lowered and when it is read again. */
public final class HostKernelFactory {
  private HostKernelFactory() {}

  /**
   * The kernel of a source: the reference interpreter where there is none for the op.
   *
   * @throws IllegalArgumentException if the types do not fit the op
   */
  public static HostKernel create(HostSource source) {
    return switch (source) {
      case HostSource.OfOp op -> create(op);
      case HostSource.OfCopy copy -> new CopyKernel(copy);
    };
  }

  private static HostKernel create(HostSource.OfOp source) {
    if (SmallProduct.computes(source.op(), source.operands())) {
      return new SmallProduct((LinalgOp.MatMul) source.op(), source.operands());
    }
    HostKernel kernel =
        HostKernels.create(
            source.op(), source.operands(), source.results(), source.constants(), source.threads());
    return kernel != null
        ? kernel
        : new ReferenceKernel(source.op(), source.operands(), source.results());
  }
}
