package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Layers that shift and scale numbers before a model sees them. */
final class ScalingLayers {
  /** What keeps Keras from dividing by zero. */
  private static final double EPSILON = 1e-7;

  /** Numbers in rows of equal length, nested as deep as there are axes; a number has none. */
  private record Numbers(List<Long> shape, List<Double> values) {}

  private static final ArgumentKind<Numbers> NUMBERS =
      new ArgumentKind<>() {
        @Override
        public String wanted() {
          return "a number, or a list of numbers or of lists of the same length";
        }

        @Override
        public Numbers convert(Object written) {
          return nested(written)
              .orElseThrow(() -> new LayerException(Written.described(written), ""));
        }
      };

  private static final Argument<Numbers> SCALE = required("scale", NUMBERS);
  private static final Argument<Numbers> OFFSET = optional("offset", NUMBERS, 0.0);
  private static final Argument<List<Long>> AXIS =
      optional("axis", ArgumentKinds.INTEGERS, -1L).orNone();
  private static final Argument<Numbers> MEAN = optional("mean", NUMBERS);
  private static final Argument<Numbers> VARIANCE = optional("variance", NUMBERS);
  private static final Argument<Boolean> INVERT = optional("invert", ArgumentKinds.FLAG, false);

  private ScalingLayers() {}

  static void register(LayerIndex index) {
    index.add(LayerKind.of("rescaling", "Rescaling", ScalingLayers::rescaling, SCALE, OFFSET));
    index.add(
        LayerKind.of(
            "normalization",
            "Normalization",
            ScalingLayers::normalization,
            AXIS,
            MEAN,
            VARIANCE,
            INVERT));
  }

  private static Optional<Numbers> nested(Object written) {
    if (written instanceof Long integer) {
      return Optional.of(new Numbers(List.of(), List.of((double) integer)));
    }
    if (written instanceof Double number) {
      return Optional.of(new Numbers(List.of(), List.of(number)));
    }
    if (!(written instanceof List<?> list) || list.isEmpty()) {
      return Optional.empty();
    }
    List<Double> values = new ArrayList<>();
    List<Long> inner = List.of();
    for (int i = 0; i < list.size(); i++) {
      Object element = list.get(i);
      Optional<Numbers> part = element == null ? Optional.empty() : nested(element);
      if (part.isEmpty() || (i > 0 && !part.get().shape().equals(inner))) {
        return Optional.empty();
      }
      inner = part.get().shape();
      values.addAll(part.get().values());
    }
    List<Long> shape = new ArrayList<>(List.of((long) list.size()));
    shape.addAll(inner);
    return Optional.of(new Numbers(shape, values));
  }

  /** Numbers as a constant of another's type, with axes of their own. */
  private static Value constant(Emitter emit, Value like, Numbers numbers, List<Long> shape) {
    float[] values = new float[numbers.values().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.values().get(i).floatValue();
    }
    Shape dims = new Shape(shape.stream().map(Dim::of).toList());
    Value constant = emit.constant(ConstantData.ofFloats(dims, values));
    return emit.cast(constant, like.type().elementType());
  }

  /**
   * {@code Rescaling}: {@code x * scale + offset} in floats; lists are matched from the last axis.
   */
  private static List<Value> rescaling(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    Value y = emit.times(x, matched(scope, x, SCALE));
    return List.of(emit.plus(y, matched(scope, y, OFFSET)));
  }

  private static Value matched(LayerScope scope, Value x, Argument<Numbers> argument) {
    Numbers numbers = scope.get(argument);
    Value constant = constant(scope.emit(), x, numbers, numbers.shape());
    try {
      Axes.broadcast(x.type().shape(), constant.type().shape());
    } catch (TypeException e) {
      throw new LayerException(
              "'"
                  + argument
                  + "' of "
                  + scope.name()
                  + "() has the shape "
                  + numbers.shape()
                  + ", which does not match the last axes of "
                  + scope.input().type(),
              "give one number, or one for each element of the last axis")
          .about(argument.name());
    }
    return constant;
  }

  /**
   * {@code Normalization}: {@code (x - mean) / max(sqrt(variance), 1e-7)}, or the inverse. Mean and
   * variance have the sizes of {@code axis}, and are given or weights: {@code mean}, {@code
   * variance} and a {@code count} that is not used.
   */
  private static List<Value> normalization(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    List<Integer> kept =
        scope.find(AXIS).orElse(List.of()).stream().map(scope::axis).distinct().sorted().toList();
    if (scope.find(MEAN).isPresent() != scope.find(VARIANCE).isPresent()) {
      String missing = scope.find(MEAN).isPresent() ? "variance" : "mean";
      throw new LayerException(
              "normalization() has 'mean' and 'variance' or neither, and there is no '"
                  + missing
                  + "'",
              "without both they are weights, as Keras's adapt() makes them")
          .about(missing.equals("mean") ? "variance" : "mean");
    }
    Value mean;
    Value variance;
    if (scope.find(MEAN).isPresent()) {
      mean = given(scope, x, MEAN, kept);
      variance = given(scope, x, VARIANCE, kept);
    } else {
      List<Dim> sizes = kept.stream().map(axis -> Dim.of(scope.fixed(axis))).toList();
      Value floats = emit.scalar(ElementType.F32, 0);
      mean = scope.statistic("mean", new Initializer.Constant(0), floats, sizes);
      variance = scope.statistic("variance", new Initializer.Constant(1), floats, sizes);
      Value integer = emit.scalar(ElementType.I64, 0);
      scope.statistic("count", new Initializer.Constant(0), integer, List.of());
      mean = spread(emit, x, mean, kept);
      variance = spread(emit, x, variance, kept);
    }
    Value root = emit.unary(UnaryFunction.SQRT, variance);
    Value deviation = emit.binary(BinaryFunction.MAX, root, emit.scalarLike(x, EPSILON));
    return List.of(
        scope.get(INVERT)
            ? emit.plus(mean, emit.times(x, deviation))
            : emit.over(emit.minus(x, mean), deviation));
  }

  /** A weight with the sizes of some axes, with axes of size 1 for the others. */
  private static Value spread(Emitter emit, Value x, Value weight, List<Integer> kept) {
    List<Dim> dims = new ArrayList<>(Collections.nCopies(x.type().rank(), Dim.ONE));
    kept.forEach(axis -> dims.set(axis, x.type().dim(axis)));
    return emit.cast(kept.isEmpty() ? weight : emit.reshape(weight, dims), x.type().elementType());
  }

  /** Numbers whose axes are the last of some axes. */
  private static Value given(
      LayerScope scope, Value x, Argument<Numbers> argument, List<Integer> kept) {
    Numbers numbers = scope.get(argument);
    List<Long> shape = numbers.shape();
    List<Long> spread = new ArrayList<>(Collections.nCopies(x.type().rank(), 1L));
    boolean fits = shape.size() <= kept.size();
    for (int i = 1; fits && i <= shape.size(); i++) {
      int axis = kept.get(kept.size() - i);
      long size = shape.get(shape.size() - i);
      Dim dim = x.type().dim(axis);
      fits = size == 1 || !dim.isFixed() || dim.value() == size;
      spread.set(axis, size);
    }
    if (!fits) {
      throw new LayerException(
              "'"
                  + argument
                  + "' of normalization() has the shape "
                  + shape
                  + ", and axes "
                  + kept
                  + " of "
                  + x.type()
                  + " are normalized",
              "give one number, or a number for each element of these axes")
          .about(argument.name());
    }
    boolean isOne = numbers.values().size() == 1;
    return constant(scope.emit(), x, numbers, isOne ? List.of() : spread);
  }
}
