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

/** {@code x * sigmoid(x) = silu(x)} (Elfwing et al. 2017; Keras {@code silu}). */
final class DecomposedSiluRule extends RewriteRule<Binary> {
  DecomposedSiluRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.MUL) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Value x = node.operand(i);
      Node sigmoid = Match.unary(node.operand(1 - i), UnaryFunction.SIGMOID);
      if (sigmoid != null && sigmoid.operand(0) == x) {
        return Replacement.of(context.add(new Unary(UnaryFunction.SILU), x));
      }
    }
    return null;
  }
}
