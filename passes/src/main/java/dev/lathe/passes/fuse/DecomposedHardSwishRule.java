package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.HardSigmoid;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Numbers;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code x * clamp(x + 3, 0, 6) / 6 = hard_swish(x)} and {@code x * hard_sigmoid(x; 1/6, 1/2) =
 * hard_swish(x)}, the factors in any order (Howard et al. 2019; ONNX {@code HardSwish}-14).
 */
final class DecomposedHardSwishRule extends RewriteRule<Binary> {
  DecomposedHardSwishRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.MUL && op.function() != BinaryFunction.DIV) {
      return null;
    }
    for (Value atom : node.operands()) {
      for (Value gate : Product.of(node.result(), atom, context).powers().keySet()) {
        Value x = gated(gate, context);
        if (x == null) {
          continue;
        }
        Product product = Product.of(node.result(), x, context);
        double factor = Match.producer(gate, Clamp.class) != null ? 1 / 6.0 : 1;
        if (product.isProductOf(x, gate)
            && Numbers.isNear(product.factor(), factor)
            && Forms.keepsShape(x, node.result())) {
          return Replacement.of(context.add(new Unary(UnaryFunction.HARD_SWISH), x));
        }
      }
    }
    return null;
  }

  /**
   * x of {@code clamp(x + 3, 0, 6)} or of {@code hard_sigmoid(x; 1/6, 1/2)}; null if it is neither.
   */
  private static @Nullable Value gated(Value gate, RewriteContext context) {
    Node node = gate.producer();
    if (node == null) {
      return null;
    }
    if (node.op() instanceof HardSigmoid sigmoid) {
      boolean fits =
          Numbers.isNear(sigmoid.alpha(), 1 / 6.0) && Numbers.isNear(sigmoid.beta(), 0.5);
      return fits ? node.operand(0) : null;
    }
    if (node.op() instanceof Clamp clamp && clamp.min() == 0 && clamp.max() == 6) {
      Forms.Shifted sum = Forms.shifted(node.operand(0), context);
      return sum != null && sum.number() == 3 ? sum.value() : null;
    }
    return null;
  }
}
