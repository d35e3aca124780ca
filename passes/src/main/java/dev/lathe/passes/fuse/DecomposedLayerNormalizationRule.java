package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) = layer_normalization(x, 1, 0)}, the
 * means over the last axes, whose sizes are fixed.
 */
final class DecomposedLayerNormalizationRule extends RewriteRule<Binary> {
  DecomposedLayerNormalizationRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    Forms.OverRoot quotient = Forms.overRoot(node, context);
    if (quotient == null) {
      return null;
    }
    Value centred = quotient.numerator();
    Node sub = Match.binary(centred, BinaryFunction.SUB);
    if (sub == null) {
      return null;
    }
    Value x = sub.operand(0);
    Reduce mean = Forms.trailing(sub.operand(1), ReduceFunction.MEAN);
    Node meanNode = sub.operand(1).producer();
    if (mean == null || meanNode == null || meanNode.operand(0) != x) {
      return null;
    }
    Forms.Shifted variance = Forms.shifted(quotient.radicand(), context);
    // Without an epsilon a constant row gives NaN, which the op, having one, would not.
    if (variance == null || !(variance.number() > 0)) {
      return null;
    }
    Reduce meanOfSquares = Forms.trailing(variance.value(), ReduceFunction.MEAN);
    Node squares = variance.value().producer();
    if (meanOfSquares == null
        || squares == null
        || !meanOfSquares.axes().equals(mean.axes())
        || Forms.squareOf(squares.operand(0), context) != centred) {
      return null;
    }
    int axis = mean.axes().get(0);
    Shape trailing = Forms.trailingShape(x, axis);
    if (trailing == null || !Forms.keepsShape(x, node.result())) {
      return null;
    }
    Value one = Forms.filled(context, trailing, 1);
    Value zero = Forms.filled(context, trailing, 0);
    return Replacement.of(
        context.add(
            new NormalizationOp.LayerNormalization(axis, (float) variance.number()), x, one, zero));
  }
}
