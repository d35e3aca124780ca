package dev.lathe.passes.fold;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code conv(x, w, b) + t = conv(x, w, b + t)}, where t is known and has a number a channel, or
 * one; the same for a difference.
 */
final class ShiftIntoConvolutionRule extends RewriteRule<Binary> {
  ShiftIntoConvolutionRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    boolean inverse = op.function() == BinaryFunction.SUB;
    if (op.function() != BinaryFunction.ADD && !inverse) {
      return null;
    }
    for (int i = 0; i < (inverse ? 1 : 2); i++) {
      Node conv = Channels.foldable(node.operand(i), context);
      if (conv == null || !Match.isSameType(node.operand(i), node.result())) {
        continue; // No convolution, or others use its result, or this makes it larger.
      }
      Value shift = Channels.vector(node.operand(1 - i), node.operand(i), 1, context);
      if (shift == null) {
        continue; // It differs within a channel.
      }
      if (inverse) {
        shift = context.add(new Unary(UnaryFunction.NEG), shift);
      }
      return Replacement.of(Channels.fold(conv, null, shift, context));
    }
    return null;
  }
}
