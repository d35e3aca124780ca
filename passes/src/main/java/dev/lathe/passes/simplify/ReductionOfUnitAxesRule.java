package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code reduce(x, axes) = reshape(x)} where every reduced axis has size 1, for sum, mean, product,
 * maximum and minimum.
 */
final class ReductionOfUnitAxesRule extends RewriteRule<ReductionOp.Reduce> {
  ReductionOfUnitAxesRule() {
    super(ReductionOp.Reduce.class);
  }

  @Override
  protected @Nullable Replacement rewrite(
      ReductionOp.Reduce op, Node node, RewriteContext context) {
    boolean ofOneIsItself =
        switch (op.function()) {
          case SUM, MEAN, PROD, MAX, MIN -> true;
          case L1, L2, LOG_SUM, LOG_SUM_EXP, SUM_SQUARE -> false;
        };
    if (!ofOneIsItself) {
      return null; // The absolute value, or the square, of one element is not the element.
    }
    Value x = node.operand(0);
    for (int axis : op.axes()) {
      if (!x.type().dim(axis).is(1)) {
        return null;
      }
    }
    Shape shape = node.result().type().shape();
    if (!Match.isBacked(shape)) {
      return null; // The target of the reshape cannot be written down.
    }
    return Replacement.of(Views.reshape(x, shape, context));
  }
}
