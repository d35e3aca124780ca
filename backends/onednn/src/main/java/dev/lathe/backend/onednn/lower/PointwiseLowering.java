package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.BinaryAlgorithm;
import dev.lathe.backend.onednn.binding.EltwiseAlgorithm;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PostOp;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.PoolingOp;
import java.util.Arrays;

/**
 * Element-wise functions of floats, in whichever order of dimensions their operands lie, in place
 * where nobody else needs the operand.
 */
final class PointwiseLowering {
  private final BlockLowering block;

  PointwiseLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers an element-wise node; false if oneDNN does not compute it. */
  boolean lower(Node node, ElementwiseOp op) {
    boolean real = Types.isReal(node.result()) && node.operands().stream().allMatch(Types::isReal);
    if (!real || node.result().type().rank() > 10) {
      return false;
    }
    if (op instanceof ElementwiseOp.Cast) {
      return cast(node);
    }
    PostOp.Eltwise function = Eltwise.of(op);
    if (function != null) {
      // OneDNN refuses to round narrow floats to integers.
      boolean refused =
          function.algorithm() == EltwiseAlgorithm.ROUND
              && node.result().type().elementType() != ElementType.F32;
      return !refused && unary(node, 0, function);
    }
    return op instanceof ElementwiseOp.Binary binary && binary(node, binary);
  }

  /** Lowers a multiplication that oneDNN computes. */
  void lower(ChannelScale scale) {
    Node node = scale.node();
    if (!binary(node, BinaryAlgorithm.MUL, true)) {
      throw new IllegalStateException("oneDNN does not compute " + node);
    }
  }

  /**
   * A conversion between floats, laid out anew on the way where all that reads it, or what it
   * reads, asks for that.
   */
  private boolean cast(Node node) {
    View x = block.operand(node, 0);
    Layout from = x.layout();
    if (isOnlyJoined(node.result())) {
      block.define(node.result(), x);
      return true;
    }
    boolean windowed =
        from.rank() > 2 && node.result().users().stream().allMatch(PointwiseLowering::isWindowed);
    Layout to =
        windowed
            ? Layout.channelsLast(from.dims())
            : from.isPacked() ? from.at(0) : Layout.dense(from.dims());
    View given = from.isBroadcast() ? block.emitter().dense(x) : x;
    MemoryDescriptor source = Types.descriptor(given);
    return new Anchor(block, node, node.op().mnemonic())
        .layout(to)
        .reads(given)
        .emit(
            destination -> new Operation.Reorder(source, destination),
            descriptor -> kernel -> kernel.with(Argument.SRC, source, given));
  }

  /** Whether all that reads an f32 value takes narrow elements for it just as well. */
  private static boolean isOnlyJoined(Value value) {
    return value.type().elementType() == ElementType.F32
        && !value.isBlockResult()
        && value.users().stream()
            .allMatch(
                user ->
                    user.op() instanceof ElementwiseOp.Binary binary
                        && Eltwise.of(binary.function()) != null);
  }

  /** Whether a kernel slides a window over the node's operand, whose channels lie innermost. */
  private static boolean isWindowed(Node node) {
    return node.op() instanceof ConvolutionOp || node.op() instanceof PoolingOp;
  }

  private boolean unary(Node node, int operand, PostOp.Eltwise function) {
    View x = block.emitter().packed(block.typed(node.operand(operand)));
    Layout layout = x.layout().at(0);
    MemoryDescriptor source = Types.descriptor(x);
    return new Anchor(block, node, node.op().mnemonic())
        .layout(layout)
        .reads(x)
        .inPlace()
        .emit(
            destination ->
                new Operation.Eltwise(
                    function.algorithm(), source, destination, function.alpha(), function.beta()),
            descriptor -> kernel -> kernel.with(Argument.SRC, source, x));
  }

  private boolean binary(Node node, ElementwiseOp.Binary op) {
    if (node.operand(0) == node.operand(1)) {
      return false;
    }
    for (int i = 0; i < 2; i++) {
      Float scalar = block.scalar(node.operand(i));
      boolean whole =
          Arrays.equals(Types.dims(node.operand(1 - i).type()), Types.dims(node.result().type()));
      if (scalar != null && whole) {
        PostOp.Eltwise function = Eltwise.withScalar(op.function(), scalar, i == 0);
        if (function != null) {
          return unary(node, 1 - i, function);
        }
      }
    }
    BinaryAlgorithm algorithm = Eltwise.of(op.function());
    return algorithm != null && binary(node, algorithm, op.function().isCommutative());
  }

  private boolean binary(Node node, BinaryAlgorithm algorithm, boolean commutative) {
    long[] dims = Types.dims(node.result().type());
    View first = unrepeated(block.operand(node, 0), dims.length);
    View second = unrepeated(block.operand(node, 1), dims.length);
    if (!Arrays.equals(first.layout().dims(), dims)) {
      if (!commutative || !Arrays.equals(second.layout().dims(), dims)) {
        return false;
      }
      View swap = first;
      first = second;
      second = swap;
    }
    Emitter emitter = block.emitter();
    boolean bothWhole = Arrays.equals(second.layout().dims(), dims);
    // Channels-last is what convolutions before and behind work on: the other operand follows it.
    boolean followSecond =
        bothWhole
            && (!first.layout().isPacked()
                || (second.layout().isPacked()
                    && second.layout().isChannelsLast()
                    && !first.layout().isChannelsLast()));
    View leader = followSecond ? second : first;
    Layout layout = packed(leader.layout());
    MemoryDescriptor source = Types.descriptor(Types.required(first.elementType()), layout);
    MemoryDescriptor operand =
        Types.descriptor(
            Types.required(second.elementType()), bothWhole ? layout : packed(second.layout()));
    MemoryDescriptor plain =
        Types.descriptor(Types.required(node.result().type().elementType()), layout);
    Operation alone = new Operation.Binary(algorithm, source, operand, null, plain);
    // Before anything is copied for it.
    if (emitter.request(alone, Attributes.NONE).isEmpty()) {
      return false;
    }
    View a = emitter.as(first, layout);
    View b = bothWhole ? emitter.as(second, layout) : emitter.packed(second);
    return new Anchor(block, node, node.op().mnemonic())
        .layout(layout)
        .reads(a, b)
        .inPlace()
        .attributes(Attributes.NONE)
        .emit(
            destination -> new Operation.Binary(algorithm, source, operand, null, destination),
            descriptor ->
                kernel -> kernel.with(Argument.SRC, source, a).with(Argument.SRC_1, operand, b));
  }

  /** How a layout lies without gaps. */
  private static Layout packed(Layout layout) {
    return layout.isPacked() ? layout.at(0) : Layout.permuted(layout.dims(), layout.order());
  }

  /** Dimensions of 1 in front, and where an element stands for several. */
  private static View unrepeated(View view, int rank) {
    Layout layout = view.layout().prepend(rank);
    for (int i = 0; i < rank; i++) {
      if (layout.stride(i) == 0 && layout.dim(i) > 1) {
        layout = layout.slice(i, 0, 1, 1);
      }
    }
    return view.with(layout);
  }
}
