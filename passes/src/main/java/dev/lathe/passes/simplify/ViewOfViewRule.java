package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code view2(view1(x)) = reshape(x)}, or {@code x} where the shape is that of x, for views among
 * reshape, squeeze and unsqueeze.
 */
final class ViewOfViewRule extends RewriteRule<ShapeOp> {
  ViewOfViewRule() {
    super(ShapeOp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(ShapeOp op, Node node, RewriteContext context) {
    if (!isView(op)) {
      return null;
    }
    Node inner = Match.producer(node.operand(0), ShapeOp.class);
    if (inner == null || !isView((ShapeOp) inner.op())) {
      return null;
    }
    Value x = inner.operand(0);
    if (Match.isSameType(x, node.result())) {
      return Replacement.of(x);
    }
    Shape shape = node.result().type().shape();
    if (!Match.isBacked(shape)) {
      return null; // The target of the reshape cannot be written down.
    }
    return Replacement.of(Views.reshape(x, shape, context));
  }

  private static boolean isView(ShapeOp op) {
    return op instanceof ShapeOp.Reshape
        || op instanceof ShapeOp.Squeeze
        || op instanceof ShapeOp.Unsqueeze;
  }
}
