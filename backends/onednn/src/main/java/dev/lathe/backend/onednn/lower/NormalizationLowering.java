package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.NormalizationOp;
import org.jspecify.annotations.Nullable;

/** Softmax and normalisations of f32. */
final class NormalizationLowering {
  private final BlockLowering block;

  NormalizationLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a normalisation; false if oneDNN does not compute it. */
  boolean lower(Node node, NormalizationOp op) {
    if (node.result().type().elementType() != ElementType.F32) {
      return false;
    }
    return switch (op) {
      case NormalizationOp.Softmax softmax -> softmax(node, false, softmax.axis());
      case NormalizationOp.LogSoftmax softmax -> softmax(node, true, softmax.axis());
      case NormalizationOp.LayerNormalization layer ->
          layer(node, layer.axis(), layer.epsilon(), false);
      case NormalizationOp.RmsNormalization rms -> layer(node, rms.axis(), rms.epsilon(), true);
      case NormalizationOp.Lrn lrn -> lrn(node, lrn);
      case NormalizationOp.BatchNormalization batch -> false;
      case NormalizationOp.InstanceNormalization instance -> false;
      case NormalizationOp.GroupNormalization group -> false;
    };
  }

  private boolean softmax(Node node, boolean logarithm, int axis) {
    View x = block.emitter().packed(block.operand(node, 0));
    int normal = Axes.normalize(axis, x.layout().rank());
    if (x.layout().stride(normal) != 1 && x.layout().dim(normal) > 1) {
      // Along another axis than the innermost, oneDNN's kernel is the slow one for most layouts.
      x = block.emitter().dense(x);
    }
    View source = x;
    MemoryDescriptor descriptor = Types.descriptor(source);
    return new Anchor(block, node, node.op().mnemonic())
        .layout(source.layout().at(0))
        .reads(source)
        .inPlace()
        .emit(
            destination -> new Operation.Softmax(logarithm, descriptor, destination, normal),
            found -> kernel -> kernel.with(Argument.SRC, descriptor, source));
  }

  private boolean layer(Node node, int axis, float epsilon, boolean rms) {
    View given = block.operand(node, 0);
    int from = Axes.normalize(axis, given.layout().rank());
    long[] dims = given.layout().dims();
    long inner = 1;
    for (int i = from; i < dims.length; i++) {
      inner *= dims[i];
    }
    long channels = inner;
    long rows = given.layout().count() / Math.max(1, inner);
    View scale = vector(block.operandOrNull(node, 1), channels);
    View shift = rms ? null : vector(block.operandOrNull(node, 2), channels);
    if (scale == null || (!rms && shift == null)) {
      return false;
    }
    Layout matrix = given.layout().reshape(rows, channels);
    View x =
        matrix != null && matrix.stride(1) == 1 && matrix.isPacked()
            ? given
            : block.emitter().dense(given);
    MemoryDescriptor source = MemoryDescriptor.dense(DataType.F32, rows, channels);
    return new Anchor(block, node, node.op().mnemonic())
        .layout(x.layout().at(0))
        .space(layout -> toRows(layout, rows, channels))
        .reads(x)
        .inPlace()
        .emit(
            destination ->
                new Operation.LayerNormalization(
                    source, destination, null, epsilon, true, !rms, rms),
            descriptor ->
                kernel -> {
                  kernel.with(Argument.SRC, source, x).with(Argument.SCALE, scale);
                  if (shift != null) {
                    kernel.with(Argument.SHIFT, shift);
                  }
                });
  }

  private static @Nullable Layout toRows(Layout layout, long rows, long channels) {
    return layout.count() == rows * channels
        ? layout.reshape(rows, channels)
        : layout.count() == 1 ? layout.reshape(1, 1) : null;
  }

  /** One number for each channel, as a vector; null where fewer are given. */
  private @Nullable View vector(@Nullable View view, long channels) {
    if (view == null || view.layout().count() != channels || view.layout().isBroadcast()) {
      return null;
    }
    View dense = block.emitter().dense(view);
    return dense.with(Layout.dense(channels).at(dense.layout().offset()));
  }

  private boolean lrn(Node node, NormalizationOp.Lrn op) {
    View given = block.operand(node, 0);
    if (given.layout().rank() != 4 || op.size() % 2 == 0) {
      return false;
    }
    View x = block.emitter().channelsLast(given);
    MemoryDescriptor source = Types.descriptor(x);
    return new Anchor(block, node, node.op().mnemonic())
        .layout(x.layout().at(0))
        .reads(x)
        .emit(
            destination ->
                new Operation.Lrn(
                    true, source, destination, op.size(), op.alpha(), op.beta(), op.bias()),
            descriptor -> kernel -> kernel.with(Argument.SRC, source, x));
  }
}
