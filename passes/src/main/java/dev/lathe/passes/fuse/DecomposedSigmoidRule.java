package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code 1 / (exp(-x) + 1) = sigmoid(x)}, and {@code y / (exp(-x) + 1) = y * sigmoid(x)}. */
final class DecomposedSigmoidRule extends RewriteRule<ElementwiseOp> {
  DecomposedSigmoidRule() {
    super(ElementwiseOp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(ElementwiseOp op, Node node, RewriteContext context) {
    boolean reciprocal = op instanceof Unary unary && unary.function() == UnaryFunction.RECIPROCAL;
    if (!reciprocal && !Match.isBinary(node, BinaryFunction.DIV)) {
      return null;
    }
    Forms.Shifted sum = Forms.shifted(node.operand(reciprocal ? 0 : 1), context);
    if (sum == null || sum.number() != 1) {
      return null;
    }
    Node exp = Match.unary(sum.value(), UnaryFunction.EXP);
    Node negative = exp == null ? null : Match.unary(exp.operand(0), UnaryFunction.NEG);
    if (negative == null) {
      return null;
    }
    Value sigmoid = context.add(new Unary(UnaryFunction.SIGMOID), negative.operand(0));
    return Replacement.of(
        reciprocal
            ? sigmoid
            : context.add(new Binary(BinaryFunction.MUL), node.operand(0), sigmoid));
  }
}
