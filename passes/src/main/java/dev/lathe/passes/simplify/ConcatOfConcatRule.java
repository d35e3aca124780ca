package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code concat(concat(a, b), c) = concat(a, b, c)} along one axis. */
final class ConcatOfConcatRule extends RewriteRule<ShapeOp.Concat> {
  /** Concatenations of more tensors than this are left as they are. */
  private static final int MAX_OPERANDS = 256;

  ConcatOfConcatRule() {
    super(ShapeOp.Concat.class);
  }

  @Override
  protected @Nullable Replacement rewrite(ShapeOp.Concat op, Node node, RewriteContext context) {
    List<Value> parts = new ArrayList<>();
    for (Value operand : node.operands()) {
      Node inner = Match.producer(operand, ShapeOp.Concat.class);
      boolean flat =
          inner != null
              && Match.isUsedOnce(operand) // What others use is joined anyway.
              && sameAxis(op, (ShapeOp.Concat) inner.op(), operand.type().rank());
      if (inner != null && flat) {
        parts.addAll(inner.operands());
      } else {
        parts.add(operand);
      }
    }
    if (parts.size() == node.operands().size() || parts.size() > MAX_OPERANDS) {
      return null;
    }
    return Replacement.of(context.builder().add(op, parts));
  }

  private static boolean sameAxis(ShapeOp.Concat a, ShapeOp.Concat b, int rank) {
    return Axes.normalize(a.axis(), rank) == Axes.normalize(b.axis(), rank);
  }
}
