package dev.lathe.passes.fold;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.NormalizationOp.GroupNormalization;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code group_normalization(x, 1, 0) * s = group_normalization(x, s, 0)} and {@code
 * group_normalization(x, s, 0) + b = group_normalization(x, s, b)}, where s and b have a number for
 * each channel.
 */
final class GroupNormalizationAffineRule extends RewriteRule<Binary> {
  GroupNormalizationAffineRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    boolean scales = op.function() == BinaryFunction.MUL;
    if (!scales && op.function() != BinaryFunction.ADD) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Node norm = Match.producer(node.operand(i), GroupNormalization.class);
      if (norm == null
          || !Match.isUsedOnce(node.operand(i))
          || !Match.isSameType(norm.result(), node.result())
          || !norm.result().type().dim(1).isFixed()
          || !context.isUniform(norm.operand(2), 0)
          || (scales && !context.isUniform(norm.operand(1), 1))) {
        continue;
      }
      Value vector = Channels.vector(node.operand(1 - i), norm.result(), 1, context);
      if (vector != null) {
        return Replacement.of(
            context.add(
                norm.op(),
                norm.operand(0),
                scales ? vector : norm.operand(1),
                scales ? norm.operand(2) : vector));
      }
    }
    return null;
  }
}
