package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code reshape(reshape(x, s), t) = reshape(x, t)}, where t has no 0 that copies from s; squeezing
 * and unsqueezing inside count as reshapes.
 */
final class ReshapeOfReshapeRule extends RewriteRule<Reshape> {
  ReshapeOfReshapeRule() {
    super(Reshape.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Reshape op, Node node, RewriteContext context) {
    Node inner = node.operand(0).producer();
    if (inner == null || !op.allowZero()) {
      return null;
    }
    boolean reshapes =
        inner.op() instanceof Reshape
            || inner.op() instanceof ShapeOp.Squeeze
            || inner.op() instanceof ShapeOp.Unsqueeze;
    return reshapes ? Replacement.of(context.add(op, inner.operand(0), node.operand(1))) : null;
  }
}
