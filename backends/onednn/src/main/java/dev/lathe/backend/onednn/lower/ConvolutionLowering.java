package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.Window;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.ConvolutionOp;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions on channels-last activations, with weights packed as the kernel wants them, and what
 * stands behind them as post-ops.
 */
final class ConvolutionLowering {
  private final BlockLowering block;

  ConvolutionLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a convolution; false if oneDNN does not compute it. */
  boolean lower(Node node, ConvolutionOp op) {
    if (op instanceof ConvolutionOp.ConvolutionInteger integer) {
      return new IntegerLowering(block).lower(node, integer);
    }
    if (!Types.isReal(node.operand(0))) {
      return false;
    }
    return switch (op) {
      case ConvolutionOp.Convolution convolution -> convolution(node, convolution);
      case ConvolutionOp.ConvolutionTranspose transpose -> transposed(node, transpose);
      case ConvolutionOp.ConvolutionInteger integer -> false;
    };
  }

  private boolean convolution(Node node, ConvolutionOp.Convolution op) {
    ChannelScale scale = block.deferred(node.operand(0));
    boolean generated =
        new WinogradLowering(block).lower(node, op)
            || new DepthwiseLowering(block).lower(node, op)
            || (scale == null && new VectorProductLowering(block).lower(node, op))
            || new ProductLowering(block).lower(node, op, scale)
            || (scale == null && new ProductLowering(block).lowerSequence(node, op))
            || (scale == null && new DirectLowering(block).lower(node, op));
    if (generated) {
      return true;
    }
    View weights = block.operand(node, 1);
    long[] w = weights.layout().dims();
    View seen = grouped(weights, op.groups());
    Window window = window(node, op.window(), w);
    if (window == null) {
      return false;
    }
    boolean done = emit(node, "convolution", seen, window, false, scale);
    if (done && scale != null) {
      block.done(scale.node());
    }
    return done;
  }

  private boolean transposed(Node node, ConvolutionOp.ConvolutionTranspose op) {
    if (new UpsamplingLowering(block).lower(node, op)) {
      return true;
    }
    View weights = block.operand(node, 1);
    long[] w = weights.layout().dims();
    int[] swap = new int[w.length + (op.groups() > 1 ? 1 : 0)];
    for (int i = 0; i < swap.length; i++) {
      swap[i] = i;
    }
    // Ours are input channels first, oneDNN's are output channels first.
    View seen = grouped(weights, op.groups());
    int channels = op.groups() > 1 ? 1 : 0;
    swap[channels] = channels + 1;
    swap[channels + 1] = channels;
    seen = seen.with(seen.layout().transpose(swap));
    Window window = window(node, op.window(), w);
    if (window == null) {
      return false;
    }
    List<Long> padEnd = new ArrayList<>();
    for (int i = 0; i < op.outputPadding().size(); i++) {
      padEnd.add(window.padEnd().get(i) - op.outputPadding().get(i));
    }
    Window padded = new Window(window.strides(), window.dilations(), window.padBegin(), padEnd);
    return emit(node, "deconvolution", seen, padded, true, null);
  }

  /** Weights as oneDNN counts dimensions: the groups, if there are several, first. */
  View grouped(View weights, int groups) {
    if (groups == 1) {
      return weights;
    }
    long[] w = weights.layout().dims();
    long[] grouped = new long[w.length + 1];
    grouped[0] = groups;
    grouped[1] = w[0] / groups;
    System.arraycopy(w, 1, grouped, 2, w.length - 1);
    return reshaped(weights, grouped);
  }

  private View reshaped(View view, long... dims) {
    Layout layout = view.layout().reshape(dims);
    if (layout == null) {
      View dense = block.emitter().dense(view);
      return dense.with(Layout.dense(dims).at(dense.layout().offset()));
    }
    return view.with(layout);
  }

  /** The window with padding for the sizes at hand; null where it crops. */
  static @Nullable Window window(Node node, dev.lathe.ir.op.Window window, long[] weights) {
    long[] x = Types.dims(node.operand(0).type());
    List<Long> dilations = new ArrayList<>();
    List<Long> padBegin = new ArrayList<>();
    List<Long> padEnd = new ArrayList<>();
    for (int i = 0; i < window.axes(); i++) {
      long[] padding = window.padding(i, x[i + 2], weights[i + 2]);
      if (padding[0] < 0 || padding[1] < 0) {
        return null;
      }
      dilations.add(window.dilations().get(i) - 1);
      padBegin.add(padding[0]);
      padEnd.add(padding[1]);
    }
    return new Window(window.strides(), dilations, padBegin, padEnd);
  }

  /**
   * @param scale what the input is multiplied with first, or null for nothing
   */
  private boolean emit(
      Node node,
      String name,
      View weights,
      Window window,
      boolean transposed,
      @Nullable ChannelScale scale) {
    Emitter emitter = block.emitter();
    View x = scale == null ? block.operand(node, 0) : scale.image();
    View bias = block.operandOrNull(node, 2);
    Layout sourceLayout = Layout.channelsLast(x.layout().dims());
    Layout resultLayout = Layout.channelsLast(Types.dims(node.result().type()));
    DataType type = Types.required(x.elementType());
    MemoryDescriptor source = Types.exact(type, sourceLayout);
    MemoryDescriptor any = MemoryDescriptor.any(type, weights.layout().dims());
    MemoryDescriptor biasDescriptor =
        bias == null
            ? null
            : MemoryDescriptor.dense(Types.required(bias.elementType()), bias.layout().dims());
    Anchor anchor =
        new Anchor(block, node, name)
            .exactLayout(resultLayout)
            .reads(x)
            .flops(flops(node, weights, transposed))
            .accumulates()
            .evenSlow();
    return anchor.emit(
        destination ->
            transposed
                ? new Operation.Deconvolution(source, any, biasDescriptor, destination, window)
                : new Operation.Convolution(source, any, biasDescriptor, destination, window),
        descriptor ->
            kernel -> {
              kernel.with(Argument.SRC, source, emitter.as(x, sourceLayout));
              MemoryDescriptor packed = descriptor.weights(0);
              if (scale == null) {
                emitter.withWeights(kernel, Argument.WEIGHTS, weights, packed);
              } else {
                Buffer scaled = scale.scaled(weights, packed, emitter);
                kernel.with(Argument.WEIGHTS, packed, scaled, 0);
              }
              if (bias != null) {
                kernel.with(Argument.BIAS, emitter.dense(bias));
              }
            });
  }

  /** Every weight meets every position of every sample once. */
  static long flops(Node node, View weights, boolean transposed) {
    long[] positions = Types.dims((transposed ? node.operand(0) : node.result()).type());
    long count = 2 * positions[0] * weights.layout().count();
    for (int i = 2; i < positions.length; i++) {
      count *= positions[i];
    }
    return count;
  }
}
