package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.passes.rewrite.RewriteContext;
import java.util.OptionalDouble;

/** What is known of the signs of elements. */
final class Signs {
  private static final int MAX_DEPTH = 6;

  private Signs() {}

  /** True if every element of a float tensor is zero, positive, or no number. */
  static boolean isNeverNegative(Value value, RewriteContext context) {
    return value.type().elementType().isFloat() && isNeverNegative(value, context, MAX_DEPTH);
  }

  private static boolean isNeverNegative(Value value, RewriteContext context, int depth) {
    OptionalDouble number = context.uniform(value);
    if (number.isPresent()) {
      return number.getAsDouble() >= 0;
    }
    Node node = value.producer();
    if (node == null || depth == 0) {
      return false;
    }
    return switch (node.op()) {
      case Unary unary ->
          switch (unary.function()) {
            case RELU, ABS, SIGMOID, SOFTPLUS, EXP, SQRT -> true;
            default -> false;
          };
      case Clamp clamp -> clamp.min() >= 0 && clamp.min() <= clamp.max();
      case ElementwiseOp.HardSigmoid ignored -> true;
      case NormalizationOp.Softmax ignored -> true;
      case Binary binary ->
          switch (binary.function()) {
            case MUL -> node.operand(0) == node.operand(1) || bothAre(node, context, depth);
            case ADD, MIN -> bothAre(node, context, depth);
            default -> false;
          };
      case ReductionOp.Reduce reduce ->
          switch (reduce.function()) {
            case L1, L2, SUM_SQUARE -> true;
            case SUM, MEAN, MAX, MIN, PROD -> isNeverNegative(node.operand(0), context, depth - 1);
            case LOG_SUM, LOG_SUM_EXP -> false;
          };
      default -> false;
    };
  }

  private static boolean bothAre(Node node, RewriteContext context, int depth) {
    return isNeverNegative(node.operand(0), context, depth - 1)
        && isNeverNegative(node.operand(1), context, depth - 1);
  }
}
