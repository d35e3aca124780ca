package dev.lathe.passes.fold;

import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code matmul(a, w, b) * s = matmul(a, w*s, b*s)} for known weights and bias and a known s with
 * one number, or one for each column; the same for a division by s.
 */
final class ScaleIntoMatMulRule extends RewriteRule<Binary> {
  private static final Binary MUL = new Binary(BinaryFunction.MUL);

  ScaleIntoMatMulRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.MUL && op.function() != BinaryFunction.DIV) {
      return null;
    }
    Node product = Match.producer(node.operand(0), LinalgOp.MatMul.class);
    Value scale = node.operand(1);
    if (product == null || !context.isKnown(scale) || !context.isKnown(product.operand(1))) {
      return null;
    }
    TensorType type = product.result().type();
    if (!Channels.foldsFactors(type.elementType()) || !type.dim(-1).isFixed()) {
      return null;
    }
    if (!Match.isUsedOnce(product.operand(1))) {
      return null; // The weights would be there twice.
    }
    if (!Match.isUsedOnce(product.result()) || !Match.isSameType(product.result(), node.result())) {
      return null; // Others use the unscaled product, or the scale makes it larger.
    }
    boolean biased = product.operands().size() == 3;
    if (biased && !context.isKnown(product.operand(2))) {
      return null;
    }
    Value vector = Channels.vector(scale, product.result(), type.rank() - 1, context);
    if (vector == null) {
      return null; // It differs along rows.
    }
    if (op.function() == BinaryFunction.DIV) {
      vector = context.add(new Unary(UnaryFunction.RECIPROCAL), vector);
    }
    LinalgOp.MatMul matMul = (LinalgOp.MatMul) product.op();
    List<Value> operands = new ArrayList<>(product.operands());
    Value columns = Channels.along(vector, matMul.transposeB() ? 0 : 1, 2, context);
    operands.set(1, context.add(MUL, operands.get(1), columns));
    if (biased) {
      operands.set(2, context.add(MUL, operands.get(2), vector));
    }
    return Replacement.of(context.builder().add(matMul, operands));
  }
}
