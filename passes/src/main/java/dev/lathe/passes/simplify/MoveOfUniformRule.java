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
 * {@code reshape(expand(c), s) = expand(reshape(c), s)} for one number c; the same for transpose,
 * squeeze and unsqueeze. A large uniform tensor stays one number.
 */
final class MoveOfUniformRule extends RewriteRule<ShapeOp> {
  MoveOfUniformRule() {
    super(ShapeOp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(ShapeOp op, Node node, RewriteContext context) {
    boolean rearranges =
        switch (op) {
          case ShapeOp.Reshape ignored -> true;
          case ShapeOp.Transpose ignored -> true;
          case ShapeOp.Squeeze ignored -> true;
          case ShapeOp.Unsqueeze ignored -> true;
          case ShapeOp.Slice ignored -> true;
          case ShapeOp.Tile ignored -> true;
          default -> false;
        };
    if (!rearranges) {
      return null; // Others bring in other elements.
    }
    Node expand = Match.producer(node.operand(0), ShapeOp.Expand.class);
    Shape shape = node.result().type().shape();
    if (expand == null || !Match.isBacked(shape)) {
      return null;
    }
    Value number = expand.operand(0);
    if (!number.type().shape().elementCount().is(1)) {
      return null; // Elements differ, so where they stand matters.
    }
    Value scalar = Views.reshape(number, Shape.SCALAR, context);
    return Replacement.of(
        context.add(new ShapeOp.Expand(), scalar, context.builder().dims(shape.dims())));
  }
}
