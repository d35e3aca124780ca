package dev.lathe.passes.fuse;

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
import org.jspecify.annotations.Nullable;

/** {@code x * tanh(softplus(x)) = mish(x)} (Misra 2019). */
final class DecomposedMishRule extends RewriteRule<Binary> {
  DecomposedMishRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.MUL) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Value x = node.operand(i);
      Node tanh = Match.unary(node.operand(1 - i), UnaryFunction.TANH);
      Node softplus = tanh == null ? null : Match.unary(tanh.operand(0), UnaryFunction.SOFTPLUS);
      if (softplus != null && softplus.operand(0) == x) {
        return Replacement.of(context.add(new Unary(UnaryFunction.MISH), x));
      }
    }
    return null;
  }
}
