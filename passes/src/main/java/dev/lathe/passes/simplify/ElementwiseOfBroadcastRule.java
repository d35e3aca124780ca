package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.Where;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code f(expand(x), y) = f(x, y)} where f broadcasts x to the same result by itself. */
final class ElementwiseOfBroadcastRule extends RewriteRule<ElementwiseOp> {
  ElementwiseOfBroadcastRule() {
    super(ElementwiseOp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(ElementwiseOp op, Node node, RewriteContext context) {
    if (!(op instanceof Binary) && !(op instanceof Where)) {
      return null; // One operand, or a slope that must not stretch its operand.
    }
    for (int i = 0; i < node.operands().size(); i++) {
      Node expand = Match.producer(node.operand(i), ShapeOp.Expand.class);
      if (expand == null) {
        continue;
      }
      List<Value> operands = new ArrayList<>(node.operands());
      operands.set(i, expand.operand(0));
      if (broadcast(operands).equals(node.result().type().shape())) {
        return Replacement.of(context.builder().add(op, operands));
      }
      // Nothing but the expansion gives the result its shape.
    }
    return null;
  }

  private static Shape broadcast(List<Value> operands) {
    Shape shape = Shape.SCALAR;
    for (Value operand : operands) {
      shape = Axes.broadcast(shape, operand.type().shape());
    }
    return shape;
  }
}
