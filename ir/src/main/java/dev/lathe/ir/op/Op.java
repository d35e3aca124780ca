package dev.lathe.ir.op;

import dev.lathe.ir.Block;
import dev.lathe.ir.TensorType;
import java.util.List;

/**
 * What a node computes: the payload of a node, without its wiring.
 *
 * <p>Ops are records, equal if their fields are equal, and checked when they are made. The
 * hierarchy is sealed, one interface a family, so that a {@code switch} over ops names what it
 * forgot. The fields are what is fixed when the graph is built; what may depend on data is an
 * operand.
 *
 * <p>Operators follow ONNX semantics (of the version each record names) unless they say otherwise;
 * tensors are row-major and channels come second.
 */
public sealed interface Op
    permits CreationOp,
        ElementwiseOp,
        ReductionOp,
        LinalgOp,
        ConvolutionOp,
        PoolingOp,
        NormalizationOp,
        ShapeOp,
        IndexingOp,
        QuantizationOp,
        RecurrentOp,
        ControlFlowOp {

  /** The name in textual IR, in snake case. */
  String mnemonic();

  /**
   * The types of the results for the given operands.
   *
   * @throws dev.lathe.ir.TypeException if the op cannot take them; the message says what is wrong,
   *     without the op's name, which the caller adds
   */
  List<TensorType> infer(Operands operands);

  /** The blocks nested in this op; none for most. */
  default List<Block> blocks() {
    return List.of();
  }

  /**
   * True if the results depend on operands and fields alone and computing them has no effect, so
   * that the node may be folded, shared and dropped.
   */
  default boolean isPure() {
    return true;
  }
}
