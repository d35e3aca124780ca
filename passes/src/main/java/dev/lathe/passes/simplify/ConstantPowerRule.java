package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code x^1 = x}, {@code x^2 = x*x}, {@code x^3 = x*x*x}, {@code x^0.5 = sqrt(x)}, {@code x^-1 =
 * reciprocal(x)} and {@code x^-0.5 = reciprocal(sqrt(x))} for floats, roots where x is never
 * negative; the positive integers for integers too.
 */
final class ConstantPowerRule extends RewriteRule<Binary> {
  private static final Binary MUL = new Binary(BinaryFunction.MUL);
  private static final Unary SQRT = new Unary(UnaryFunction.SQRT);
  private static final Unary RECIPROCAL = new Unary(UnaryFunction.RECIPROCAL);

  ConstantPowerRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.POW) {
      return null;
    }
    Value x = node.operand(0);
    OptionalDouble exponent = context.uniform(node.operand(1));
    if (exponent.isEmpty() || !Match.isSameType(x, node.result())) {
      return null; // Exponents differ or are unknown, or stretch x to a larger shape.
    }
    Value power = power(x, exponent.getAsDouble(), context);
    return power == null ? null : Replacement.of(power);
  }

  private static @Nullable Value power(Value x, double exponent, RewriteContext context) {
    if (exponent == 1) {
      return x;
    }
    if (exponent == 2) {
      return context.add(MUL, x, x);
    }
    if (exponent == 3) {
      return context.add(MUL, context.add(MUL, x, x), x);
    }
    if (!x.type().elementType().isFloat()) {
      return null; // Roots and inverses of integers are computed as floats and truncated.
    }
    if (exponent == -1) {
      return context.add(RECIPROCAL, x);
    }
    if (!Signs.isNeverNegative(x, context)) {
      return null; // A power of minus infinity is a number, and its root is none.
    }
    if (exponent == 0.5) {
      return context.add(SQRT, x);
    }
    if (exponent == -0.5) {
      return context.add(RECIPROCAL, context.add(SQRT, x));
    }
    return null;
  }
}
