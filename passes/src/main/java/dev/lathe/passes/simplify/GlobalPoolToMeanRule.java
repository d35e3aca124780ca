package dev.lathe.passes.simplify;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code average_pool(x) = reduce_mean(x, spatial axes)} for a window as large as the data, without
 * padding: global average pooling.
 */
final class GlobalPoolToMeanRule extends RewriteRule<PoolingOp.AveragePool> {
  GlobalPoolToMeanRule() {
    super(PoolingOp.AveragePool.class);
  }

  @Override
  protected @Nullable Replacement rewrite(
      PoolingOp.AveragePool op, Node node, RewriteContext context) {
    Value x = node.operand(0);
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < op.window().axes(); i++) {
      Dim size = x.type().dim(i + 2);
      if (!size.is(op.kernel().get(i)) || op.window().dilations().get(i) != 1) {
        return null; // The window slides, or has gaps.
      }
      long[] padding = op.window().padding(i, size.value(), op.kernel().get(i));
      if (padding[0] != 0 || padding[1] != 0) {
        return null; // The window sees what is outside.
      }
      axes.add(i + 2);
    }
    return Replacement.of(
        context.add(new ReductionOp.Reduce(ReductionOp.ReduceFunction.MEAN, axes, true), x));
  }
}
