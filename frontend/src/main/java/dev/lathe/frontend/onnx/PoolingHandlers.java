package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.PoolingOp.AveragePool;
import dev.lathe.ir.op.PoolingOp.LpPool;
import dev.lathe.ir.op.PoolingOp.MaxPool;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.Window;
import java.util.List;
import java.util.stream.IntStream;

/** Pooling over windows, and over all spatial axes. */
final class PoolingHandlers {

  private PoolingHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("MaxPool", PoolingHandlers::maxPool);
    handlers.add("AveragePool", PoolingHandlers::averagePool);
    handlers.add("LpPool", PoolingHandlers::lpPool);
    handlers.add("GlobalMaxPool", node -> List.of(global(node, ReduceFunction.MAX, node.in(0))));
    handlers.add(
        "GlobalAveragePool", node -> List.of(global(node, ReduceFunction.MEAN, node.in(0))));
    handlers.add("GlobalLpPool", PoolingHandlers::globalLpPool);
  }

  private static List<Long> kernel(OnnxNode node) {
    List<Long> kernel = node.attributes().integers("kernel_shape");
    if (kernel == null) {
      throw node.attributes().refuse("kernel_shape", "is missing");
    }
    if (kernel.stream().anyMatch(size -> size < 1)) {
      throw node.attributes().refuse("kernel_shape", "is " + kernel + " and must be positive");
    }
    return kernel;
  }

  private static boolean ceil(OnnxNode node) {
    return node.attributes().flag("ceil_mode", false);
  }

  /** {@code MaxPool}-22. */
  private static List<Value> maxPool(OnnxNode node) {
    List<Long> kernel = kernel(node);
    Window window = ConvolutionHandlers.window(node, kernel.size());
    boolean columnMajor = node.attributes().flag("storage_order", false);
    return node.emit()
        .addAll(
            new MaxPool(kernel, window, ceil(node), node.wants(1), columnMajor),
            List.of(node.in(0)));
  }

  /** {@code AveragePool}-22. */
  private static List<Value> averagePool(OnnxNode node) {
    List<Long> kernel = kernel(node);
    Window window = ConvolutionHandlers.window(node, kernel.size());
    boolean countPad = node.attributes().flag("count_include_pad", false);
    return List.of(
        node.emit().add(new AveragePool(kernel, window, ceil(node), countPad), node.in(0)));
  }

  /** {@code LpPool}-22. */
  private static List<Value> lpPool(OnnxNode node) {
    List<Long> kernel = kernel(node);
    Window window = ConvolutionHandlers.window(node, kernel.size());
    int p = node.attributes().small("p", 2);
    return List.of(node.emit().add(new LpPool(kernel, window, ceil(node), p), node.in(0)));
  }

  private static Value global(OnnxNode node, ReduceFunction function, Value x) {
    List<Integer> axes = IntStream.range(2, x.type().rank()).boxed().toList();
    return axes.isEmpty() ? x : node.emit().reduce(function, x, axes, true);
  }

  /** {@code GlobalLpPool}-2: the p-norm over the spatial axes. */
  private static List<Value> globalLpPool(OnnxNode node) {
    Emitter emit = node.emit();
    int p = node.attributes().small("p", 2);
    Value x = node.in(0);
    if (p <= 2) {
      return List.of(global(node, p == 1 ? ReduceFunction.L1 : ReduceFunction.L2, x));
    }
    Value powers =
        emit.binary(BinaryFunction.POW, emit.unary(UnaryFunction.ABS, x), emit.scalarLike(x, p));
    Value sum = global(node, ReduceFunction.SUM, powers);
    return List.of(emit.binary(BinaryFunction.POW, sum, emit.scalarLike(x, 1.0 / p)));
  }
}
