package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Gemm;
import dev.lathe.backend.onednn.host.HostKernel;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.Op;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A product of few rows with a small matrix, with a bias or without: such a product takes less time
 * than the execution of a primitive costs beside it. The matrix is read as it lies, so that nothing
 * is packed.
 */
final class SmallProduct implements HostKernel {
  /** Matrices of more elements do not stay in the nearer caches, and are worth several threads. */
  private static final long MOST_WEIGHTS = 128 * 1024;

  /** With several rows, packed weights are read faster, unless there is next to nothing to do. */
  private static final long MOST_WORK_OF_ROWS = 8 * 1024;

  private final long rows;
  private final long inner;
  private final long columns;
  private final boolean transposed;
  private final boolean biased;

  SmallProduct(LinalgOp.MatMul op, List<TensorType> operands) {
    this.rows = rows(operands.getFirst());
    long[] matrix = Types.dims(operands.get(1));
    this.transposed = op.transposeB();
    this.inner = matrix[matrix.length - (transposed ? 1 : 2)];
    this.columns = matrix[matrix.length - (transposed ? 2 : 1)];
    this.biased = operands.size() > 2;
  }

  /** Whether an op on dense tensors of fixed shapes is one for this kernel. */
  static boolean computes(Op op, List<TensorType> operands) {
    if (!(op instanceof LinalgOp.MatMul product)
        || product.transposeA()
        || !operands.stream().allMatch(type -> type.elementType() == ElementType.F32)) {
      return false;
    }
    TensorType matrix = operands.get(1);
    int rank = matrix.rank();
    for (int axis = 0; axis < rank - 2; axis++) {
      if (!matrix.dim(axis).is(1)) {
        return false;
      }
    }
    long weights = count(matrix);
    long rows = rows(operands.getFirst());
    return rows > 0
        && weights > 0
        && weights <= MOST_WEIGHTS
        && (rows == 1 || rows * weights <= MOST_WORK_OF_ROWS)
        && (operands.size() == 2
            || isVector(
                operands.get(2), matrix.dim(rank - (product.transposeB() ? 2 : 1)).value()));
  }

  private static boolean isVector(TensorType type, long length) {
    return count(type) == length && type.dim(type.rank() - 1).is(length);
  }

  private static long count(TensorType type) {
    return type.shape().elementCount().value();
  }

  private static long rows(TensorType left) {
    long last = left.dim(left.rank() - 1).value();
    return last == 0 ? 0 : count(left) / last;
  }

  /** The operations of a run. */
  long flops() {
    return 2 * rows * inner * columns;
  }

  @Override
  public void run(MemorySegment[] operands, MemorySegment[] results) {
    if (biased) {
      long bytes = columns * Float.BYTES;
      for (long row = 0; row < rows; row++) {
        MemorySegment.copy(operands[2], 0, results[0], row * bytes, bytes);
      }
    }
    Gemm.multiply(rows, columns, inner, operands[0], operands[1], transposed, results[0], biased);
  }
}
