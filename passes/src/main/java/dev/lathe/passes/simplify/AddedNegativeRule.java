package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code x + (-y) = x - y}, {@code (-x) + y = y - x} and {@code x - (-y) = x + y}. */
final class AddedNegativeRule extends RewriteRule<Binary> {
  private static final Binary ADD = new Binary(BinaryFunction.ADD);
  private static final Binary SUB = new Binary(BinaryFunction.SUB);

  AddedNegativeRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.ADD && op.function() != BinaryFunction.SUB) {
      return null;
    }
    Value x = node.operand(0);
    Value y = node.operand(1);
    Node negative = Match.unary(y, UnaryFunction.NEG);
    if (negative != null && !context.isKnown(y)) {
      Binary inverse = op.function() == BinaryFunction.ADD ? SUB : ADD;
      return Replacement.of(context.add(inverse, x, negative.operand(0)));
    }
    negative = Match.unary(x, UnaryFunction.NEG);
    // A known y would make this a difference from a constant, which no rule looks for.
    if (op.function() == BinaryFunction.ADD && negative != null && !context.isKnown(y)) {
      return Replacement.of(context.add(SUB, y, negative.operand(0)));
    }
    return null;
  }
}
