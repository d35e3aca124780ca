package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code transpose(transpose(x, p), q) = transpose(x, p[q])}. */
final class TransposeOfTransposeRule extends RewriteRule<Transpose> {
  TransposeOfTransposeRule() {
    super(Transpose.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Transpose op, Node node, RewriteContext context) {
    Node inner = Match.producer(node.operand(0), Transpose.class);
    if (inner == null) {
      return null;
    }
    List<Integer> first = ((Transpose) inner.op()).permutation();
    List<Integer> both = op.permutation().stream().map(first::get).toList();
    return Replacement.of(context.add(new Transpose(both), inner.operand(0)));
  }
}
