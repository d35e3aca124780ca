package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code log(exp(x) + 1) = softplus(x)}. */
final class DecomposedSoftplusRule extends RewriteRule<Unary> {
  DecomposedSoftplusRule() {
    super(Unary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Unary op, Node node, RewriteContext context) {
    if (op.function() != UnaryFunction.LOG) {
      return null;
    }
    Forms.Shifted sum = Forms.shifted(node.operand(0), context);
    Node exp =
        sum == null || sum.number() != 1 ? null : Match.unary(sum.value(), UnaryFunction.EXP);
    return exp == null
        ? null
        : Replacement.of(context.add(new Unary(UnaryFunction.SOFTPLUS), exp.operand(0)));
  }
}
