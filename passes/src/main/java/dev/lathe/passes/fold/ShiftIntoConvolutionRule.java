package dev.lathe.passes.fold;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code conv(x, w, b) + t = conv(x, w, b + t)}, where t is known and has a number a channel, or
 * one.
 */
final class ShiftIntoConvolutionRule extends RewriteRule<Binary> {
  ShiftIntoConvolutionRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.ADD) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Node conv = Channels.foldable(node.operand(i), context);
      if (conv == null || !Match.isSameType(node.operand(i), node.result())) {
        continue;
      }
      Value shift = Channels.vector(node.operand(1 - i), node.operand(i), context);
      if (shift != null) {
        return Replacement.of(Channels.fold(conv, null, shift, context));
      }
    }
    return null;
  }
}
