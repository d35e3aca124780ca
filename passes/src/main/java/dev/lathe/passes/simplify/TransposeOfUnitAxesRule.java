package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code transpose(x, p) = reshape(x)} where the axes that change places, those of size 1 apart, do
 * not: no element moves in memory.
 */
final class TransposeOfUnitAxesRule extends RewriteRule<ShapeOp.Transpose> {
  TransposeOfUnitAxesRule() {
    super(ShapeOp.Transpose.class);
  }

  @Override
  protected @Nullable Replacement rewrite(ShapeOp.Transpose op, Node node, RewriteContext context) {
    Value x = node.operand(0);
    int last = -1;
    for (int axis : op.permutation()) {
      if (x.type().dim(axis).is(1)) {
        continue;
      }
      if (axis < last) {
        return null; // Elements move.
      }
      last = axis;
    }
    Shape shape = node.result().type().shape();
    if (!Match.isBacked(shape)) {
      return null; // The target of the reshape cannot be written down.
    }
    return Replacement.of(Views.reshape(x, shape, context));
  }
}
