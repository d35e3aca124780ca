package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.HardSigmoid;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** {@code clamp(a * x + b, 0, 1) = hard_sigmoid(x; a, b)} (ONNX {@code HardSigmoid}-6). */
final class ClampedAffineToHardSigmoidRule extends RewriteRule<Clamp> {
  ClampedAffineToHardSigmoidRule() {
    super(Clamp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Clamp op, Node node, RewriteContext context) {
    if (op.min() != 0 || op.max() != 1 || !node.result().type().elementType().isFloat()) {
      return null;
    }
    Forms.Shifted sum = Forms.shifted(node.operand(0), context);
    Node mul = sum == null ? null : Match.binary(sum.value(), BinaryFunction.MUL);
    if (sum == null || mul == null || !Match.isUsedOnce(node.operand(0))) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Value x = mul.operand(i);
      OptionalDouble number = context.uniform(mul.operand(1 - i));
      if (number.isPresent() && Forms.keepsShape(x, node.result())) {
        HardSigmoid sigmoid = new HardSigmoid((float) number.getAsDouble(), (float) sum.number());
        return Replacement.of(context.add(sigmoid, x));
      }
    }
    return null;
  }
}
