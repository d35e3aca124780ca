package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code e / sum(e) = softmax(x)} for {@code e = exp(x - max(x))}, sum and maximum along one axis.
 */
final class DecomposedSoftmaxRule extends RewriteRule<Binary> {
  DecomposedSoftmaxRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.DIV) {
      return null;
    }
    Value exponentials = node.operand(0);
    Node exp = Match.unary(exponentials, UnaryFunction.EXP);
    Node sub = exp == null ? null : Match.binary(exp.operand(0), BinaryFunction.SUB);
    if (sub == null) {
      return null;
    }
    Value x = sub.operand(0);
    Reduce sum = alongOneAxis(node.operand(1), ReduceFunction.SUM, exponentials);
    Reduce max = alongOneAxis(sub.operand(1), ReduceFunction.MAX, x);
    if (sum == null || max == null || !sum.axes().equals(max.axes())) {
      return null;
    }
    return Replacement.of(context.add(new NormalizationOp.Softmax(sum.axes().get(0)), x));
  }

  private static @Nullable Reduce alongOneAxis(Value value, ReduceFunction function, Value of) {
    Node node = value.producer();
    return node != null
            && node.op() instanceof Reduce reduce
            && reduce.function() == function
            && reduce.keepDims()
            && reduce.axes().size() == 1
            && node.operand(0) == of
        ? reduce
        : null;
  }
}
