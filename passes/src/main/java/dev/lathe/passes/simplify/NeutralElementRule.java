package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code x + 0 = x - 0 = x * 1 = x / 1 = x^1 = x}, where the neutral element does not make x
 * larger.
 */
final class NeutralElementRule extends RewriteRule<Binary> {
  NeutralElementRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    Value a = node.operand(0);
    Value b = node.operand(1);
    boolean right =
        switch (op.function()) {
          case ADD, SUB -> context.isUniform(b, 0);
          case MUL, DIV, POW -> context.isUniform(b, 1);
          default -> false;
        };
    if (right && Match.isSameType(a, node.result())) {
      return Replacement.of(a);
    }
    boolean left =
        switch (op.function()) {
          case ADD -> context.isUniform(a, 0);
          case MUL -> context.isUniform(a, 1);
          default -> false;
        };
    return left && Match.isSameType(b, node.result()) ? Replacement.of(b) : null;
  }
}
