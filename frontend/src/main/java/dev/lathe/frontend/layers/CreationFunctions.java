package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp.Range;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Functions that make tensors of numbers. */
final class CreationFunctions {
  private static final Argument<Object> START = required("start", ArgumentKinds.NUMBER_OR_SIZE);
  private static final Argument<Object> STOP = optional("stop", ArgumentKinds.NUMBER_OR_SIZE);
  private static final Argument<Object> STEP = optional("step", ArgumentKinds.NUMBER_OR_SIZE);
  private static final Argument<Double> FIRST = required("start", ArgumentKinds.NUMBER);
  private static final Argument<Double> LAST = required("stop", ArgumentKinds.NUMBER);
  private static final Argument<Dim> NUM = optional("num", ArgumentKinds.SIZE, 50L);
  private static final Argument<Boolean> ENDPOINT = optional("endpoint", ArgumentKinds.FLAG, true);
  private static final Argument<List<Dim>> SHAPE = required("shape", ArgumentKinds.SIZES);
  private static final Argument<Double> FILL_VALUE = required("fill_value", ArgumentKinds.NUMBER);
  private static final Argument<ElementType> DTYPE = optional("dtype", ArgumentKinds.DTYPE);
  private static final Argument<Dim> ROWS = required("N", ArgumentKinds.SIZE);
  private static final Argument<Dim> SIDE = required("n", ArgumentKinds.SIZE);
  private static final Argument<Dim> COLUMNS = optional("M", ArgumentKinds.SIZE);
  private static final Argument<Long> DIAGONAL = optional("k", ArgumentKinds.INTEGER, 0L);
  private static final Argument<Dim> NUM_CLASSES = required("num_classes", ArgumentKinds.SIZE);
  private static final Argument<Long> AXIS = optional("axis", ArgumentKinds.INTEGER, -1L);

  private CreationFunctions() {}

  static void register(LayerIndex index) {
    index.add(none("arange", CreationFunctions::arange, START, STOP, STEP, DTYPE));
    index.add(none("linspace", CreationFunctions::linspace, FIRST, LAST, NUM, ENDPOINT, DTYPE));
    filled(index, "zeros", scope -> 0.0);
    filled(index, "ones", scope -> 1.0);
    index.add(
        none(
            "full",
            scope -> List.of(full(scope, scope.get(FILL_VALUE))),
            SHAPE,
            FILL_VALUE,
            DTYPE));
    index.add(
        Functions.of(
            "full_like", scope -> List.of(like(scope, scope.get(FILL_VALUE))), FILL_VALUE, DTYPE));
    index.add(
        none(
            "eye",
            scope -> List.of(diagonal(scope, BinaryFunction.EQUAL)),
            ROWS,
            COLUMNS,
            DIAGONAL,
            DTYPE));
    index.add(
        none("identity", scope -> List.of(diagonal(scope, BinaryFunction.EQUAL)), SIDE, DTYPE));
    index.add(
        none(
            "tri",
            scope -> List.of(diagonal(scope, BinaryFunction.LESS_OR_EQUAL)),
            ROWS,
            COLUMNS,
            DIAGONAL,
            DTYPE));
    index.add(
        Functions.of(
            "one_hot", scope -> List.of(oneHot(scope, type(scope))), NUM_CLASSES, AXIS, DTYPE));
    index.add(Functions.of("multi_hot", CreationFunctions::multiHot, NUM_CLASSES, AXIS, DTYPE));
  }

  private static LayerKind none(String name, LayerRule rule, Argument<?>... arguments) {
    return LayerKind.of(name, "ops." + name, rule, arguments).withInputs(0);
  }

  private static void filled(LayerIndex index, String name, Function<LayerScope, Double> value) {
    index.add(none(name, scope -> List.of(full(scope, value.apply(scope))), SHAPE, DTYPE));
    index.add(
        Functions.of(name + "_like", scope -> List.of(like(scope, value.apply(scope))), DTYPE));
  }

  private static ElementType type(LayerScope scope) {
    return scope.find(DTYPE).orElse(ElementType.F32);
  }

  /** A number in every place of a shape. */
  private static Value full(LayerScope scope, double number) {
    for (Dim dim : scope.get(SHAPE)) {
      if (dim.isFixed() && dim.value() < 0) {
        throw new LayerException(
                scope.name() + "() cannot make the shape " + scope.get(SHAPE),
                "sizes are not negative")
            .about("shape");
      }
    }
    Emitter emit = scope.emit();
    return emit.expand(emit.scalar(type(scope), number), emit.dims(scope.get(SHAPE)));
  }

  private static Value like(LayerScope scope, double number) {
    ElementType type = scope.find(DTYPE).orElse(scope.input().type().elementType());
    return scope.emit().fillLike(scope.input(), type, number);
  }

  /**
   * {@code ops.arange}: from start up to and without stop; with one number, from 0 to that. Of
   * integers and sizes it is i32, else f32.
   */
  private static List<Value> arange(LayerScope scope) {
    boolean single = scope.find(STOP).isEmpty();
    Object start = single ? Dim.ZERO : scope.get(START);
    Object stop = single ? scope.get(START) : scope.get(STOP);
    Object step = scope.find(STEP).orElse(Dim.ONE);
    if (step.equals(Dim.ZERO) || step.equals(0.0)) {
      throw new LayerException("'step' of arange() is 0", "").about("step");
    }
    if (start instanceof Dim from && stop instanceof Dim to && step instanceof Dim by) {
      Emitter emit = scope.emit();
      Value range = emit.add(new Range(), size(emit, from), size(emit, to), size(emit, by));
      return List.of(emit.cast(range, scope.find(DTYPE).orElse(ElementType.I32)));
    }
    double from = number(scope, start);
    double by = number(scope, step);
    double count = Math.max(0, Math.ceil((number(scope, stop) - from) / by));
    return List.of(steps(scope, Dim.of((long) count), from, by, type(scope)));
  }

  private static Value size(Emitter emit, Dim size) {
    return emit.asScalar(emit.dims(List.of(size)));
  }

  private static double number(LayerScope scope, Object number) {
    return switch (number) {
      case Dim dim when dim.isFixed() -> dim.value();
      case Double real -> real;
      default ->
          throw new LayerException(
              scope.name() + "() counts sizes such as " + number + " in whole steps",
              "give it integers and sizes alone, and multiply the result");
    };
  }

  /** So many numbers from one on, a step apart, computed in f64. */
  private static Value steps(LayerScope scope, Dim count, double from, double by, ElementType to) {
    Emitter emit = scope.emit();
    Value places = emit.add(new Range(), emit.number(0), size(emit, count), emit.number(1));
    Value scaled = emit.times(emit.cast(places, ElementType.F64), emit.scalar(ElementType.F64, by));
    return emit.cast(emit.plus(scaled, emit.scalar(ElementType.F64, from)), to);
  }

  /** {@code ops.linspace}: so many numbers from start to stop, evenly apart. */
  private static List<Value> linspace(LayerScope scope) {
    double from = scope.get(FIRST);
    double span = scope.get(LAST) - from;
    double count = number(scope, scope.get(NUM));
    double gaps = scope.get(ENDPOINT) ? count - 1 : count;
    double by = gaps > 0 ? span / gaps : 0;
    return List.of(steps(scope, scope.get(NUM), from, by, type(scope)));
  }

  /** 1 where {@code column - k} compares with the row, else 0. */
  private static Value diagonal(LayerScope scope, BinaryFunction comparison) {
    Emitter emit = scope.emit();
    Optional<Dim> named = scope.find(ROWS);
    Dim rows = named.orElseGet(() -> scope.get(SIDE));
    Dim columns = scope.find(COLUMNS).orElse(rows);
    Value column = counting(emit, columns);
    Value shifted = emit.minus(column, emit.number(scope.find(DIAGONAL).orElse(0L)));
    Value row = emit.unsqueeze(counting(emit, rows), 1);
    return emit.cast(emit.binary(comparison, shifted, row), type(scope));
  }

  /** {@code 0, 1, …} up to a size, i64. */
  static Value counting(Emitter emit, Dim size) {
    return emit.add(new Range(), emit.number(0), size(emit, size), emit.number(1));
  }

  /** {@code ops.one_hot}: 1 at the class, on a new axis; classes that are none have zeros. */
  private static Value oneHot(LayerScope scope, ElementType type) {
    Emitter emit = scope.emit();
    Value x = scope.input();
    int rank = x.type().rank() + 1;
    long written = scope.get(AXIS);
    long axis = written < 0 ? written + rank : written;
    if (axis < 0 || axis >= rank) {
      throw new LayerException(
              scope.name() + "() makes a tensor of " + rank + " axes, which has no axis " + written,
              "")
          .about("axis");
    }
    Value classes = counting(emit, scope.get(NUM_CLASSES));
    int behind = rank - 1 - (int) axis;
    Value aligned = emit.trailing(classes, behind);
    Value same =
        emit.binary(
            BinaryFunction.EQUAL,
            emit.unsqueeze(emit.cast(x, ElementType.I64), (int) axis),
            aligned);
    return emit.cast(same, type);
  }

  /**
   * {@code ops.multi_hot}: 1 at every class; of the one-hot vectors' axes, the second goes (of a
   * vector, the first).
   */
  private static List<Value> multiHot(LayerScope scope) {
    Emitter emit = scope.emit();
    Value ones = oneHot(scope, ElementType.BOOL);
    int samples = scope.input().type().rank() > 1 ? 1 : 0;
    Value any =
        scope.input().type().rank() == 0
            ? ones
            : emit.reduce(ReduceFunction.MAX, ones, List.of(samples), false);
    return List.of(emit.cast(any, type(scope)));
  }
}
