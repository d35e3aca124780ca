package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.BinaryAlgorithm;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.EltwiseAlgorithm;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PostOp;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.NormalizationOp;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Softmax and normalisations of floats. */
final class NormalizationLowering {
  private final BlockLowering block;

  NormalizationLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a normalisation; false if oneDNN does not compute it. */
  boolean lower(Node node, NormalizationOp op) {
    if (!Types.isReal(node.result())) {
      return false;
    }
    return switch (op) {
      case NormalizationOp.Softmax softmax -> softmax(node, false, softmax.axis());
      case NormalizationOp.LogSoftmax softmax -> softmax(node, true, softmax.axis());
      case NormalizationOp.LayerNormalization layer ->
          layer(node, layer.axis(), layer.epsilon(), false);
      case NormalizationOp.RmsNormalization rms -> layer(node, rms.axis(), rms.epsilon(), true);
      case NormalizationOp.Lrn lrn -> lrn(node, lrn);
      case NormalizationOp.BatchNormalization batch -> batch(node, batch.epsilon());
      case NormalizationOp.InstanceNormalization instance ->
          group(node, node.result().type().dim(1).value(), instance.epsilon());
      case NormalizationOp.GroupNormalization group -> group(node, group.groups(), group.epsilon());
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
    if (new RowNormalizationLowering(block).lower(node, x, rows, channels, epsilon, scale, shift)) {
      return true;
    }
    MemoryDescriptor source =
        MemoryDescriptor.dense(Types.required(given.elementType()), rows, channels);
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
    if (view == null
        || view.layout().count() != channels
        || view.elementType() != ElementType.F32) {
      return null;
    }
    View dense = block.emitter().dense(view);
    return dense.with(Layout.dense(channels).at(dense.layout().offset()));
  }

  private boolean group(Node node, long groups, float epsilon) {
    View given = block.operand(node, 0);
    long channels = given.layout().dim(1);
    View scale = vector(block.operandOrNull(node, 1), channels);
    View shift = vector(block.operandOrNull(node, 2), channels);
    int rank = given.layout().rank();
    // Of a matrix, oneDNN's kernel writes beyond the end.
    if (scale == null || shift == null || rank < 3 || rank > 5) {
      return false;
    }
    boolean last = given.layout().isChannelsLast() && !given.layout().isDense();
    View x = last ? given : block.emitter().dense(given);
    if (new GroupNormalizationLowering(block).lower(node, x, groups, epsilon, scale, shift)) {
      return true;
    }
    MemoryDescriptor source = Types.descriptor(x);
    return new Anchor(block, node, node.op().mnemonic())
        .layout(x.layout().at(0))
        .reads(x)
        .inPlace()
        .emit(
            destination -> new Operation.GroupNormalization(source, destination, groups, epsilon),
            descriptor ->
                kernel ->
                    kernel
                        .with(Argument.SRC, source, x)
                        .with(Argument.SCALE, scale)
                        .with(Argument.SHIFT, shift));
  }

  /** A product with a number for each channel, and a sum with another. */
  private boolean batch(Node node, float epsilon) {
    Emitter emitter = block.emitter();
    View x = emitter.packed(block.operand(node, 0));
    long channels = x.layout().dim(1);
    View[] vectors = new View[4];
    boolean constant = emitter.isFolding();
    boolean allConstant = true;
    for (int i = 0; i < vectors.length; i++) {
      View vector = vector(block.operandOrNull(node, i + 1), channels);
      if (vector == null) {
        return false;
      }
      vectors[i] = vector;
      allConstant &= vector.isConstant();
    }
    emitter.begin(emitter.sources(), constant || allConstant);
    View scale = emitter.allocate(ElementType.F32, Layout.dense(channels));
    View shift = emitter.allocate(ElementType.F32, Layout.dense(channels));
    boolean prepared = scale(vectors, scale, epsilon) && shift(vectors, scale, shift);
    emitter.begin(emitter.sources(), constant);
    if (!prepared) {
      return false;
    }
    long[] seen = x.layout().dims();
    Arrays.fill(seen, 1);
    seen[1] = channels;
    MemoryDescriptor perChannel = MemoryDescriptor.dense(DataType.F32, seen);
    MemoryDescriptor source = Types.descriptor(x);
    return new Anchor(block, node, node.op().mnemonic())
        .layout(x.layout().at(0))
        .reads(x)
        .inPlace()
        .attributes(Attributes.NONE.plus(new PostOp.Binary(BinaryAlgorithm.ADD, perChannel)))
        .emit(
            destination ->
                new Operation.Binary(BinaryAlgorithm.MUL, source, perChannel, null, destination),
            descriptor ->
                kernel ->
                    kernel
                        .with(Argument.SRC, source, x)
                        .with(Argument.SRC_1, perChannel, scale)
                        .with(Argument.postOp(0, Argument.SRC_1), perChannel, shift));
  }

  /** {@code (variance + epsilon)^-0.5 * scale}. */
  private boolean scale(View[] vectors, View result, float epsilon) {
    MemoryDescriptor vector = Types.descriptor(result);
    View sum = block.emitter().allocate(ElementType.F32, result.layout());
    return computed(
            new Operation.Eltwise(EltwiseAlgorithm.LINEAR, vector, vector, 1, epsilon),
            Attributes.NONE,
            kernel -> kernel.with(Argument.SRC, vectors[3]).with(Argument.DST, sum))
        && computed(
            new Operation.Eltwise(EltwiseAlgorithm.POW, vector, vector, 1, -0.5f),
            Attributes.NONE.plus(new PostOp.Binary(BinaryAlgorithm.MUL, vector)),
            kernel ->
                kernel
                    .with(Argument.SRC, sum)
                    .with(Argument.postOp(0, Argument.SRC_1), vectors[0])
                    .with(Argument.DST, result));
  }

  /** {@code bias - mean * scale}, with the scale of {@link #scale}. */
  private boolean shift(View[] vectors, View scale, View result) {
    MemoryDescriptor vector = Types.descriptor(result);
    return computed(
        new Operation.Binary(BinaryAlgorithm.MUL, vector, vector, null, vector),
        Attributes.NONE
            .plus(new PostOp.Eltwise(EltwiseAlgorithm.LINEAR, -1, 0))
            .plus(new PostOp.Binary(BinaryAlgorithm.ADD, vector)),
        kernel ->
            kernel
                .with(Argument.SRC, vectors[2])
                .with(Argument.SRC_1, scale)
                .with(Argument.postOp(1, Argument.SRC_1), vectors[1])
                .with(Argument.DST, result));
  }

  private boolean computed(
      Operation operation, Attributes attributes, Consumer<Emitter.Kernel> arguments) {
    Optional<PrimitiveDescriptor> found = block.emitter().requestAny(operation, attributes);
    found.ifPresent(
        descriptor -> {
          Emitter.Kernel kernel = block.emitter().kernel(descriptor);
          arguments.accept(kernel);
          kernel.emit("batch statistics");
        });
    return found.isPresent();
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
