package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code x - c = x + (-c)} for a float constant {@code c}, so that shifts have one form. */
final class SubtractedConstantRule extends RewriteRule<Binary> {
  SubtractedConstantRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    Value c = node.operand(1);
    if (op.function() != BinaryFunction.SUB || !c.type().elementType().isFloat()) {
      return null; // Unsigned integers have no negatives.
    }
    if (Match.producer(c, CreationOp.Constant.class) == null || context.isKnown(node.operand(0))) {
      return null; // A parameter would have to be copied; two constants are folded as they are.
    }
    Value negative = context.add(new Unary(UnaryFunction.NEG), c);
    return Replacement.of(context.add(new Binary(BinaryFunction.ADD), node.operand(0), negative));
  }
}
