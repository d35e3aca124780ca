package dev.lathe.passes.simplify;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code reduce_sum(x, axes) * (1/n) = reduce_mean(x, axes)}, and so with a division by n, where n
 * is the number of elements summed.
 */
final class SumToMeanRule extends RewriteRule<Binary> {
  SumToMeanRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.MUL && op.function() != BinaryFunction.DIV) {
      return null;
    }
    Node sum = Match.producer(node.operand(0), ReductionOp.Reduce.class);
    if (sum == null || !Match.isUsedOnce(sum.result())) {
      return null; // What others use is computed anyway.
    }
    ReductionOp.Reduce reduce = (ReductionOp.Reduce) sum.op();
    Value x = sum.operand(0);
    if (reduce.function() != ReductionOp.ReduceFunction.SUM
        || !x.type().elementType().isFloat()
        || !Match.isSameType(sum.result(), node.result())) {
      return null; // Means of integers truncate; a factor may stretch the sum.
    }
    Dim count = Dim.ONE;
    for (int axis : reduce.axes()) {
      count = count.times(x.type().dim(axis));
    }
    OptionalDouble factor = context.uniform(node.operand(1));
    if (!count.isFixed() || factor.isEmpty()) {
      return null;
    }
    double number =
        op.function() == BinaryFunction.DIV ? factor.getAsDouble() : 1 / factor.getAsDouble();
    if (Math.abs(number - count.value()) > 1e-6 * count.value()) {
      return null; // Another factor, such as that of an unbiased variance.
    }
    return Replacement.of(
        context.add(
            new ReductionOp.Reduce(
                ReductionOp.ReduceFunction.MEAN, reduce.axes(), reduce.keepDims()),
            x));
  }
}
