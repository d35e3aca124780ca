package dev.lathe.passes.fold;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code conv(x * s, w, b) = conv(x, w * s, b)}, where s is known and has a number a channel of x,
 * or one, and nothing else uses the product. Padding with zeros stays padding with zeros.
 */
final class ScaleBeforeConvolutionRule extends RewriteRule<Convolution> {
  ScaleBeforeConvolutionRule() {
    super(Convolution.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Convolution op, Node node, RewriteContext context) {
    Node product = Match.binary(node.operand(0), BinaryFunction.MUL);
    if (product == null || !Match.isUsedOnce(product.result())) {
      return null; // Others use the product, so it is computed anyway.
    }
    Value x = product.operand(0);
    Value weights = node.operand(1);
    if (!Channels.foldsFactors(weights.type().elementType()) || !Match.isUsedOnce(weights)) {
      return null; // Or the weights would be there twice.
    }
    if (!context.isKnown(weights) || !Match.isSameType(x, product.result())) {
      return null; // Weights come with the data, or the scale makes x larger.
    }
    Value along = Channels.alongInputs(node, product.operand(1), context);
    if (along == null) {
      return null;
    }
    List<Value> operands = new ArrayList<>(node.operands());
    operands.set(0, x);
    operands.set(1, context.add(new Binary(BinaryFunction.MUL), weights, along));
    return Replacement.of(context.builder().add(op, operands));
  }
}
