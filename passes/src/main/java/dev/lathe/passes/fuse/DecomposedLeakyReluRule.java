package dev.lathe.passes.fuse;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.LeakyRelu;
import dev.lathe.ir.op.ElementwiseOp.PRelu;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code max(x, a*x) = leaky_relu(x; a)} for {@code 0 < a <= 1}, and {@code prelu(x, a) =
 * leaky_relu(x; a)} for one slope.
 */
final class DecomposedLeakyReluRule extends RewriteRule<ElementwiseOp> {
  DecomposedLeakyReluRule() {
    super(ElementwiseOp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(ElementwiseOp op, Node node, RewriteContext context) {
    if (!node.result().type().elementType().isFloat()) {
      return null; // The op is defined on floats.
    }
    if (op instanceof PRelu) {
      OptionalDouble slope = context.uniform(node.operand(1));
      return slope.isEmpty() || !isExact(slope.getAsDouble(), node)
          ? null
          : Replacement.of(
              context.add(new LeakyRelu((float) slope.getAsDouble()), node.operand(0)));
    }
    if (!Match.isBinary(node, BinaryFunction.MAX)) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Value x = node.operand(i);
      Product scaled = Product.of(node.operand(1 - i), x, context);
      double slope = scaled.factor();
      // With a slope beyond 1 the maximum is the scaled one where x is positive.
      // With zero, infinity times it is no number.
      boolean leaks = slope > 0 && slope <= 1 && isExact(slope, node);
      if (leaks
          && node.operand(1 - i) != x
          && scaled.isPowerOf(x, 1)
          && Forms.keepsShape(x, node.result())) {
        return Replacement.of(context.add(new LeakyRelu((float) slope), x));
      }
    }
    return null;
  }

  /** Whether a slope, which is stored as f32, stays what it is up to the rounding of the type. */
  private static boolean isExact(double slope, Node node) {
    return node.result().type().elementType() != ElementType.F64 || (float) slope == slope;
  }
}
