package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code x / sqrt(mean(x^2) + epsilon) = rms_normalization(x, 1)}, the mean over the last axes,
 * whose sizes are fixed.
 */
final class DecomposedRmsNormalizationRule extends RewriteRule<Binary> {
  DecomposedRmsNormalizationRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    Forms.OverRoot quotient = Forms.overRoot(node, context);
    Forms.Shifted radicand = quotient == null ? null : Forms.shifted(quotient.radicand(), context);
    // Without an epsilon a row of zeros gives NaN, which the op, having one, would not.
    if (quotient == null || radicand == null || !(radicand.number() > 0)) {
      return null;
    }
    Value x = quotient.numerator();
    Reduce mean = Forms.trailing(radicand.value(), ReduceFunction.MEAN);
    Node squares = radicand.value().producer();
    if (mean == null || squares == null || Forms.squareOf(squares.operand(0), context) != x) {
      return null;
    }
    int axis = mean.axes().get(0);
    Shape trailing = Forms.trailingShape(x, axis);
    if (trailing == null || !Forms.keepsShape(x, node.result())) {
      return null;
    }
    return Replacement.of(
        context.add(
            new NormalizationOp.RmsNormalization(axis, (float) radicand.number()),
            x,
            Forms.filled(context, trailing, 1)));
  }
}
