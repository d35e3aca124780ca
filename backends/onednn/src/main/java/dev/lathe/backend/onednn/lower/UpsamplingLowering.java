package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PostOp;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.Padding;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Transposed convolutions whose windows lie side by side, as decoders use them to enlarge images:
 * every position of the input alone gives a window of the result. Channels-last, a row of windows
 * is a matrix product for each of the rows of pixels in it, with as many columns as a window's row
 * has elements; oneDNN's deconvolution goes through the whole window for each pixel.
 */
final class UpsamplingLowering {
  private final BlockLowering block;

  UpsamplingLowering(BlockLowering block) {
    this.block = block;
  }

  /**
   * The sizes.
   *
   * @param rows of the input, those of all samples
   * @param high of a window, as {@code wide}
   */
  private record Sizes(long rows, long width, long channels, long filters, long high, long wide) {
    /** The elements of a row of a window. */
    long columns() {
      return wide * filters;
    }
  }

  /** Lowers a transposed convolution; false if it is none of these. */
  boolean lower(Node node, ConvolutionTranspose op) {
    Sizes sizes = sizes(node, op);
    View weights = block.operand(node, 1);
    View bias = block.operandOrNull(node, 2);
    boolean known = weights.isConstant() && (bias == null || bias.isConstant());
    if (sizes == null || !known || block.emitter().isFolding()) {
      return false;
    }
    Fusion fusion = Fusion.behind(node.result(), block);
    for (int count = functions(fusion); count >= 0; count--) {
      Attributes attributes = Attributes.NONE;
      for (int i = 0; i < count; i++) {
        for (PostOp.Eltwise function : fusion.step(i).before()) {
          attributes = attributes.plus(function);
        }
      }
      Optional<PrimitiveDescriptor> product =
          block.emitter().request(product(sizes, weights, bias, fusion.result(count)), attributes);
      if (product.isPresent()) {
        emit(node, sizes, product.get(), fusion, count);
        return true;
      }
    }
    return false;
  }

  private @Nullable Sizes sizes(Node node, ConvolutionTranspose op) {
    long[] x = Types.dims(node.operand(0).type());
    long[] w = Types.dims(node.operand(1).type());
    long[] y = Types.dims(node.result().type());
    boolean sideBySide = op.groups() == 1 && w.length == 4 && isUnpadded(op);
    for (int i = 0; i < w.length - 2 && sideBySide; i++) {
      sideBySide =
          op.window().strides().get(i) == w[i + 2]
              && op.window().dilations().get(i) == 1
              && y[i + 2] == x[i + 2] * w[i + 2];
    }
    return sideBySide ? new Sizes(x[0] * x[2], x[3], x[1], w[1], w[2], w[3]) : null;
  }

  private static boolean isUnpadded(ConvolutionTranspose op) {
    return op.window().padding() instanceof Padding.Explicit padding
        && padding.begin().stream().allMatch(p -> p == 0)
        && padding.end().stream().allMatch(p -> p == 0)
        && op.outputPadding().stream().allMatch(p -> p == 0);
  }

  /** How many nodes behind are functions of each element alone. */
  private static int functions(Fusion fusion) {
    int count = 0;
    while (count < fusion.size() && fusion.step(count).operand() == null) {
      count++;
    }
    return count;
  }

  /** The result as rows of windows, rows of pixels, windows, and elements of a window's row. */
  private static Layout windows(Sizes s) {
    return Layout.dense(s.rows(), s.high(), s.width(), s.columns());
  }

  /** One row of pixels of every row of windows. */
  private static Layout pixels(Sizes s, long row) {
    Layout windows = windows(s);
    long[] dims = {s.rows(), s.width(), s.columns()};
    long[] strides = {windows.stride(0), windows.stride(2), 1};
    return Layout.of(dims, strides, row * windows.stride(1));
  }

  private static Operation product(Sizes s, View weights, @Nullable View bias, Value result) {
    DataType type = Types.required(weights.elementType());
    return new Operation.MatMul(
        Types.descriptor(type, Layout.dense(s.rows(), s.width(), s.channels())),
        MemoryDescriptor.any(type, 1, s.channels(), s.columns()),
        bias == null ? null : bias(s, bias),
        Types.exact(Types.required(result.type().elementType()), pixels(s, 0)));
  }

  private static MemoryDescriptor bias(Sizes s, View bias) {
    return MemoryDescriptor.dense(Types.required(bias.elementType()), 1, 1, s.columns());
  }

  private void emit(Node node, Sizes s, PrimitiveDescriptor product, Fusion fusion, int count) {
    Emitter emitter = block.emitter();
    Layout sourceLayout = Layout.channelsLast(Types.dims(node.operand(0).type()));
    View x = emitter.as(block.operand(node, 0), sourceLayout);
    View w = block.operand(node, 1);
    // From (channels, filters, high, wide), a matrix (channels, wide * filters) for each row.
    View matrices = emitter.dense(w.with(w.layout().transpose(2, 0, 3, 1)));
    View bias = block.operandOrNull(node, 2);
    View vector =
        bias == null
            ? null
            : emitter.dense(bias.with(bias.layout().broadcast(s.wide(), s.filters())));
    Set<Node> nodes = new LinkedHashSet<>(List.of(node));
    for (int i = 0; i < count; i++) {
      nodes.add(fusion.step(i).node());
    }
    List<String> sources = Anchor.sources(nodes);
    Layout resultLayout = Layout.channelsLast(Types.dims(node.result().type()));
    View y = block.allocate(fusion.result(count), resultLayout);
    long matrix = s.channels() * s.columns();
    for (long row = 0; row < s.high(); row++) {
      Layout lies =
          Layout.dense(1, s.channels(), s.columns()).at(matrices.layout().offset() + row * matrix);
      Layout pixels = pixels(s, row);
      Emitter.Kernel kernel =
          emitter
              .kernel(product)
              .flops(2 * s.rows() * s.width() * matrix)
              .from(sources)
              .with(Argument.SRC, product.source(0), x)
              .with(Argument.DST, product.destination(0), y.with(pixels));
      emitter.withWeights(kernel, Argument.WEIGHTS, matrices.with(lies), product.weights(0));
      if (vector != null) {
        kernel.with(Argument.BIAS, bias(s, vector), vector);
      }
      kernel.emit(Anchor.name("upsampling", nodes));
    }
    block.define(fusion.result(count), y);
    nodes.forEach(block::done);
  }
}
