package dev.lathe.passes.fold;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code conv(x + t, w, b) = conv(x, w, b + sum(w * t))} without padding, where t is known and has
 * a number a channel of x, or one, and nothing else uses the sum.
 */
final class ShiftBeforeConvolutionRule extends RewriteRule<Convolution> {
  ShiftBeforeConvolutionRule() {
    super(Convolution.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Convolution op, Node node, RewriteContext context) {
    Node sum = Match.binary(node.operand(0), BinaryFunction.ADD);
    if (sum == null || !Match.isUsedOnce(sum.result())) {
      return null; // Others use the sum, so it is computed anyway.
    }
    if (!op.window().padding().equals(Padding.Explicit.none(op.window().axes()))) {
      return null; // What is outside is zero, and not t.
    }
    Value x = sum.operand(0);
    Value weights = node.operand(1);
    boolean biased = node.operands().size() == 3;
    if (!Channels.foldsFactors(weights.type().elementType())) {
      return null;
    }
    if (!context.isKnown(weights)
        || (biased && !context.isKnown(node.operand(2)))
        || !Match.isSameType(x, sum.result())) {
      return null; // Weights come with the data, or the shift makes x larger.
    }
    Value along = Channels.alongInputs(node, sum.operand(1), context);
    if (along == null) {
      return null;
    }
    Value products = context.add(new Binary(BinaryFunction.MUL), weights, along);
    List<Integer> axes = IntStream.range(1, weights.type().rank()).boxed().toList();
    Value bias = context.add(new Reduce(ReduceFunction.SUM, axes, false), products);
    if (biased) {
      bias = context.add(new Binary(BinaryFunction.ADD), node.operand(2), bias);
    }
    return Replacement.of(context.add(op, x, weights, bias));
  }
}
