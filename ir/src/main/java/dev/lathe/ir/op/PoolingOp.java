package dev.lathe.ir.op;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reductions over a sliding window, channels second. Global pooling is a {@link ReductionOp.Reduce}
 * over the spatial axes.
 */
public sealed interface PoolingOp extends Op {
  /** The window's size on each spatial axis. */
  List<Long> kernel();

  /** How the window slides. */
  Window window();

  /** Whether a window that ends outside the data counts (ONNX {@code ceil_mode}). */
  boolean ceil();

  private TensorType pooled(Operands operands) {
    operands.expectCount(1);
    operands.expectRank(0, window().axes() + 2);
    if (kernel().size() != window().axes()) {
      throw new TypeException("kernel " + kernel() + " and window name different numbers of axes");
    }
    TensorType x = operands.type(0);
    List<Dim> dims = new ArrayList<>(x.shape().dims().subList(0, 2));
    for (int i = 0; i < window().axes(); i++) {
      dims.add(window().outputSize(i, x.dim(i + 2), kernel().get(i), ceil()));
    }
    return x.withShape(new Shape(dims));
  }

  /**
   * The largest element of each window (ONNX {@code MaxPool}-12); padding never wins. Operand
   * {@code [N, C, D1, …]}. Results: {@code [N, C, O1, …]}; with {@code indices}, their flat
   * positions in the operand as i64.
   *
   * @param columnMajor whether positions count the spatial axes in column-major order (ONNX {@code
   *     storage_order} 1)
   */
  record MaxPool(
      List<Long> kernel, Window window, boolean ceil, boolean indices, boolean columnMajor)
      implements PoolingOp {
    public MaxPool {
      kernel = List.copyOf(kernel);
    }

    @Override
    public String mnemonic() {
      return "max_pool";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      TensorType type = ((PoolingOp) this).pooled(operands);
      return indices ? List.of(type, type.withElementType(ElementType.I64)) : List.of(type);
    }
  }

  /**
   * The mean of each window (ONNX {@code AveragePool}-19). Operand {@code [N, C, D1, …]}; result
   * {@code [N, C, O1, …]}.
   *
   * @param countIncludePad whether padding counts as zeros; elements that only {@code ceil} brings
   *     in never count
   */
  record AveragePool(List<Long> kernel, Window window, boolean ceil, boolean countIncludePad)
      implements PoolingOp {
    public AveragePool {
      kernel = List.copyOf(kernel);
    }

    @Override
    public String mnemonic() {
      return "average_pool";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectFloat(0);
      return List.of(((PoolingOp) this).pooled(operands));
    }
  }

  /** The p-norm of each window (ONNX {@code LpPool}-18); padding counts as zero. */
  record LpPool(List<Long> kernel, Window window, boolean ceil, int p) implements PoolingOp {
    public LpPool {
      kernel = List.copyOf(kernel);
      if (p < 1) {
        throw new IllegalArgumentException("the order of a norm must be at least 1, not " + p);
      }
    }

    @Override
    public String mnemonic() {
      return "lp_pool";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectFloat(0);
      return List.of(((PoolingOp) this).pooled(operands));
    }
  }
}
