package dev.lathe.passes.simplify;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code reshape(reshape(x) w) = reshape(x) w} for one matrix w, where rows were joined for the
 * product and are separated behind it: as exporters write layers of sequences. What stands behind
 * can then be computed with the product.
 */
final class ViewOfMatMulRule extends RewriteRule<Reshape> {
  ViewOfMatMulRule() {
    super(Reshape.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Reshape op, Node node, RewriteContext context) {
    Node product = Match.producer(node.operand(0), MatMul.class);
    if (product == null || !Match.isUsedOnce(product.result())) {
      return null;
    }
    MatMul matMul = (MatMul) product.op();
    Value rows = product.operand(0);
    Value weights = product.operand(1);
    Shape wanted = node.result().type().shape();
    if (matMul.transposeA()
        || rows.type().rank() != 2
        || weights.type().rank() != 2
        || Match.producer(rows, Reshape.class) == null
        || wanted.rank() <= 2
        || !wanted.dim(-1).equals(product.result().type().dim(1))) {
      return null; // No rows that were joined, or the results are cut elsewhere.
    }
    boolean hasBias = product.operands().size() == 3;
    if (!Match.isBacked(wanted) || (hasBias && product.operand(2).type().rank() > 1)) {
      return null; // The shape cannot be written down, or each row has a bias of its own.
    }
    List<Dim> dims = new ArrayList<>(wanted.dims());
    dims.set(dims.size() - 1, rows.type().dim(1));
    List<Value> operands = new ArrayList<>(product.operands());
    operands.set(0, Views.reshape(rows, new Shape(dims), context));
    return Replacement.of(context.builder().add(matMul, operands));
  }
}
