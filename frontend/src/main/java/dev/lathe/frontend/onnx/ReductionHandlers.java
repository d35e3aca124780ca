package dev.lathe.frontend.onnx;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ReductionOp.ArgReduce;
import dev.lathe.ir.op.ReductionOp.CumSum;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ReductionOp.TopK;
import java.util.List;
import java.util.stream.IntStream;

/** Reductions along axes; axes were attributes before they became inputs. */
final class ReductionHandlers {

  private ReductionHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("ReduceSum", reduce(ReduceFunction.SUM, 13));
    handlers.add("ReduceMean", reduce(ReduceFunction.MEAN, 18));
    handlers.add("ReduceProd", reduce(ReduceFunction.PROD, 18));
    handlers.add("ReduceMax", reduce(ReduceFunction.MAX, 18));
    handlers.add("ReduceMin", reduce(ReduceFunction.MIN, 18));
    handlers.add("ReduceL1", reduce(ReduceFunction.L1, 18));
    handlers.add("ReduceL2", reduce(ReduceFunction.L2, 18));
    handlers.add("ReduceLogSum", reduce(ReduceFunction.LOG_SUM, 18));
    handlers.add("ReduceLogSumExp", reduce(ReduceFunction.LOG_SUM_EXP, 18));
    handlers.add("ReduceSumSquare", reduce(ReduceFunction.SUM_SQUARE, 18));
    handlers.add("ArgMax", argReduce(true));
    handlers.add("ArgMin", argReduce(false));
    handlers.add("CumSum", ReductionHandlers::cumSum);
    handlers.add("TopK", ReductionHandlers::topK);
  }

  /** A reduction whose axes are an input from a version on. */
  private static Handler reduce(ReduceFunction function, int axesAreInputSince) {
    return node -> {
      Value x = node.in(0);
      int rank = x.type().rank();
      boolean keep = node.attributes().flag("keepdims", true);
      List<Long> axes;
      if (node.opset() >= axesAreInputSince) {
        axes = node.has(1) ? node.needLongs(1, "axes") : List.of();
        if (axes.isEmpty() && node.attributes().flag("noop_with_empty_axes", false)) {
          return List.of(x);
        }
      } else {
        axes = node.attributes().integers("axes", List.of());
      }
      List<Integer> normal =
          axes.isEmpty() ? IntStream.range(0, rank).boxed().toList() : node.axes(axes, rank);
      return List.of(node.emit().reduce(function, x, normal, keep));
    };
  }

  /** {@code ArgMax}-13 and {@code ArgMin}-13. */
  private static Handler argReduce(boolean max) {
    return node -> {
      Value x = node.in(0);
      int axis = node.axis("axis", 0, x.type().rank());
      boolean keep = node.attributes().flag("keepdims", true);
      boolean last = node.attributes().flag("select_last_index", false);
      return List.of(node.emit().add(new ArgReduce(max, axis, keep, last), x));
    };
  }

  /** {@code CumSum}-14. */
  private static List<Value> cumSum(OnnxNode node) {
    Value x = node.in(0);
    List<Long> axis = node.needLongs(1, "an axis");
    if (axis.size() != 1) {
      throw node.invalid("the axis is " + axis + " and must be one number");
    }
    CumSum op =
        new CumSum(
            node.axes(axis, x.type().rank()).get(0),
            node.attributes().flag("exclusive", false),
            node.attributes().flag("reverse", false));
    return List.of(node.emit().add(op, x));
  }

  /** {@code TopK}: k was an attribute until version 10. */
  private static List<Value> topK(OnnxNode node) {
    Value x = node.in(0);
    int axis = node.axis("axis", -1, x.type().rank());
    Value k =
        node.opset() < 10
            ? node.emit().longs(node.attributes().integer("k", 0))
            : node.emit().cast(node.in(1), ElementType.I64);
    boolean largest = node.attributes().flag("largest", true);
    boolean sorted = node.attributes().flag("sorted", true);
    ConstantData known = k.constant();
    if (known != null && known.elementCount() == 1 && known.getLong(0) < 0) {
      throw node.invalid("k is " + known.getLong(0) + " and must not be negative");
    }
    return node.emit().addAll(new TopK(axis, largest, sorted), List.of(x, k));
  }
}
