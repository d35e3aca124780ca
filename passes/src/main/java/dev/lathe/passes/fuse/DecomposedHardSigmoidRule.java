package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.HardSigmoid;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code clamp(x + b, 0, c) / c = hard_sigmoid(x; 1/c, b/c)}, where the clamped value is used for
 * nothing else and multiplying by {@code 1/c} counts as dividing (ONNX {@code HardSigmoid}-6).
 */
final class DecomposedHardSigmoidRule extends RewriteRule<Binary> {
  DecomposedHardSigmoidRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.MUL && op.function() != BinaryFunction.DIV) {
      return null;
    }
    for (int i = 0; i < (op.function() == BinaryFunction.MUL ? 2 : 1); i++) {
      Value clamped = node.operand(i);
      Node clampNode = Match.producer(clamped, Clamp.class);
      OptionalDouble number = context.uniform(node.operand(1 - i));
      if (clampNode == null
          || number.isEmpty()
          || !Match.isUsedOnce(clamped)
          || !Forms.keepsShape(clamped, node.result())) {
        continue;
      }
      double factor =
          op.function() == BinaryFunction.MUL ? number.getAsDouble() : 1 / number.getAsDouble();
      Clamp clamp = (Clamp) clampNode.op();
      Forms.Shifted sum = Forms.shifted(clampNode.operand(0), context);
      // The top must be 1 after the division; 1/6 in f32 times 6 is not exactly that.
      if (sum != null && clamp.min() == 0 && Math.abs(clamp.max() * factor - 1) < 1e-6) {
        HardSigmoid sigmoid = new HardSigmoid((float) factor, (float) (sum.number() * factor));
        return Replacement.of(context.add(sigmoid, sum.value()));
      }
    }
    return null;
  }
}
