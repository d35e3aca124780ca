package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code expand(expand(x)) = expand(x)} to the shape of the result. */
final class ExpandOfExpandRule extends RewriteRule<ShapeOp.Expand> {
  ExpandOfExpandRule() {
    super(ShapeOp.Expand.class);
  }

  @Override
  protected @Nullable Replacement rewrite(ShapeOp.Expand op, Node node, RewriteContext context) {
    Node inner = Match.producer(node.operand(0), ShapeOp.Expand.class);
    Shape shape = node.result().type().shape();
    if (inner == null || !Match.isBacked(shape)) {
      return null;
    }
    return Replacement.of(context.add(op, inner.operand(0), context.builder().dims(shape.dims())));
  }
}
