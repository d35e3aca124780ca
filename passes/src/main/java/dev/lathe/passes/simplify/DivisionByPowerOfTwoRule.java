package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Numbers;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code x / c = x * (1/c)} for a float constant {@code c} that is a power of two, where both sides
 * round alike.
 */
final class DivisionByPowerOfTwoRule extends RewriteRule<Binary> {
  DivisionByPowerOfTwoRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    Value c = node.operand(1);
    if (op.function() != BinaryFunction.DIV || !c.type().elementType().isFloat()) {
      return null; // Integers truncate.
    }
    OptionalDouble divisor = context.uniform(c);
    if (divisor.isEmpty() || !Numbers.isPowerOfTwo(divisor.getAsDouble())) {
      return null; // The inverse of any other number is rounded, and the product once more.
    }
    Value inverse = context.scalarLike(c, 1 / divisor.getAsDouble());
    Value product = context.add(new Binary(BinaryFunction.MUL), node.operand(0), inverse);
    if (!Match.isSameType(product, node.result())) {
      return null; // The divisor stretches x to a larger shape.
    }
    return Replacement.of(product);
  }
}
