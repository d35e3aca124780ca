package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code c o x = x o c} for a commutative {@code o}, a known {@code c} and an unknown {@code x}, so
 * that other rules look for constants in one place.
 */
final class ConstantOnTheRightRule extends RewriteRule<Binary> {
  ConstantOnTheRightRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (!op.function().isCommutative()) {
      return null;
    }
    if (!context.isKnown(node.operand(0)) || context.isKnown(node.operand(1))) {
      return null; // Nothing to move, or both known: then folding takes the whole node.
    }
    return Replacement.of(context.add(op, node.operand(1), node.operand(0)));
  }
}
