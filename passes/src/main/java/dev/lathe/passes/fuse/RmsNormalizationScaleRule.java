package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.NormalizationOp.RmsNormalization;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code rms_normalization(x, 1) * s = rms_normalization(x, s)}, where s has the shape of the
 * normalised axes.
 */
final class RmsNormalizationScaleRule extends RewriteRule<Binary> {
  RmsNormalizationScaleRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.MUL) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Node norm = Match.producer(node.operand(i), RmsNormalization.class);
      Value scale = node.operand(1 - i);
      if (norm != null
          && Match.isUsedOnce(node.operand(i))
          && context.isUniform(norm.operand(1), 1)
          && Match.isSameType(scale, norm.operand(1))) {
        return Replacement.of(context.add(norm.op(), norm.operand(0), scale));
      }
    }
    return null;
  }
}
