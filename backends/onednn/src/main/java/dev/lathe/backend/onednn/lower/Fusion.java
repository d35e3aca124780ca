package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.BinaryAlgorithm;
import dev.lathe.backend.onednn.binding.EltwiseAlgorithm;
import dev.lathe.backend.onednn.binding.PostOp;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The element-wise nodes behind a node that could be computed with it: each is the only user of the
 * one before, and its other operand is known already.
 */
final class Fusion {
  /** The limit of oneDNN is 32; a subtraction may take two. */
  private static final int MAX_STEPS = 16;

  /**
   * One node as post-ops.
   *
   * @param before functions of the result so far; none for a conversion, as post-ops compute in f32
   *     whatever is stored behind the last
   * @param algorithm how the operand is joined then, or null for no operand
   */
  record Step(
      Node node,
      List<PostOp.Eltwise> before,
      @Nullable BinaryAlgorithm algorithm,
      @Nullable Value operand) {}

  private final Value start;
  private final List<Step> steps;

  private Fusion(Value start, List<Step> steps) {
    this.start = start;
    this.steps = steps;
  }

  /** The nodes behind {@code start}. */
  static Fusion behind(Value start, BlockLowering block) {
    List<Step> steps = new ArrayList<>();
    Value current = start;
    while (steps.size() < MAX_STEPS
        && current.users().size() == 1
        && !current.isBlockResult()
        && Types.isReal(current)) {
      Step step = step(current.users().iterator().next(), current, block);
      if (step == null) {
        break;
      }
      steps.add(step);
      current = step.node().result();
    }
    return new Fusion(start, steps);
  }

  /** {@code node} as a step behind {@code current}, or null if it is none. */
  private static @Nullable Step step(Node node, Value current, BlockLowering block) {
    if (!(node.op() instanceof ElementwiseOp)
        || !Types.isReal(node.result())
        || !node.result().type().shape().equals(current.type().shape())) {
      return null;
    }
    PostOp.Eltwise function = Eltwise.of(node.op());
    if (function != null) {
      return new Step(node, List.of(function), null, null);
    }
    if (node.op() instanceof ElementwiseOp.Cast) {
      return new Step(node, List.of(), null, null);
    }
    return node.op() instanceof ElementwiseOp.Binary binary
        ? binaryStep(node, binary.function(), current, block)
        : null;
  }

  private static @Nullable Step binaryStep(
      Node node, BinaryFunction function, Value current, BlockLowering block) {
    if (node.operand(0) == node.operand(1)) {
      return function == BinaryFunction.MUL
          ? new Step(node, List.of(new PostOp.Eltwise(EltwiseAlgorithm.SQUARE, 0, 0)), null, null)
          : null;
    }
    boolean first = node.operand(0) == current;
    Value other = node.operand(first ? 1 : 0);
    if (!Types.isReal(other)) {
      return null;
    }
    Float scalar = block.scalar(other);
    if (scalar != null) {
      PostOp.Eltwise eltwise = Eltwise.withScalar(function, scalar, !first);
      if (eltwise != null) {
        return new Step(node, List.of(eltwise), null, null);
      }
    }
    BinaryAlgorithm algorithm = Eltwise.of(function);
    if (algorithm == null || !isKnown(other, block)) {
      return null;
    }
    if (first || function.isCommutative()) {
      return new Step(node, List.of(), algorithm, other);
    }
    // other - result = -result + other
    return function == BinaryFunction.SUB
        ? new Step(
            node,
            List.of(new PostOp.Eltwise(EltwiseAlgorithm.LINEAR, -1, 0)),
            BinaryAlgorithm.ADD,
            other)
        : null;
  }

  /** Whether a value is there when the node in work runs, which is before inputs if it folds. */
  private static boolean isKnown(Value value, BlockLowering block) {
    return block.isDefined(value)
        && (!block.emitter().isFolding() || block.view(value).isConstant());
  }

  /** The number of nodes. */
  int size() {
    return steps.size();
  }

  /** Node number {@code index} as a step. */
  Step step(int index) {
    return steps.get(index);
  }

  /** The result after the first {@code count} nodes. */
  Value result(int count) {
    return count == 0 ? start : steps.get(count - 1).node().result();
  }
}
