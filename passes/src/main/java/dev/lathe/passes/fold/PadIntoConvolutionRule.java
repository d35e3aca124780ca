package dev.lathe.passes.fold;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.Window;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code conv(pad(x)) = conv'(x)} for a pad of zeros on spatial axes. */
final class PadIntoConvolutionRule extends RewriteRule<ConvolutionOp.Convolution> {
  PadIntoConvolutionRule() {
    super(ConvolutionOp.Convolution.class);
  }

  @Override
  protected @Nullable Replacement rewrite(
      ConvolutionOp.Convolution op, Node node, RewriteContext context) {
    SpatialPads pads = SpatialPads.of(node.operand(0), context);
    if (pads == null || pads.value() != 0) {
      return null; // A convolution pads with zeros.
    }
    Shape weights = node.operand(1).type().shape();
    List<Long> kernel = weights.dims().stream().skip(2).map(Dim::value).toList();
    Window window = pads.into(op.window(), node.operand(0), kernel);
    if (window == null) {
      return null;
    }
    List<Value> operands = new ArrayList<>(node.operands());
    operands.set(0, pads.source());
    return Replacement.of(
        context.builder().add(new ConvolutionOp.Convolution(window, op.groups()), operands));
  }
}
