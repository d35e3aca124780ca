package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code 1 / x = reciprocal(x)} for floats. */
final class OneOverRule extends RewriteRule<Binary> {
  OneOverRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    Value x = node.operand(1);
    if (op.function() != BinaryFunction.DIV || !x.type().elementType().isFloat()) {
      return null; // Integers have no reciprocal.
    }
    if (!context.isUniform(node.operand(0), 1) || !Match.isSameType(x, node.result())) {
      return null; // Another dividend, or one that stretches x.
    }
    return Replacement.of(context.add(new Unary(UnaryFunction.RECIPROCAL), x));
  }
}
