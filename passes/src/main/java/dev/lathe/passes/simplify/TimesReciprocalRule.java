package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code x * reciprocal(y) = x / y}, and so with the operands exchanged. */
final class TimesReciprocalRule extends RewriteRule<Binary> {
  TimesReciprocalRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.MUL) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Node reciprocal = Match.unary(node.operand(1 - i), UnaryFunction.RECIPROCAL);
      // Shared by several products, one reciprocal is cheaper than many divisions.
      if (reciprocal != null && Match.isUsedOnce(reciprocal.result())) {
        Value quotient =
            context.add(new Binary(BinaryFunction.DIV), node.operand(i), reciprocal.operand(0));
        return Replacement.of(quotient);
      }
    }
    return null;
  }
}
