package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code relu(f(x)) = f(x)} and {@code abs(f(x)) = f(x)} for an f that is never negative. */
final class ReluOfNonNegativeRule extends RewriteRule<Unary> {
  ReluOfNonNegativeRule() {
    super(Unary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Unary op, Node node, RewriteContext context) {
    if (op.function() != UnaryFunction.RELU && op.function() != UnaryFunction.ABS) {
      return null;
    }
    Value x = node.operand(0);
    return Signs.isNeverNegative(x, context) ? Replacement.of(x) : null;
  }
}
