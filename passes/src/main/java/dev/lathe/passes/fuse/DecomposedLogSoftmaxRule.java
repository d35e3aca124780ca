package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.NormalizationOp.LogSoftmax;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code log(softmax(x)) = log_softmax(x)}, which does not underflow. */
final class DecomposedLogSoftmaxRule extends RewriteRule<Unary> {
  DecomposedLogSoftmaxRule() {
    super(Unary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Unary op, Node node, RewriteContext context) {
    if (op.function() != UnaryFunction.LOG) {
      return null;
    }
    Node softmax = Match.producer(node.operand(0), Softmax.class);
    if (softmax == null || !Match.isUsedOnce(softmax.result())) {
      return null; // Others use the probabilities; their logarithm is then cheap.
    }
    int axis = ((Softmax) softmax.op()).axis();
    return Replacement.of(context.add(new LogSoftmax(axis), softmax.operand(0)));
  }
}
