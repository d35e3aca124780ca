package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code reshape(x, s) = reshape(x, dims)}: -1 and 0 become what they stand for, where that is
 * known.
 */
final class ExplicitReshapeRule extends RewriteRule<Reshape> {
  ExplicitReshapeRule() {
    super(Reshape.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Reshape op, Node node, RewriteContext context) {
    Shape shape = node.result().type().shape();
    Node target = node.operand(1).producer();
    boolean plain =
        op.allowZero()
            && target != null
            && (target.op() instanceof CreationOp.Constant
                || target.op() instanceof CreationOp.Dims)
            && node.operand(1).data() != null
            && node.operand(1).data().elements().equals(shape.dims());
    if (plain || !Match.isBacked(shape)) {
      return null;
    }
    return Replacement.of(
        context.add(new Reshape(true), node.operand(0), context.builder().dims(shape.dims())));
  }
}
