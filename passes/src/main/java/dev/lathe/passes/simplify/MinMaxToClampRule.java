package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code min(x, c) = clamp(x, -inf, c)} and {@code max(x, c) = clamp(x, c, inf)} for one number c.
 * {@link ClampOfClampRule} joins the two.
 */
final class MinMaxToClampRule extends RewriteRule<Binary> {
  /** Bounds of a clamp are doubles; larger integers are not all among them. */
  private static final double MAX_EXACT = 1L << 53;

  MinMaxToClampRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.MIN && op.function() != BinaryFunction.MAX) {
      return null;
    }
    Value x = node.operand(0);
    OptionalDouble bound = context.uniform(node.operand(1));
    if (bound.isEmpty() || !Match.isSameType(x, node.result())) {
      return null; // The bounds differ or are unknown, or stretch x to a larger shape.
    }
    double c = bound.getAsDouble();
    boolean exact = x.type().elementType().isFloat() || Math.abs(c) < MAX_EXACT;
    if (Double.isNaN(c) || !exact) {
      return null;
    }
    Clamp clamp =
        op.function() == BinaryFunction.MIN
            ? new Clamp(Double.NEGATIVE_INFINITY, c)
            : new Clamp(c, Double.POSITIVE_INFINITY);
    return Replacement.of(context.add(clamp, x));
  }
}
