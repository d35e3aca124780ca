package dev.lathe.passes.fold;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.Window;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code conv(x, w) + x * s = conv(x, w + w')}, where s has a number for each channel, and w' has
 * it where the window meets the position that is computed (Ding et al. 2021, "RepVGG": the branch
 * that is a batch normalisation). Shifts are moved into the bias by {@link
 * ShiftIntoConvolutionRule}.
 */
final class ScaledInputIntoConvolutionRule extends RewriteRule<Binary> {
  ScaledInputIntoConvolutionRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.ADD) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Node conv = Channels.foldable(node.operand(i), context);
      if (conv == null || !(conv.op() instanceof Convolution convolution)) {
        continue;
      }
      Value branch = node.operand(1 - i);
      Value shift = null;
      Node sum = Match.binary(branch, BinaryFunction.ADD);
      if (sum != null && Match.isUsedOnce(branch)) {
        shift = Channels.vector(sum.operand(1), branch, 1, context);
        branch = shift == null ? branch : sum.operand(0);
      }
      Value scale = scale(branch, conv.operand(0), context);
      Value weights = scale == null ? null : added(convolution, conv, scale, context);
      if (weights != null) {
        List<Value> operands = new ArrayList<>(conv.operands());
        operands.set(1, weights);
        Value joined = context.builder().add(conv.op(), operands);
        return Replacement.of(
            shift == null
                ? joined
                : context.add(
                    new Binary(BinaryFunction.ADD),
                    joined,
                    Channels.along(shift, 1, joined.type().rank(), context)));
      }
    }
    return null;
  }

  /** The factors of {@code x * s}, or null if the branch is something else. */
  private static @Nullable Value scale(Value branch, Value x, RewriteContext context) {
    Node product = Match.binary(branch, BinaryFunction.MUL);
    return product != null
            && product.operand(0) == x
            && Match.isUsedOnce(branch)
            && Match.isSameType(branch, x)
            && x.type().dim(1).isFixed()
        ? Channels.vector(product.operand(1), x, 1, context)
        : null;
  }

  /** The weights and, where the window meets its own position, the factors; null if it does not. */
  private static @Nullable Value added(
      Convolution convolution, Node conv, Value scale, RewriteContext context) {
    Window window = convolution.window();
    Value weights = conv.operand(1);
    TensorType type = weights.type();
    if (!type.shape().isFixed()
        || type.elementType() != ElementType.F32
        || !Match.isSameType(conv.result(), conv.operand(0))
        || !(window.padding() instanceof Padding.Explicit padding)
        || window.strides().stream().anyMatch(stride -> stride != 1)) {
      return null;
    }
    long position = 0;
    long taps = 1;
    for (int i = 0; i < window.axes(); i++) {
      long begin = padding.begin().get(i);
      long dilation = window.dilations().get(i);
      long size = type.dim(i + 2).value();
      if (begin < 0 || begin % dilation != 0 || begin / dilation >= size) {
        return null;
      }
      position = position * size + begin / dilation;
      taps *= size;
    }
    long outputs = type.dim(0).value();
    long inputs = type.dim(1).value();
    long count = outputs * inputs * taps;
    if (count > Integer.MAX_VALUE) {
      return null;
    }
    float[] ones = new float[(int) count];
    for (long output = 0; output < outputs; output++) {
      ones[(int) ((output * inputs + output % inputs) * taps + position)] = 1;
    }
    Value where = context.builder().constant(ConstantData.ofFloats(Shape.of(dims(type)), ones));
    Value factors =
        context.add(
            new Binary(BinaryFunction.MUL), where, Channels.along(scale, 0, type.rank(), context));
    return context.add(new Binary(BinaryFunction.ADD), weights, factors);
  }

  private static long[] dims(TensorType type) {
    long[] dims = new long[type.rank()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = type.dim(i).value();
    }
    return dims;
  }
}
