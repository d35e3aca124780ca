package dev.lathe.ir.op;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Ops that move elements to or from places that other tensors name. Negative indices count from the
 * end.
 */
public sealed interface IndexingOp extends Op {

  /** How a scattered update meets what is there (ONNX {@code reduction}). */
  enum ScatterReduction {
    NONE,
    ADD,
    MUL,
    MAX,
    MIN
  }

  /**
   * Slices along an axis (ONNX {@code Gather}-13). Operands: data; indices, i32 or i64 of any
   * shape. Result: {@code data.shape[:axis] + indices.shape + data.shape[axis+1:]}.
   */
  record Gather(int axis) implements IndexingOp {
    @Override
    public String mnemonic() {
      return "gather";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      operands.expectIndex(1);
      operands.expectRankAtLeast(0, 1);
      TensorType data = operands.type(0);
      int normal = operands.axis(0, axis);
      List<Dim> dims = new ArrayList<>(data.shape().dims().subList(0, normal));
      dims.addAll(operands.type(1).shape().dims());
      dims.addAll(data.shape().dims().subList(normal + 1, data.rank()));
      return List.of(data.withShape(new Shape(dims)));
    }
  }

  /**
   * Single elements along an axis (ONNX {@code GatherElements}-13). Operands: data; indices of the
   * same rank, whose shape is the result's.
   */
  record GatherElements(int axis) implements IndexingOp {
    @Override
    public String mnemonic() {
      return "gather_elements";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      operands.expectIndex(1);
      operands.axis(0, axis);
      operands.expectRank(1, operands.type(0).rank());
      return List.of(operands.type(0).withShape(operands.type(1).shape()));
    }
  }

  /**
   * Slices named by index vectors (ONNX {@code GatherND}-13). Operands: data; indices i64 whose
   * last axis is a vector of indices into the axes of data after the first {@code batchDims}.
   */
  record GatherNd(int batchDims) implements IndexingOp {
    @Override
    public String mnemonic() {
      return "gather_nd";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      operands.expectIndex(1);
      operands.expectRankAtLeast(1, 1);
      TensorType data = operands.type(0);
      int depth = indexDepth(operands, batchDims);
      Shape indices = operands.type(1).shape();
      List<Dim> dims = new ArrayList<>(indices.dims().subList(0, indices.rank() - 1));
      dims.addAll(data.shape().dims().subList(batchDims + depth, data.rank()));
      return List.of(data.withShape(new Shape(dims)));
    }
  }

  /** The length of the index vectors of operand 1, checked against the rank of operand 0. */
  private static int indexDepth(Operands operands, int batchDims) {
    TensorType indices = operands.type(1);
    Dim depth = indices.dim(-1);
    if (!depth.isFixed()) {
      throw new TypeException("the last axis of indices " + indices + " must have a known size");
    }
    int rank = operands.type(0).rank();
    if (depth.value() < 1 || depth.value() + batchDims > rank || batchDims >= indices.rank()) {
      throw new TypeException(
          "index vectors of "
              + depth
              + " elements after "
              + batchDims
              + " batch axes do not fit "
              + operands.type(0));
    }
    return Math.toIntExact(depth.value());
  }

  /**
   * A copy of data with single elements replaced along an axis (ONNX {@code ScatterElements}-18).
   * Operands: data; indices and updates of one shape and the rank of data.
   */
  record ScatterElements(int axis, ScatterReduction reduction) implements IndexingOp {
    @Override
    public String mnemonic() {
      return "scatter_elements";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(3);
      operands.expectIndex(1);
      operands.expectSameElementType(0, 2);
      operands.axis(0, axis);
      operands.expectRank(1, operands.type(0).rank());
      operands.expectRank(2, operands.type(0).rank());
      return List.of(operands.type(0));
    }
  }

  /**
   * A copy of data with slices replaced that index vectors name (ONNX {@code ScatterND}-18).
   * Operands: data; indices i64 {@code [..., depth]}; updates {@code indices.shape[:-1] +
   * data.shape[depth:]}.
   */
  record ScatterNd(ScatterReduction reduction) implements IndexingOp {
    @Override
    public String mnemonic() {
      return "scatter_nd";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(3);
      operands.expectIndex(1);
      operands.expectRankAtLeast(1, 1);
      operands.expectSameElementType(0, 2);
      int depth = indexDepth(operands, 0);
      operands.expectRank(2, operands.type(1).rank() - 1 + operands.type(0).rank() - depth);
      return List.of(operands.type(0));
    }
  }

  /**
   * The triangle on and above (upper) or on and below a diagonal of the last two axes, zero
   * elsewhere (ONNX {@code Trilu}-14). Operands: data; the diagonal, one i64, positive above the
   * main one.
   */
  record Trilu(boolean upper) implements IndexingOp {
    @Override
    public String mnemonic() {
      return "trilu";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      operands.expectElementType(1, ElementType.I64);
      operands.expectRankAtLeast(0, 2);
      return List.of(operands.type(0));
    }
  }

  /**
   * Vectors with one element on (ONNX {@code OneHot}-11). Operands: indices; depth, one integer
   * (0-d or of one element); values {@code [off, on]}. Result: the shape of indices with an axis of
   * size depth inserted at {@code axis}; indices outside {@code [-depth, depth-1]} give all off.
   */
  record OneHot(int axis) implements IndexingOp {
    @Override
    public String mnemonic() {
      return "one_hot";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(3);
      operands.expectRank(2, 1);
      operands.expectEqual(operands.type(2).dim(0), Dim.of(2), "number of values");
      PropagatedData depth = operands.data(1);
      Shape indices = operands.type(0).shape();
      int normal = Axes.normalize(axis, indices.rank() + 1);
      List<Dim> dims = new ArrayList<>(indices.dims());
      dims.add(
          normal, depth == null || depth.isUnbacked() ? operands.fresh() : depth.elements().get(0));
      return List.of(operands.type(2).withShape(new Shape(dims)));
    }
  }

  /**
   * The indices of all elements that are not zero (ONNX {@code NonZero}-13): {@code i64[rank,
   * count]}.
   */
  record NonZero() implements IndexingOp {
    @Override
    public String mnemonic() {
      return "non_zero";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      return List.of(
          new TensorType(
              ElementType.I64, Shape.of(Dim.of(operands.type(0).rank()), operands.fresh())));
    }
  }

  /**
   * The first {@code lengths[b]} steps of each sequence backwards (ONNX {@code
   * ReverseSequence}-10). Operands: data; lengths, 1-d i64.
   */
  record ReverseSequence(int batchAxis, int timeAxis) implements IndexingOp {
    @Override
    public String mnemonic() {
      return "reverse_sequence";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      operands.expectElementType(1, ElementType.I64);
      operands.expectRank(1, 1);
      operands.axis(0, batchAxis);
      operands.axis(0, timeAxis);
      return List.of(operands.type(0));
    }
  }
}
