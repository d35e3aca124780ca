package dev.lathe.passes.fold;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.ir.op.Window;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code conv(x, v) + conv(x, w) = conv(x, v + w)}, the smaller window with zeros around it (Ding
 * et al. 2021, "RepVGG"): the branches of a network that was trained with several become one.
 */
final class ParallelConvolutionsRule extends RewriteRule<Binary> {
  ParallelConvolutionsRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    if (op.function() != BinaryFunction.ADD) {
      return null;
    }
    Node first = Channels.foldable(node.operand(0), context);
    Node second = Channels.foldable(node.operand(1), context);
    if (first == null
        || second == null
        || first == second
        || first.operand(0) != second.operand(0)
        || !(first.op() instanceof Convolution left)
        || !(second.op() instanceof Convolution right)
        || !Match.isSameType(first.result(), second.result())) {
      return null;
    }
    long[] into = margins(left, first.operand(1), right, second.operand(1));
    if (into != null) {
      return Replacement.of(joined(first, second, into, context));
    }
    long[] other = margins(right, second.operand(1), left, first.operand(1));
    return other == null ? null : Replacement.of(joined(second, first, other, context));
  }

  /**
   * How many zeros make the second window see what the first sees, as {@link ShapeOp.Pad} takes
   * them; null where none do.
   */
  private static long @Nullable [] margins(
      Convolution large, Value largeWeights, Convolution small, Value smallWeights) {
    Window a = large.window();
    Window b = small.window();
    int rank = largeWeights.type().rank();
    if (large.groups() != small.groups()
        || !a.strides().equals(b.strides())
        || !(a.padding() instanceof Padding.Explicit outer)
        || !(b.padding() instanceof Padding.Explicit inner)
        || !smallWeights.type().shape().isFixed()
        || !largeWeights.type().shape().isFixed()
        || smallWeights.type().elementType() != largeWeights.type().elementType()) {
      return null;
    }
    long[] margins = new long[2 * rank];
    for (int i = 0; i < a.axes(); i++) {
      long difference =
          largeWeights.type().dim(i + 2).value() - smallWeights.type().dim(i + 2).value();
      long before = outer.begin().get(i) - inner.begin().get(i);
      long after = outer.end().get(i) - inner.end().get(i);
      boolean near = a.dilations().get(i) == 1 && b.dilations().get(i) == 1;
      boolean alike = difference == 0 && a.dilations().get(i).equals(b.dilations().get(i));
      if (!(near || (alike && before == 0 && after == 0))
          || before < 0
          || after < 0
          || before + after != difference) {
        return null;
      }
      margins[i + 2] = before;
      margins[rank + i + 2] = after;
    }
    return margins;
  }

  private static Value joined(Node large, Node small, long[] margins, RewriteContext context) {
    Value added = small.operand(1);
    if (Arrays.stream(margins).anyMatch(margin -> margin != 0)) {
      added =
          context.add(
              new ShapeOp.Pad(ShapeOp.PadMode.CONSTANT),
              added,
              context.builder().longs(margins),
              context.scalarLike(added, 0));
    }
    List<Value> operands = new ArrayList<>();
    operands.add(large.operand(0));
    operands.add(context.add(new Binary(BinaryFunction.ADD), large.operand(1), added));
    Value bias = sum(bias(large), bias(small), context);
    if (bias != null) {
      operands.add(bias);
    }
    return context.builder().add(large.op(), operands);
  }

  private static @Nullable Value bias(Node conv) {
    return conv.operands().size() > 2 ? conv.operand(2) : null;
  }

  private static @Nullable Value sum(
      @Nullable Value left, @Nullable Value right, RewriteContext context) {
    return left == null
        ? right
        : right == null ? left : context.add(new Binary(BinaryFunction.ADD), left, right);
  }
}
