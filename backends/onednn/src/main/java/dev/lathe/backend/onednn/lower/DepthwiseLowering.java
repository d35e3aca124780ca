package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.Window;
import dev.lathe.backend.onednn.jit.Activation;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.DepthwiseWeights;
import dev.lathe.backend.onednn.jit.ResultType;
import dev.lathe.backend.onednn.jit.WindowShape;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions of every channel with a window of its own, in generated code, with the activation
 * that stands behind them.
 */
final class DepthwiseLowering {
  /** What a unit costs before it begins, as multiplications of sixteen channels. */
  private static final double START = 200;

  /** What it costs to read sixteen channels that another unit reads too. */
  private static final double READ_AGAIN = 2;

  /** How many times as fast an element is multiplied by a weight as it is read from memory. */
  private static final long REUSE = 4;

  private final BlockLowering block;

  DepthwiseLowering(BlockLowering block) {
    this.block = block;
  }

  /** What packs windows of weights. */
  private record Windows(ElementType type, int channels, int taps)
      implements ConstantPool.Transform {
    @Override
    public void apply(MemorySegment from, MemorySegment to) {
      DepthwiseWeights.pack(from, type, to, channels, taps);
    }
  }

  /** Lowers a convolution; false if it is none of this kind, or has no code. */
  boolean lower(Node node, ConvolutionOp.Convolution op) {
    View weights = block.operand(node, 1);
    long[] w = weights.layout().dims();
    long channels = Types.dims(node.operand(0).type())[1];
    WindowShape shape = window(node, op, w);
    Behind behind = Behind.of(node, block, false);
    ResultType stored = behind.stored(node);
    if (shape == null
        || w[1] != 1
        || op.groups() != channels
        || w[0] != channels
        || block.emitter().isFolding()
        || !weights.isConstant()
        || node.operand(0).type().elementType() != ElementType.F32
        || stored == null
        || !OneDnn.hasAvx512()) {
      return false;
    }
    emit(node, shape, behind, stored, weights, block.operandOrNull(node, 2));
    return true;
  }

  /** The windows over an image of two axes; null where code does not move such. */
  static @Nullable WindowShape window(Node node, ConvolutionOp.Convolution op, long[] weights) {
    long[] x = Types.dims(node.operand(0).type());
    long[] y = Types.dims(node.result().type());
    if (weights.length != 4
        || node.operand(0).type().byteSize() > Integer.MAX_VALUE
        || node.result().type().byteSize() > Integer.MAX_VALUE) {
      return null;
    }
    Window window = ConvolutionLowering.window(node, op.window(), weights);
    if (window == null || window.dilations().stream().anyMatch(d -> d != 0)) {
      return null;
    }
    WindowShape shape =
        new WindowShape(
            (int) x[0],
            (int) x[2],
            (int) x[3],
            (int) x[1],
            (int) weights[2],
            (int) weights[3],
            window.strides().get(0).intValue(),
            window.strides().get(1).intValue(),
            window.padBegin().get(0).intValue(),
            window.padBegin().get(1).intValue(),
            (int) y[2],
            (int) y[3]);
    return shape.isSupported() ? shape : null;
  }

  private void emit(
      Node node,
      WindowShape shape,
      Behind behind,
      ResultType stored,
      View weights,
      @Nullable View bias) {
    Emitter emitter = block.emitter();
    Value result = behind.result(node);
    Layout from = Layout.channelsLast(Types.dims(node.operand(0).type()));
    Layout to = Layout.channelsLast(Types.dims(result.type()));
    View x = emitter.as(block.operand(node, 0), from);
    View y = block.allocate(result, to);
    MemoryDescriptor packed =
        MemoryDescriptor.dense(DataType.F32, shape.vectors(), shape.taps(), CodeSource.LANES);
    Buffer taps =
        emitter.transformed(
            emitter.dense(weights),
            packed,
            packed,
            new Windows(weights.elementType(), shape.channels(), shape.taps()));
    List<View> operands = new ArrayList<>();
    operands.add(x);
    operands.add(new View(taps, ElementType.F32, Layout.dense(packed.dims())));
    operands.add(y);
    if (bias != null) {
      operands.add(emitter.dense(bias));
    }
    CodeSource.Depthwise code = divided(shape, bias != null, behind.activation(), stored);
    behind.emit(
        block,
        node,
        code,
        code.units(),
        x.byteSize() + y.byteSize() + (long) shape.taps() * y.byteSize() / REUSE,
        2L * shape.taps() * y.layout().count(),
        operands,
        y);
  }

  /** Units of some rows of some channels, so that threads are done at about the same time. */
  private CodeSource.Depthwise divided(
      WindowShape shape, boolean bias, Activation activation, ResultType stored) {
    double row = (double) shape.outWidth() * shape.taps();
    int again = shape.kernelHeight() - shape.strideHeight();
    Division division =
        Division.of(
            new Division.Grid(shape.batch(), shape.outHeight(), shape.vectors(), 1),
            block.emitter().target().threads(),
            (rows, vectors) ->
                START + vectors * (rows * row + Math.max(again, 0) * READ_AGAIN * shape.width()));
    return new CodeSource.Depthwise(
        shape, bias, activation, stored, division.rows(), division.columns());
  }
}
