package dev.lathe.passes.fold;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code matmul(transpose(a, p), b) = matmul'(transpose(a, q), b)}, where p moves the innermost
 * axis of a away from the end, q is p with its last two places exchanged, and matmul' reads its
 * operand transposed; the same for b. Where p only exchanges the last two axes, q is the identity.
 */
final class TransposeIntoMatMulRule extends RewriteRule<LinalgOp.MatMul> {
  TransposeIntoMatMulRule() {
    super(LinalgOp.MatMul.class);
  }

  @Override
  protected @Nullable Replacement rewrite(LinalgOp.MatMul op, Node node, RewriteContext context) {
    List<Value> operands = new ArrayList<>(node.operands());
    boolean[] transposed = {op.transposeA(), op.transposeB()};
    boolean changed = false;
    for (int i = 0; i < 2; i++) {
      Node transpose = Match.producer(node.operand(i), ShapeOp.Transpose.class);
      if (transpose == null) {
        continue;
      }
      List<Integer> p = ((ShapeOp.Transpose) transpose.op()).permutation();
      int rank = p.size();
      if (p.get(rank - 2) != rank - 1) {
        continue; // The innermost axis is last already, or in a batch dimension.
      }
      List<Integer> q = new ArrayList<>(p);
      Collections.swap(q, rank - 2, rank - 1);
      boolean vanishes = q.equals(IntStream.range(0, rank).boxed().toList());
      if (!vanishes && !Match.isUsedOnce(transpose.result())) {
        continue; // Others use it as it is, and there would be two of them.
      }
      Value source = transpose.operand(0);
      operands.set(i, vanishes ? source : context.add(new ShapeOp.Transpose(q), source));
      transposed[i] = !transposed[i];
      changed = true;
    }
    if (!changed) {
      return null;
    }
    return Replacement.of(
        context.builder().add(new LinalgOp.MatMul(transposed[0], transposed[1]), operands));
  }
}
