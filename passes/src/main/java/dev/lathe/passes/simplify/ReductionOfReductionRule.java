package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * {@code reduce(reduce(x, a), b) = reduce(x, a + b)} for two equal ones of sum, mean, maximum and
 * minimum, the first of which keeps reduced axes.
 */
final class ReductionOfReductionRule extends RewriteRule<ReductionOp.Reduce> {
  ReductionOfReductionRule() {
    super(ReductionOp.Reduce.class);
  }

  @Override
  protected @Nullable Replacement rewrite(
      ReductionOp.Reduce op, Node node, RewriteContext context) {
    boolean associative =
        switch (op.function()) {
          case SUM, MAX, MIN -> true;
          // Means of integers truncate.
          case MEAN -> node.result().type().elementType().isFloat();
          // In another order, products overflow elsewhere.
          case PROD, L1, L2, LOG_SUM, LOG_SUM_EXP, SUM_SQUARE -> false;
        };
    Node inner = Match.producer(node.operand(0), ReductionOp.Reduce.class);
    if (!associative || inner == null || !Match.isUsedOnce(inner.result())) {
      return null; // What others use is computed anyway.
    }
    ReductionOp.Reduce first = (ReductionOp.Reduce) inner.op();
    if (first.function() != op.function() || !first.keepDims()) {
      return null; // Without the axes of the first, those of the second have other numbers.
    }
    TreeSet<Integer> axes = new TreeSet<>(first.axes());
    axes.addAll(op.axes());
    if (!op.keepDims() && !op.axes().containsAll(first.axes())) {
      return null; // Axes of the first stay with size 1, those of the second do not.
    }
    ReductionOp.Reduce both =
        new ReductionOp.Reduce(op.function(), List.copyOf(axes), op.keepDims());
    return Replacement.of(context.add(both, inner.operand(0)));
  }
}
