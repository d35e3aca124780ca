package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code max_pool(x)} without indices where nobody uses them. */
final class UnusedPoolIndicesRule extends RewriteRule<PoolingOp.MaxPool> {
  UnusedPoolIndicesRule() {
    super(PoolingOp.MaxPool.class);
  }

  @Override
  protected @Nullable Replacement rewrite(PoolingOp.MaxPool op, Node node, RewriteContext context) {
    if (!op.indices()) {
      return null;
    }
    Value indices = node.results().get(1);
    if (!indices.users().isEmpty() || indices.isBlockResult()) {
      return null;
    }
    Value pooled =
        context.add(
            new PoolingOp.MaxPool(op.kernel(), op.window(), op.ceil(), false, false),
            node.operand(0));
    // Nobody uses the second result, so its replacement only needs the right type.
    return new Replacement(List.of(pooled, indices));
  }
}
