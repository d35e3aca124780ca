package dev.lathe.passes.fold;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.simplify.Views;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers a channel, and convolutions whose weights they can be moved into. */
final class Channels {
  private Channels() {}

  /**
   * Whether factors may move into weights of a type: those of 16 bits could leave the range that
   * has all of its precision, and quotients of integers truncate after the sum, not before.
   */
  static boolean foldsFactors(ElementType type) {
    return type.isFloat() && type.bits() >= 32;
  }

  /**
   * A convolution whose weights and bias are known and whose result nothing else uses; null for any
   * other value.
   */
  static @Nullable Node foldable(Value value, RewriteContext context) {
    Node node = Match.producer(value, ConvolutionOp.class);
    if (node == null || !Match.isUsedOnce(value) || !value.type().elementType().isFloat()) {
      return null;
    }
    boolean plain =
        node.op() instanceof Convolution
            || (node.op() instanceof ConvolutionTranspose transpose && transpose.groups() == 1);
    boolean known = plain && value.type().dim(1).isFixed();
    for (int i = 1; i < node.operands().size(); i++) {
      known = known && context.isKnown(node.operand(i));
    }
    return known ? node : null;
  }

  /**
   * {@code value} as a vector of one number for each index of {@code axis} of {@code like}; null if
   * it is not known or differs along other axes.
   *
   * @param like a value whose size on {@code axis} is fixed
   */
  static @Nullable Value vector(Value value, Value like, int axis, RewriteContext context) {
    Shape shape = value.type().shape();
    if (!context.isKnown(value) || !shape.isFixed() || shape.rank() > like.type().rank()) {
      return null;
    }
    Dim channels = like.type().dim(axis);
    int channelAxis = shape.rank() - (like.type().rank() - axis);
    for (int i = 0; i < shape.rank(); i++) {
      if (!shape.dim(i).is(1) && !(i == channelAxis && shape.dim(i).equals(channels))) {
        return null;
      }
    }
    long count = shape.elementCount().value();
    Value vector = Views.reshape(value, Shape.of(count), context);
    return count == channels.value()
        ? vector
        : context.add(new ShapeOp.Expand(), vector, context.builder().longs(channels.value()));
  }

  /**
   * {@code conv(x, w, b) * scale + shift}, moved into weights and bias; either vector may be null.
   */
  static Value fold(
      Node conv, @Nullable Value scale, @Nullable Value shift, RewriteContext context) {
    Value weights = conv.operand(1);
    Value bias = conv.operands().size() > 2 ? conv.operand(2) : null;
    if (scale != null) {
      weights =
          context.add(new Binary(BinaryFunction.MUL), weights, alongOutputs(conv, scale, context));
      bias = bias == null ? null : context.add(new Binary(BinaryFunction.MUL), bias, scale);
    }
    if (shift != null) {
      bias = bias == null ? shift : context.add(new Binary(BinaryFunction.ADD), bias, shift);
    }
    List<Value> operands = new ArrayList<>(List.of(conv.operand(0), weights));
    if (bias != null) {
      operands.add(bias);
    }
    return context.builder().add(conv.op(), operands);
  }

  /** The vector shaped to broadcast along the output channels of the weights. */
  private static Value alongOutputs(Node conv, Value vector, RewriteContext context) {
    int axis = conv.op() instanceof ConvolutionTranspose ? 1 : 0;
    return along(vector, axis, conv.operand(1).type().rank(), context);
  }

  /**
   * {@code value} shaped to broadcast along the input channels of the weights of a convolution;
   * null if it is not known, differs along other axes of the data, or groups see parts of the
   * channels.
   */
  static @Nullable Value alongInputs(Node conv, Value value, RewriteContext context) {
    Value x = conv.operand(0);
    TensorType weights = conv.operand(1).type();
    int groups = ((ConvolutionOp) conv.op()).groups();
    if (!x.type().dim(1).isFixed()) {
      return null;
    }
    Value vector = vector(value, x, 1, context);
    if (vector == null) {
      return null;
    }
    if (groups == 1) {
      return along(vector, 1, weights.rank(), context);
    }
    // With one channel in and one out for each group, the first axis of the weights counts them.
    boolean depthwise = weights.dim(0).is(groups) && weights.dim(1).is(1);
    return depthwise ? along(vector, 0, weights.rank(), context) : null;
  }

  /** A vector shaped to broadcast along {@code axis} of a tensor of rank {@code rank}. */
  static Value along(Value vector, int axis, int rank, RewriteContext context) {
    List<Dim> dims = new ArrayList<>(Collections.nCopies(rank - axis, Dim.ONE));
    dims.set(0, vector.type().dim(0));
    return Views.reshape(vector, new Shape(dims), context);
  }
}
