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
 * {@code matmul(a, w, b) + t = matmul(a, w, b+t)} for a known t with one number, or one for each
 * column; the same for a difference.
 */
final class BiasIntoMatMulRule extends RewriteRule<Binary> {
  BiasIntoMatMulRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.ADD && op.function() != BinaryFunction.SUB) {
      return null;
    }
    Node product = Match.producer(node.operand(0), LinalgOp.MatMul.class);
    Value shift = node.operand(1);
    if (product == null || !context.isKnown(shift)) {
      return null;
    }
    if (!product.result().type().elementType().isFloat()) {
      return null; // Backends add biases of floats.
    }
    if (!Match.isUsedOnce(product.result()) || !Match.isSameType(product.result(), node.result())) {
      return null; // Others use the product as it is, or the shift makes it larger.
    }
    boolean biased = product.operands().size() == 3;
    if (biased && !context.isKnown(product.operand(2))) {
      return null;
    }
    TensorType type = product.result().type();
    if (!type.dim(-1).isFixed()) {
      return null; // A bias has one number for each column, of which there are how many?
    }
    Value vector = Channels.vector(shift, product.result(), type.rank() - 1, context);
    if (vector == null) {
      return null; // It differs along rows.
    }
    if (op.function() == BinaryFunction.SUB) {
      vector = context.add(new Unary(UnaryFunction.NEG), vector);
    }
    List<Value> operands = new ArrayList<>(product.operands());
    if (biased) {
      operands.set(2, context.add(new Binary(BinaryFunction.ADD), operands.get(2), vector));
    } else {
      operands.add(vector);
    }
    return Replacement.of(context.builder().add(product.op(), operands));
  }
}
