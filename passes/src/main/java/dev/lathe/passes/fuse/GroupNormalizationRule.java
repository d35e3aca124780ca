package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.NormalizationOp.GroupNormalization;
import dev.lathe.ir.op.NormalizationOp.InstanceNormalization;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import dev.lathe.passes.simplify.Views;
import org.jspecify.annotations.Nullable;

/**
 * Groups of channels as instances: {@code reshape(instance_normalization(reshape(x, [N, G, …]), s,
 * b)) = reshape(group_normalization(x, s', b'))}, which is how PyTorch exports its group
 * normalisation below opset 18.
 */
final class GroupNormalizationRule extends RewriteRule<ShapeOp.Reshape> {
  GroupNormalizationRule() {
    super(ShapeOp.Reshape.class);
  }

  @Override
  protected @Nullable Replacement rewrite(ShapeOp.Reshape op, Node node, RewriteContext context) {
    Node norm = Match.producer(node.operand(0), InstanceNormalization.class);
    if (norm == null || !Match.isUsedOnce(node.operand(0))) {
      return null;
    }
    Node before = Match.producer(norm.operand(0), ShapeOp.Reshape.class);
    if (before == null) {
      return null;
    }
    Value x = before.operand(0);
    TensorType grouped = norm.result().type();
    if (x.type().rank() < 3 || grouped.rank() < 3) {
      return null;
    }
    boolean known =
        x.type().dim(0).equals(grouped.dim(0))
            && x.type().dim(1).isFixed()
            && grouped.dim(1).isFixed();
    long channels = known ? x.type().dim(1).value() : 0;
    long groups = known ? grouped.dim(1).value() : 0;
    if (!known || groups == 0 || channels % groups != 0 || groups > Integer.MAX_VALUE) {
      return null;
    }
    float epsilon = ((InstanceNormalization) norm.op()).epsilon();
    Value y =
        context.add(
            new GroupNormalization((int) groups, epsilon),
            x,
            repeated(norm.operand(1), channels / groups, context),
            repeated(norm.operand(2), channels / groups, context));
    return Replacement.of(
        Match.isSameType(x, node.result()) ? y : context.add(op, y, node.operand(1)));
  }

  /** A number for each channel from one for each group. */
  private static Value repeated(Value vector, long times, RewriteContext context) {
    long groups = vector.type().dim(0).value();
    Value column = Views.reshape(vector, Shape.of(groups, 1), context);
    Value all = context.add(new ShapeOp.Expand(), column, context.builder().longs(groups, times));
    return Views.reshape(all, Shape.of(groups * times), context);
  }
}
