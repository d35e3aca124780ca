package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.Op;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code clamp(clamp(x, a, b), c, d) = clamp(x, clamp(a, c, d), clamp(b, c, d))}, where a relu is
 * {@code clamp(x, 0, inf)}. Clamps are monotonic, so the range of one after the other is the image
 * of the first range.
 */
final class ClampOfClampRule extends RewriteRule<ElementwiseOp.UnaryOp> {
  ClampOfClampRule() {
    super(ElementwiseOp.UnaryOp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(
      ElementwiseOp.UnaryOp op, Node node, RewriteContext context) {
    Clamp second = clampOrNull(op);
    Node inner = node.operand(0).producer();
    Clamp first = inner == null ? null : clampOrNull(inner.op());
    if (second == null || inner == null || first == null) {
      return null;
    }
    if (first.min() > first.max() || second.min() > second.max()) {
      return null; // Bounds in the wrong order make a constant, in a way that is not this.
    }
    Clamp both =
        new Clamp(
            Math.clamp(first.min(), second.min(), second.max()),
            Math.clamp(first.max(), second.min(), second.max()));
    return Replacement.of(context.add(both, inner.operand(0)));
  }

  private static @Nullable Clamp clampOrNull(Op op) {
    if (op instanceof Unary unary && unary.function() == UnaryFunction.RELU) {
      return new Clamp(0, Double.POSITIVE_INFINITY);
    }
    return op instanceof Clamp clamp ? clamp : null;
  }
}
