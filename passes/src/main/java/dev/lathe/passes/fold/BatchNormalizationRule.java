package dev.lathe.passes.fold;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code batch_normalization(x) = x * s + t} with {@code s = scale / sqrt(variance + epsilon)} and
 * {@code t = bias - mean * s}, where the statistics are known; into the weights of a convolution
 * that x is.
 */
final class BatchNormalizationRule extends RewriteRule<BatchNormalization> {
  BatchNormalizationRule() {
    super(BatchNormalization.class);
  }

  @Override
  protected @Nullable Replacement rewrite(
      BatchNormalization op, Node node, RewriteContext context) {
    for (int i = 1; i < 5; i++) {
      if (!context.isKnown(node.operand(i))) {
        return null;
      }
    }
    Value x = node.operand(0);
    Value epsilon = context.scalarLike(node.operand(4), op.epsilon());
    Value variance = context.add(new Binary(BinaryFunction.ADD), node.operand(4), epsilon);
    Value deviation = context.add(new Unary(UnaryFunction.SQRT), variance);
    Value scale = context.add(new Binary(BinaryFunction.DIV), node.operand(1), deviation);
    Value moved = context.add(new Binary(BinaryFunction.MUL), node.operand(3), scale);
    Value shift = context.add(new Binary(BinaryFunction.SUB), node.operand(2), moved);
    Node conv = Channels.foldable(x, context);
    if (conv != null) {
      return Replacement.of(Channels.fold(conv, scale, shift, context));
    }
    int rank = x.type().rank();
    Value scaled =
        context.add(new Binary(BinaryFunction.MUL), x, Channels.along(scale, 1, rank, context));
    return Replacement.of(
        context.add(
            new Binary(BinaryFunction.ADD), scaled, Channels.along(shift, 1, rank, context)));
  }
}
