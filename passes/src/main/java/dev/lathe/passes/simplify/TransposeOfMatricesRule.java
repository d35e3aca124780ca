package dev.lathe.passes.simplify;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.ir.op.ShapeOp.Transpose;
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
 * {@code reshape(transpose(reshape(x))) = transpose(x)} where matrices, the last two axes, are
 * transposed, and the axes before them are joined for that and separated again: as exporters write
 * the keys of attention.
 */
final class TransposeOfMatricesRule extends RewriteRule<Reshape> {
  TransposeOfMatricesRule() {
    super(Reshape.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Reshape op, Node node, RewriteContext context) {
    Node transpose = Match.producer(node.operand(0), Transpose.class);
    Node joining = transpose == null ? null : Match.producer(transpose.operand(0), Reshape.class);
    if (transpose == null || joining == null) {
      return null;
    }
    Value x = joining.operand(0);
    int rank = x.type().rank();
    int joined = transpose.result().type().rank();
    if (rank < 3
        || joined < 2
        || !swapped(joined).equals(((Transpose) transpose.op()).permutation())) {
      return null; // No matrices, or something else than they is moved.
    }
    List<Dim> expected = new ArrayList<>(x.type().shape().dims());
    Collections.swap(expected, rank - 2, rank - 1);
    boolean sameMatrices =
        x.type().dim(-1).equals(joining.result().type().dim(-1))
            && x.type().dim(-2).equals(joining.result().type().dim(-2));
    if (!sameMatrices || !new Shape(expected).equals(node.result().type().shape())) {
      return null; // The matrices are cut otherwise, or the axes before them are not what they
      // were.
    }
    return Replacement.of(context.add(new Transpose(swapped(rank)), x));
  }

  /** The permutation that exchanges the last two axes. */
  private static List<Integer> swapped(int rank) {
    List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    Collections.swap(axes, rank - 2, rank - 1);
    return axes;
  }
}
