package dev.lathe.passes.fold;

import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code matmul(a, b) + c = matmul(a, b, c)}, where c is known and has a number a column. */
final class BiasIntoMatMulRule extends RewriteRule<Binary> {
  BiasIntoMatMulRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.ADD) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Node product = Match.producer(node.operand(i), MatMul.class);
      Value bias = node.operand(1 - i);
      if (product != null
          && product.operands().size() == 2
          && Match.isUsedOnce(node.operand(i))
          && Match.isSameType(node.operand(i), node.result())
          && context.isKnown(bias)
          && isRow(bias, node.result())) {
        return Replacement.of(
            context.add(product.op(), product.operand(0), product.operand(1), bias));
      }
    }
    return null;
  }

  private static boolean isRow(Value bias, Value product) {
    Shape shape = bias.type().shape();
    return shape.rank() == 1 && shape.dim(0).equals(product.type().dim(-1));
  }
}
