package dev.lathe.ir.op;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Ops that combine the elements along axes. */
public sealed interface ReductionOp extends Op {

  /** How {@link Reduce} combines elements, named as in ONNX {@code Reduce*}-18. */
  enum ReduceFunction {
    SUM,
    MEAN,
    PROD,
    MAX,
    MIN,
    L1,
    L2,
    LOG_SUM,
    LOG_SUM_EXP,
    SUM_SQUARE;

    private final String text = "reduce_" + name().toLowerCase(Locale.ROOT);

    /** The name in textual IR. */
    public String text() {
      return text;
    }
  }

  /** Drops {@code axes} (sorted) from a shape, or keeps them with size 1. */
  static Shape reduced(Shape shape, List<Integer> axes, boolean keepDims) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      if (!axes.contains(i)) {
        dims.add(shape.dim(i));
      } else if (keepDims) {
        dims.add(Dim.ONE);
      }
    }
    return new Shape(dims);
  }

  /**
   * Combines the elements along {@code axes}.
   *
   * @param axes sorted, counted from the front, without repetition; empty means no axis, which
   *     leaves the shape as it is and applies the function to each element alone
   * @param keepDims whether reduced axes stay with size 1
   */
  record Reduce(ReduceFunction function, List<Integer> axes, boolean keepDims)
      implements ReductionOp {
    public Reduce {
      axes = List.copyOf(axes);
      for (int i = 0; i < axes.size(); i++) {
        if (axes.get(i) < 0 || (i > 0 && axes.get(i) <= axes.get(i - 1))) {
          throw new IllegalArgumentException(
              "axes " + axes + " must be sorted and counted from the front");
        }
      }
    }

    @Override
    public String mnemonic() {
      return function.text();
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      TensorType type = operands.type(0);
      Axes.normalize(axes, type.rank());
      boolean order = function == ReduceFunction.MAX || function == ReduceFunction.MIN;
      if (type.elementType() == ElementType.BOOL && !order) {
        throw new TypeException("is not defined on element type bool");
      }
      return List.of(type.withShape(reduced(type.shape(), axes, keepDims)));
    }
  }

  /**
   * The index of the largest or smallest element along an axis (ONNX {@code ArgMax}/{@code
   * ArgMin}-13); the result is i64.
   *
   * @param selectLast whether the last of equal elements wins, instead of the first
   */
  record ArgReduce(boolean max, int axis, boolean keepDims, boolean selectLast)
      implements ReductionOp {
    @Override
    public String mnemonic() {
      return max ? "arg_max" : "arg_min";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      TensorType type = operands.type(0);
      int normal = operands.axis(0, axis);
      return List.of(
          new TensorType(ElementType.I64, reduced(type.shape(), List.of(normal), keepDims)));
    }
  }

  /**
   * The running sum along an axis (ONNX {@code CumSum}-14).
   *
   * @param exclusive whether an element leaves itself out of its sum
   * @param reverse whether sums run from the end
   */
  record CumSum(int axis, boolean exclusive, boolean reverse) implements ReductionOp {
    @Override
    public String mnemonic() {
      return "cum_sum";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      operands.axis(0, axis);
      return List.of(operands.type(0));
    }
  }

  /**
   * The k largest or smallest elements along an axis and their indices (ONNX {@code TopK}-11);
   * among equal elements the lower index comes first. Operands: x; k, one i64 (0-d or 1-d of one
   * element). Results: values; indices, i64.
   */
  record TopK(int axis, boolean largest, boolean sorted) implements ReductionOp {
    @Override
    public String mnemonic() {
      return "top_k";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      operands.expectElementType(1, ElementType.I64);
      TensorType type = operands.type(0);
      int normal = operands.axis(0, axis);
      var k = operands.data(1);
      Dim count = k == null || k.isUnbacked() ? operands.fresh() : k.elements().get(0);
      Dim available = type.dim(normal);
      if (count.isFixed() && available.isFixed() && count.value() > available.value()) {
        throw new TypeException(
            "k is " + count + " but axis " + normal + " has only " + available + " elements");
      }
      Shape shape = type.shape().withDim(normal, count);
      return List.of(type.withShape(shape), new TensorType(ElementType.I64, shape));
    }
  }
}
