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
import org.jspecify.annotations.Nullable;

/**
 * {@code f(expand(c), d) = expand(f(c, d))} for known c and d that is not larger than c or one
 * number: what is the same everywhere is computed once, and a large uniform tensor stays one
 * number. The same for f with one operand, whatever it is.
 */
final class ElementwiseOfKnownExpandRule extends RewriteRule<ElementwiseOp> {
  ElementwiseOfKnownExpandRule() {
    super(ElementwiseOp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(ElementwiseOp op, Node node, RewriteContext context) {
    return switch (op) {
      case ElementwiseOp.UnaryOp ignored -> unary(op, node, context);
      case Binary ignored -> binary(op, node, context);
      case ElementwiseOp.PRelu ignored -> null;
      case Where ignored -> null;
    };
  }

  private static @Nullable Replacement unary(ElementwiseOp op, Node node, RewriteContext context) {
    Node expand = Match.producer(node.operand(0), ShapeOp.Expand.class);
    if (expand == null || !Match.isUsedOnce(expand.result())) {
      return null; // What others use is expanded anyway.
    }
    Value small = context.add(op, expand.operand(0));
    return Replacement.of(context.add(new ShapeOp.Expand(), small, expand.operand(1)));
  }

  private static @Nullable Replacement binary(ElementwiseOp op, Node node, RewriteContext context) {
    if (!context.isKnown(node.operand(0)) || !context.isKnown(node.operand(1))) {
      return null; // The operand that is not known is as large as the result.
    }
    Shape result = node.result().type().shape();
    Value a = unexpanded(node.operand(0));
    Value b = unexpanded(node.operand(1));
    Shape small = Axes.broadcast(a.type().shape(), b.type().shape());
    if (small.equals(result) || !Match.isBacked(result)) {
      return null; // Nothing is saved.
    }
    Value value = context.add(op, a, b);
    return Replacement.of(
        context.add(new ShapeOp.Expand(), value, context.builder().dims(result.dims())));
  }

  private static Value unexpanded(Value value) {
    Node expand = Match.producer(value, ShapeOp.Expand.class);
    return expand == null ? value : expand.operand(0);
  }
}
