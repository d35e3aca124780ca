package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ReductionOp.ArgReduce;
import dev.lathe.ir.op.ReductionOp.CumSum;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ReductionOp.TopK;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Functions that combine, order or count the elements along axes. */
final class ReductionFunctions {
  /** The axes that are reduced; none for all. */
  static final Argument<List<Long>> AXES = optional("axis", ArgumentKinds.INTEGERS);

  /** Whether reduced axes stay with size 1. */
  static final Argument<Boolean> KEEPDIMS = optional("keepdims", ArgumentKinds.FLAG, false);

  private static final Argument<Long> ANY_AXIS = optional("axis", ArgumentKinds.INTEGER);
  private static final Argument<Long> LAST_AXIS = optional("axis", ArgumentKinds.INTEGER, -1L);
  private static final Argument<Dim> K = required("k", ArgumentKinds.SIZE);
  private static final Argument<Boolean> SORTED = optional("sorted", ArgumentKinds.FLAG, true);

  /** What is computed over axes. */
  private interface Reduction {
    Value apply(LayerScope scope, List<Integer> axes, boolean keep);
  }

  private ReductionFunctions() {}

  static void register(LayerIndex index) {
    add(index, "sum", (scope, axes, keep) -> sum(scope, ReduceFunction.SUM, axes, keep));
    add(index, "prod", (scope, axes, keep) -> sum(scope, ReduceFunction.PROD, axes, keep));
    add(
        index,
        "mean",
        (scope, axes, keep) ->
            scope.emit().reduce(ReduceFunction.MEAN, scope.floatInput(), axes, keep));
    add(
        index,
        "max",
        (scope, axes, keep) -> scope.emit().reduce(ReduceFunction.MAX, scope.input(), axes, keep));
    add(
        index,
        "min",
        (scope, axes, keep) -> scope.emit().reduce(ReduceFunction.MIN, scope.input(), axes, keep));
    add(
        index,
        "logsumexp",
        (scope, axes, keep) ->
            scope.emit().reduce(ReduceFunction.LOG_SUM_EXP, scope.floatInput(), axes, keep));
    add(
        index,
        "any",
        (scope, axes, keep) -> scope.emit().reduce(ReduceFunction.MAX, truth(scope), axes, keep));
    add(
        index,
        "all",
        (scope, axes, keep) -> scope.emit().reduce(ReduceFunction.MIN, truth(scope), axes, keep));
    add(index, "var", ReductionFunctions::variance);
    add(
        index,
        "std",
        (scope, axes, keep) -> scope.emit().unary(UnaryFunction.SQRT, variance(scope, axes, keep)));
    index.add(Functions.of("argmax", scope -> arg(scope, true), ANY_AXIS, KEEPDIMS));
    index.add(Functions.of("argmin", scope -> arg(scope, false), ANY_AXIS, KEEPDIMS));
    index.add(Functions.of("top_k", ReductionFunctions::topK, K, SORTED));
    index.add(Functions.of("sort", scope -> List.of(sorted(scope).get(0)), LAST_AXIS));
    index.add(
        Functions.of("argsort", scope -> List.of(indices(scope, sorted(scope).get(1))), LAST_AXIS));
    index.add(Functions.of("cumsum", ReductionFunctions::cumsum, ANY_AXIS));
  }

  /** A reduction by Keras's name and by that of TensorFlow. */
  private static void add(LayerIndex index, String name, Reduction reduction) {
    LayerKind kind =
        Functions.of(
            name,
            scope -> List.of(reduction.apply(scope, axes(scope), scope.get(KEEPDIMS))),
            AXES,
            KEEPDIMS);
    index.add(kind);
    index.add(Functions.alias("reduce_" + name, kind));
  }

  /** The axes of a reduction from the front, sorted; all where none are named. */
  static List<Integer> axes(LayerScope scope) {
    int rank = scope.input().type().rank();
    if (scope.find(AXES).isEmpty()) {
      return IntStream.range(0, rank).boxed().toList();
    }
    TreeSet<Integer> axes = new TreeSet<>();
    for (long axis : scope.get(AXES)) {
      if (!axes.add(scope.axis(axis))) {
        throw new LayerException(
                "'axis' of " + scope.name() + "() names axis " + axis + " twice", "")
            .about("axis");
      }
    }
    return new ArrayList<>(axes);
  }

  private static Value truth(LayerScope scope) {
    return scope.emit().cast(scope.input(), ElementType.BOOL);
  }

  /** Sums of small integers and bools are i32 or u32. */
  private static Value summable(LayerScope scope) {
    ElementType to =
        switch (scope.input().type().elementType()) {
          case BOOL, I8, I16 -> ElementType.I32;
          case U8, U16 -> ElementType.U32;
          default -> scope.input().type().elementType();
        };
    return scope.emit().cast(scope.input(), to);
  }

  private static Value sum(
      LayerScope scope, ReduceFunction function, List<Integer> axes, boolean keep) {
    return scope.emit().reduce(function, summable(scope), axes, keep);
  }

  private static Value variance(LayerScope scope, List<Integer> axes, boolean keep) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    Value centred = emit.minus(x, emit.reduce(ReduceFunction.MEAN, x, axes, true));
    return emit.reduce(ReduceFunction.MEAN, emit.times(centred, centred), axes, keep);
  }

  private static Value indices(LayerScope scope, Value indices) {
    return scope.emit().cast(indices, ElementType.I32);
  }

  /** The index of the first largest or smallest; without an axis, in the flat tensor. */
  private static List<Value> arg(LayerScope scope, boolean max) {
    Emitter emit = scope.emit();
    boolean flat = scope.find(ANY_AXIS).isEmpty();
    boolean keep = scope.get(KEEPDIMS);
    Value x = flat ? emit.flat(numbers(scope)) : numbers(scope);
    int axis = flat ? 0 : scope.axis(scope.get(ANY_AXIS));
    Value index = indices(scope, emit.add(new ArgReduce(max, axis, keep && !flat, false), x));
    if (flat && keep) {
      index = emit.trailing(index, scope.input().type().rank());
    }
    return List.of(index);
  }

  private static Value numbers(LayerScope scope) {
    boolean bool = scope.input().type().elementType() == ElementType.BOOL;
    return bool ? scope.emit().cast(scope.input(), ElementType.I32) : scope.input();
  }

  /** {@code ops.top_k}: the k largest along the last axis, and their indices. */
  private static List<Value> topK(LayerScope scope) {
    Emitter emit = scope.emit();
    Dim k = scope.get(K);
    int axis = scope.axis(-1);
    Dim size = scope.input().type().dim(axis);
    boolean negative = k.isFixed() && k.value() < 0;
    if (negative || (k.isFixed() && size.isFixed() && k.value() > size.value())) {
      throw new LayerException(
              "top_k() takes " + k + " of the last axis of " + scope.input().type(),
              "'k' goes from 0 to " + size)
          .about("k");
    }
    List<Value> both =
        emit.addAll(
            new TopK(axis, true, scope.get(SORTED)),
            List.of(numbers(scope), emit.dims(List.of(k))));
    return List.of(both.get(0), indices(scope, both.get(1)));
  }

  /** All elements along an axis in rising order, and their indices; equal ones as they were. */
  private static List<Value> sorted(LayerScope scope) {
    int axis = scope.axis(scope.get(LAST_AXIS));
    Value x = numbers(scope);
    return scope
        .emit()
        .addAll(new TopK(axis, false, true), List.of(x, scope.emit().sizeOf(x, axis)));
  }

  /** {@code ops.cumsum}: running sums along an axis; without one, of the flat tensor. */
  private static List<Value> cumsum(LayerScope scope) {
    Emitter emit = scope.emit();
    boolean flat = scope.find(ANY_AXIS).isEmpty();
    int axis = flat ? 0 : scope.axis(scope.get(ANY_AXIS));
    Value x = numbers(scope);
    return List.of(emit.add(new CumSum(axis, false, false), flat ? emit.flat(x) : x));
  }
}
