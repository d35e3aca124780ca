package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PoolingAlgorithm;
import dev.lathe.backend.onednn.binding.ReductionAlgorithm;
import dev.lathe.backend.onednn.binding.Window;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maxima and means over windows, and reductions over whole axes, of floats. */
final class PoolingLowering {
  private final BlockLowering block;

  PoolingLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a pooling; false if oneDNN does not compute it. */
  boolean lower(Node node, PoolingOp op) {
    if (!Types.isReal(node.result())) {
      return false;
    }
    return switch (op) {
      case PoolingOp.MaxPool max ->
          !max.indices() && pool(node, PoolingAlgorithm.MAX, op, padding(node, op));
      case PoolingOp.AveragePool average -> average(node, average);
      case PoolingOp.LpPool lp -> false;
    };
  }

  private boolean average(Node node, PoolingOp.AveragePool op) {
    long[][] padding = padding(node, op);
    boolean ceilAddsElements = false;
    for (int i = 0; i < padding.length; i++) {
      long[] given = given(node, op, i);
      ceilAddsElements |= padding[i][1] > given[1];
    }
    if (op.countIncludePad() && ceilAddsElements) {
      return false;
    }
    return pool(
        node,
        op.countIncludePad()
            ? PoolingAlgorithm.AVERAGE_INCLUDE_PADDING
            : PoolingAlgorithm.AVERAGE_EXCLUDE_PADDING,
        op,
        padding);
  }

  private static long[] given(Node node, PoolingOp op, int axis) {
    long input = Types.dims(node.operand(0).type())[axis + 2];
    return op.window().padding(axis, input, op.kernel().get(axis));
  }

  /** Padding before and after, such that the size of the result follows without rounding up. */
  private static long[][] padding(Node node, PoolingOp op) {
    long[] x = Types.dims(node.operand(0).type());
    long[] y = Types.dims(node.result().type());
    long[][] padding = new long[op.window().axes()][];
    for (int i = 0; i < padding.length; i++) {
      long[] given = given(node, op, i);
      long extent = (op.kernel().get(i) - 1) * op.window().dilations().get(i) + 1;
      long stride = op.window().strides().get(i);
      long needed = (y[i + 2] - 1) * stride + extent - x[i + 2] - given[0];
      boolean fits = (x[i + 2] + given[0] + given[1] - extent) / stride + 1 == y[i + 2];
      padding[i] = new long[] {given[0], fits ? given[1] : needed};
    }
    return padding;
  }

  private boolean pool(Node node, PoolingAlgorithm algorithm, PoolingOp op, long[][] padding) {
    List<Long> dilations = new ArrayList<>();
    List<Long> begin = new ArrayList<>();
    List<Long> end = new ArrayList<>();
    for (int i = 0; i < padding.length; i++) {
      dilations.add(op.window().dilations().get(i) - 1);
      begin.add(padding[i][0]);
      end.add(padding[i][1]);
      if (padding[i][0] < 0 || padding[i][1] < 0 || padding[i][0] >= op.kernel().get(i)) {
        return false;
      }
    }
    Window window = new Window(op.window().strides(), dilations, begin, end);
    View x = block.operand(node, 0);
    Layout layout = Layout.channelsLast(x.layout().dims());
    Layout resultLayout = Layout.channelsLast(Types.dims(node.result().type()));
    return pool(node, algorithm, op.kernel(), window, x, layout, resultLayout);
  }

  private boolean pool(
      Node node,
      PoolingAlgorithm algorithm,
      List<Long> kernelSize,
      Window window,
      View x,
      Layout layout,
      Layout resultLayout) {
    MemoryDescriptor source = Types.exact(Types.required(x.elementType()), layout);
    // The primitive keeps dimensions that a reduction may have dropped.
    long[] pooled = layout.dims();
    long[] resultDims = resultLayout.dims();
    boolean dropped = resultDims.length != pooled.length;
    for (int i = 2; i < pooled.length; i++) {
      pooled[i] = dropped ? 1 : resultDims[i];
    }
    return new Anchor(block, node, node.op().mnemonic())
        .exactLayout(resultLayout)
        .space(seen -> dropped ? unsqueezed(seen, pooled.length, resultDims.length) : seen)
        .reads(x)
        .emit(
            destination ->
                new Operation.Pooling(algorithm, source, destination, kernelSize, window),
            descriptor ->
                kernel -> kernel.with(Argument.SRC, source, block.emitter().as(x, layout)));
  }

  private static @Nullable Layout unsqueezed(Layout layout, int rank, int resultRank) {
    Layout full = layout.prepend(resultRank);
    long[] dims = new long[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = i < resultRank ? full.dim(i) : 1;
    }
    return full.reshape(dims);
  }

  /** Lowers a reduction; false if oneDNN does not compute it. */
  boolean lower(Node node, ReductionOp.Reduce op) {
    if (!Types.isReal(node.result()) || op.axes().isEmpty()) {
      return false;
    }
    View x = block.operand(node, 0);
    return (isSpatial(op, x.layout()) && global(node, op, x)) || reduce(node, op, x);
  }

  /** Whether all axes after the channels are reduced, and nothing else is. */
  private static boolean isSpatial(ReductionOp.Reduce op, Layout layout) {
    boolean supported = op.function() == ReduceFunction.MEAN || op.function() == ReduceFunction.MAX;
    if (!supported || layout.rank() < 3 || layout.rank() > 5) {
      return false;
    }
    List<Integer> spatial = new ArrayList<>();
    for (int i = 2; i < layout.rank(); i++) {
      spatial.add(i);
    }
    return op.axes().equals(spatial);
  }

  private boolean global(Node node, ReductionOp.Reduce op, View x) {
    List<Long> kernelSize = new ArrayList<>();
    for (int axis : op.axes()) {
      kernelSize.add(x.layout().dim(axis));
    }
    List<Long> ones = Collections.nCopies(kernelSize.size(), 1L);
    List<Long> zeros = Collections.nCopies(kernelSize.size(), 0L);
    Layout layout =
        x.layout().isDense() && !x.layout().isChannelsLast()
            ? Layout.dense(x.layout().dims())
            : Layout.channelsLast(x.layout().dims());
    return pool(
        node,
        op.function() == ReduceFunction.MAX
            ? PoolingAlgorithm.MAX
            : PoolingAlgorithm.AVERAGE_EXCLUDE_PADDING,
        kernelSize,
        new Window(ones, zeros, zeros, zeros),
        x,
        layout,
        Layout.dense(Types.dims(node.result().type())));
  }

  private boolean reduce(Node node, ReductionOp.Reduce op, View given) {
    ReductionAlgorithm algorithm =
        switch (op.function()) {
          case SUM -> ReductionAlgorithm.SUM;
          case MEAN -> ReductionAlgorithm.MEAN;
          case MAX -> ReductionAlgorithm.MAX;
          case MIN -> ReductionAlgorithm.MIN;
          case PROD, L1, L2, LOG_SUM, LOG_SUM_EXP, SUM_SQUARE -> null;
        };
    if (algorithm == null) {
      return false;
    }
    View x = block.emitter().packed(given);
    long[] kept = x.layout().dims();
    op.axes().forEach(axis -> kept[axis] = 1);
    if (Arrays.equals(kept, x.layout().dims())) {
      // oneDNN refuses a reduction that reduces nothing.
      return false;
    }
    MemoryDescriptor source = Types.descriptor(x);
    Layout result = Layout.dense(Types.dims(node.result().type()));
    return new Anchor(block, node, node.op().mnemonic())
        .layout(result)
        .space(layout -> layout.count() == result.count() ? layout.reshape(kept) : null)
        .reads(x)
        .emit(
            destination -> new Operation.Reduction(algorithm, source, destination, 0, 0),
            descriptor -> kernel -> kernel.with(Argument.SRC, source, x));
  }
}
