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
 * {@code conv(x, w, b) * s = conv(x, w * s, b * s)}, where s is known and has a number a channel,
 * or one; the same for a division by s.
 */
final class ScaleIntoConvolutionRule extends RewriteRule<Binary> {
  ScaleIntoConvolutionRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    boolean inverse = op.function() == BinaryFunction.DIV;
    if (op.function() != BinaryFunction.MUL && !inverse) {
      return null;
    }
    for (int i = 0; i < (inverse ? 1 : 2); i++) {
      Node conv = Channels.foldable(node.operand(i), context);
      if (conv == null || !Match.isSameType(node.operand(i), node.result())) {
        continue; // No convolution, or others use its result, or this makes it larger.
      }
      Value scale = Channels.vector(node.operand(1 - i), node.operand(i), 1, context);
      if (scale == null) {
        continue; // It differs within a channel.
      }
      if (inverse) {
        scale = context.add(new Unary(UnaryFunction.RECIPROCAL), scale);
      }
      return Replacement.of(Channels.fold(conv, scale, null, context));
    }
    return null;
  }
}
