package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.DirectShape;
import dev.lathe.backend.onednn.jit.DirectWeights;
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
 * Convolutions as their definition says, in generated code, with the residual and the activation
 * that stand behind them. The image of few channels, which is mostly a model's input, is read as it
 * lies.
 */
final class DirectLowering {
  /** Channels of an image that is read as it lies. */
  private static final int MOST_CHANNELS = 4;

  /** Sums at a time: with fewer, oneDNN has other ways to keep the processor busy. */
  private static final int LEAST_SUMS = 6;

  /** What a unit costs before it begins, as multiplications of sixteen filters. */
  private static final double START = 200;

  /** What it costs to read a vector of weights for the first time. */
  private static final double WEIGHT = 4;

  private final BlockLowering block;

  DirectLowering(BlockLowering block) {
    this.block = block;
  }

  /** What packs windows of weights. */
  private record Windows(ElementType type, DirectShape shape) implements ConstantPool.Transform {
    @Override
    public void apply(MemorySegment from, MemorySegment to) {
      DirectWeights.pack(from, type, to, shape);
    }
  }

  /** Lowers a convolution; false if it is none of this kind, or has no code. */
  boolean lower(Node node, ConvolutionOp.Convolution op) {
    View weights = block.operand(node, 1);
    View x = block.operand(node, 0);
    WindowShape window = DepthwiseLowering.window(node, op, weights.layout().dims());
    Behind behind = Behind.of(node, block, true);
    ResultType stored = behind.stored(node);
    if (window == null
        || block.emitter().isFolding()
        || !weights.isConstant()
        || x.elementType() != ElementType.F32
        || stored == null
        || (behind.residual() != null && stored != ResultType.F32)
        || Fusion.behind(node.result(), block).size() > behind.nodes().size()
        || !OneDnn.hasAvx512()) {
      return false;
    }
    boolean plain = x.layout().sameAs(Layout.dense(x.layout().dims()).at(x.layout().offset()));
    int filters = (int) weights.layout().dim(0);
    DirectShape shape =
        new DirectShape(
            window,
            op.groups(),
            filters,
            op.groups() > 1 || !plain || window.channels() > MOST_CHANNELS);
    if (!fits(shape)) {
      return false;
    }
    emit(node, shape, behind, stored, weights, block.operandOrNull(node, 2));
    return true;
  }

  /** Groups have to fill registers, and rows enough of them. */
  private static boolean fits(DirectShape shape) {
    boolean full = shape.groupFilters() % CodeSource.LANES == 0 && shape.channels() > 1;
    return (shape.groups() == 1 || full)
        && shape.window().outWidth() * shape.vectors() >= LEAST_SUMS
        && shape.isSupported();
  }

  private void emit(
      Node node,
      DirectShape shape,
      Behind behind,
      ResultType stored,
      View weights,
      @Nullable View bias) {
    Emitter emitter = block.emitter();
    Value result = behind.result(node);
    long[] dims = Types.dims(node.operand(0).type());
    Layout from = shape.channelsLast() ? Layout.channelsLast(dims) : Layout.dense(dims);
    Layout to = Layout.channelsLast(Types.dims(result.type()));
    View x = emitter.as(block.operand(node, 0), from);
    View residual =
        behind.residual() == null
            ? null
            : emitter.as(emitter.wide(block.view(behind.residual())), to);
    View y = block.allocate(result, to);
    MemoryDescriptor packed =
        MemoryDescriptor.dense(DataType.F32, shape.panels(), shape.panelWeights());
    Buffer windows =
        emitter.transformed(
            emitter.dense(weights), packed, packed, new Windows(weights.elementType(), shape));
    List<View> operands = new ArrayList<>();
    operands.add(x);
    operands.add(new View(windows, ElementType.F32, Layout.dense(packed.dims())));
    operands.add(y);
    if (bias != null) {
      operands.add(emitter.dense(bias));
    }
    if (residual != null) {
      operands.add(residual);
    }
    CodeSource.Direct code = divided(shape, bias != null, behind, stored);
    long flops = 2L * shape.window().taps() * shape.channels() * y.layout().count();
    behind.emit(
        block,
        node,
        code,
        code.units(),
        Math.max(x.byteSize() + y.byteSize(), Work.bytes(flops)),
        flops,
        operands,
        y);
  }

  /** Units of some rows of some panels, so that threads are done at about the same time. */
  private CodeSource.Direct divided(
      DirectShape shape, boolean bias, Behind behind, ResultType stored) {
    WindowShape window = shape.window();
    double tap = (double) shape.channels() * shape.vectors();
    double row = window.outWidth() * window.taps() * tap;
    Division division =
        Division.of(
            new Division.Grid(window.batch(), window.outHeight(), shape.panels(), 1),
            block.emitter().target().threads(),
            (rows, panels) -> START + panels * (rows * row + WEIGHT * window.taps() * tap));
    return new CodeSource.Direct(
        shape,
        bias,
        behind.residual() != null,
        behind.activation(),
        stored,
        division.rows(),
        division.columns());
  }
}
