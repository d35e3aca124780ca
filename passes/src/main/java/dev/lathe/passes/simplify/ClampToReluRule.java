package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code clamp(x, 0, inf) = relu(x)}, and {@code clamp(x, -inf, inf) = x}. */
final class ClampToReluRule extends RewriteRule<Clamp> {
  ClampToReluRule() {
    super(Clamp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Clamp op, Node node, RewriteContext context) {
    if (op.max() != Double.POSITIVE_INFINITY) {
      return null;
    }
    if (op.min() == Double.NEGATIVE_INFINITY) {
      return Replacement.of(node.operand(0));
    }
    return op.min() == 0
        ? Replacement.of(context.add(new Unary(UnaryFunction.RELU), node.operand(0)))
        : null;
  }
}
