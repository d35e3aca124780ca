package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Where;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** {@code where(true, x, y) = x} and {@code where(false, x, y) = y}, expanded to the result. */
final class KnownWhereRule extends RewriteRule<Where> {
  KnownWhereRule() {
    super(Where.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Where op, Node node, RewriteContext context) {
    OptionalDouble condition = context.uniform(node.operand(0));
    if (condition.isEmpty()) {
      return null; // Unknown, or true in some places and false in others.
    }
    Value taken = node.operand(condition.getAsDouble() != 0 ? 1 : 2);
    Shape shape = node.result().type().shape();
    if (taken.type().shape().equals(shape)) {
      return Replacement.of(taken);
    }
    if (!Match.isBacked(shape)) {
      return null; // The shape to expand to cannot be written down.
    }
    return Replacement.of(
        context.add(new ShapeOp.Expand(), taken, context.builder().dims(shape.dims())));
  }
}
