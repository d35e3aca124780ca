package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code layer_normalization(x, s, 0) + b = layer_normalization(x, s, b)}, where b has the shape of
 * the normalised axes.
 */
final class LayerNormalizationBiasRule extends RewriteRule<Binary> {
  LayerNormalizationBiasRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.ADD) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Node norm = Match.producer(node.operand(i), LayerNormalization.class);
      Value bias = node.operand(1 - i);
      if (norm != null
          && Match.isUsedOnce(node.operand(i))
          && context.isUniform(norm.operand(2), 0)
          && Match.isSameType(bias, norm.operand(2))) {
        return Replacement.of(context.add(norm.op(), norm.operand(0), norm.operand(1), bias));
      }
    }
    return null;
  }
}
