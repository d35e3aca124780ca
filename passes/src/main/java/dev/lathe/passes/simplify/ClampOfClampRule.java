package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code clamp(clamp(x, a, b), c, d) = clamp(x, max(a, c), min(b, d))}, where the intervals meet.
 */
final class ClampOfClampRule extends RewriteRule<Clamp> {
  ClampOfClampRule() {
    super(Clamp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Clamp op, Node node, RewriteContext context) {
    Node inner = Match.producer(node.operand(0), Clamp.class);
    if (inner == null) {
      return null;
    }
    Clamp first = (Clamp) inner.op();
    double min = Math.max(first.min(), op.min());
    double max = Math.min(first.max(), op.max());
    // Disjoint intervals give a constant, which depends on which side x was clamped to.
    return min <= max ? Replacement.of(context.add(new Clamp(min, max), inner.operand(0))) : null;
  }
}
