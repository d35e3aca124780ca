package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code -(-x) = x}, {@code !!x = x} and {@code ~~x = x}. */
final class DoubleNegationRule extends RewriteRule<Unary> {
  DoubleNegationRule() {
    super(Unary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Unary op, Node node, RewriteContext context) {
    boolean involution =
        switch (op.function()) {
          case NEG, NOT, BITWISE_NOT -> true;
          default -> false;
        };
    if (!involution) {
      return null;
    }
    Node inner = Match.unary(node.operand(0), op.function());
    return inner == null ? null : Replacement.of(inner.operand(0));
  }
}
