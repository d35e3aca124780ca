package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.IndexingOp.OneHot;
import dev.lathe.ir.op.NormalizationOp.LogSoftmax;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.ReductionOp.ArgReduce;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Softmax and its kin. Until version 12 they see a matrix: all axes before {@code axis} are its
 * rows, that axis and those behind it together its columns. From version 13 on they see one axis.
 */
final class SoftmaxHandlers {

  private SoftmaxHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("Softmax", along(Softmax::new));
    handlers.add("LogSoftmax", along(LogSoftmax::new));
    handlers.add("Hardmax", node -> List.of(onMatrixOrAxis(node, SoftmaxHandlers::hardmax)));
  }

  /** What is done along one axis of a tensor. */
  @FunctionalInterface
  private interface AlongAxis {
    Value apply(Emitter emit, Value x, int axis);
  }

  private static Handler along(IntFunction<Op> op) {
    return node -> List.of(onMatrixOrAxis(node, (emit, x, axis) -> emit.add(op.apply(axis), x)));
  }

  private static Value onMatrixOrAxis(OnnxNode node, AlongAxis function) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    int rank = x.type().rank();
    boolean matrix = node.opset() < 13;
    int axis = node.axis("axis", matrix ? 1 : -1, rank);
    boolean alone = x.type().shape().dims().subList(axis + 1, rank).stream().allMatch(d -> d.is(1));
    if (!matrix || alone) {
      return function.apply(emit, x, axis);
    }
    return emit.reshapeLike(function.apply(emit, emit.matrix(x, axis), 1), x);
  }

  /** 1 where the first largest element stands, 0 elsewhere. */
  private static Value hardmax(Emitter emit, Value x, int axis) {
    Value largest = emit.add(new ArgReduce(true, axis, false, false), x);
    Value values = emit.cast(emit.longs(0, 1), x.type().elementType());
    Value depth = emit.cast(emit.sizeOf(x, axis), ElementType.I64);
    return emit.add(new OneHot(axis), largest, depth, values);
  }
}
