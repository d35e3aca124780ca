package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Gelu;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Numbers;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code 0.5 * x * (1 + erf(x / sqrt(2))) = gelu(x)}, and {@code 0.5 * x * (1 + tanh(sqrt(2/pi) *
 * (x + 0.044715 * x^3))) = gelu_tanh(x)}, the factors in any order (Hendrycks and Gimpel 2016).
 */
final class DecomposedGeluRule extends RewriteRule<Binary> {
  private static final double CUBIC = 0.044715;

  DecomposedGeluRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.MUL && op.function() != BinaryFunction.DIV) {
      return null;
    }
    // Seen with either operand as an atom, the product has the other's factors: 1 + erf(…) is one
    // of them.
    for (Value atom : node.operands()) {
      for (Value factor : Product.of(node.result(), atom, context).powers().keySet()) {
        Replacement found = withFactor(node.result(), factor, context);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private static @Nullable Replacement withFactor(
      Value result, Value factor, RewriteContext context) {
    Forms.Shifted sum = Forms.shifted(factor, context);
    if (sum == null || sum.number() != 1) {
      return null;
    }
    Node erf = Match.unary(sum.value(), UnaryFunction.ERF);
    Node tanh = Match.unary(sum.value(), UnaryFunction.TANH);
    Value x =
        erf != null
            ? erfArgument(erf.operand(0), context)
            : tanh != null ? tanhArgument(tanh.operand(0), context) : null;
    if (x == null) {
      return null;
    }
    Product product = Product.of(result, x, context);
    if (!product.isProductOf(x, factor)
        || !Numbers.isNear(product.factor(), 0.5)
        || !Forms.keepsShape(x, result)) {
      return null;
    }
    return Replacement.of(context.add(new Gelu(tanh != null), x));
  }

  /** x of {@code x / sqrt(2)}. */
  private static @Nullable Value erfArgument(Value argument, RewriteContext context) {
    Node node = argument.producer();
    if (node == null) {
      return null;
    }
    for (Value x : node.operands()) {
      Product product = Product.of(argument, x, context);
      if (product.isPowerOf(x, 1) && Numbers.isNear(product.factor(), Math.sqrt(0.5))) {
        return x;
      }
    }
    return null;
  }

  /** x of {@code sqrt(2/pi) * (x + 0.044715 * x^3)}. */
  private static @Nullable Value tanhArgument(Value argument, RewriteContext context) {
    Node outer = argument.producer();
    if (outer == null) {
      return null;
    }
    for (Value inner : outer.operands()) {
      Node add = Match.binary(inner, BinaryFunction.ADD);
      Product product = Product.of(argument, inner, context);
      boolean scaled =
          product.isPowerOf(inner, 1) && Numbers.isNear(product.factor(), Math.sqrt(2 / Math.PI));
      for (int i = 0; i < 2 && add != null && scaled; i++) {
        Value x = add.operand(i);
        Product cubic = Product.of(add.operand(1 - i), x, context);
        if (cubic.isPowerOf(x, 3) && Numbers.isNear(cubic.factor(), CUBIC)) {
          return x;
        }
      }
    }
    return null;
  }
}
