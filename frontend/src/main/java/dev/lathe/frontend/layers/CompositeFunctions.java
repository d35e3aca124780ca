package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.frontend.layers.Arithmetic.Operator;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Functions that are short formulas of others. */
final class CompositeFunctions {
  private static final Argument<Double> NAN = optional("nan", ArgumentKinds.NUMBER, 0.0);
  private static final Argument<Double> POSINF = optional("posinf", ArgumentKinds.NUMBER);
  private static final Argument<Double> NEGINF = optional("neginf", ArgumentKinds.NUMBER);
  private static final Argument<Double> RTOL = optional("rtol", ArgumentKinds.NUMBER, 1e-5);
  private static final Argument<Double> ATOL = optional("atol", ArgumentKinds.NUMBER, 1e-8);
  private static final Argument<Boolean> EQUAL_NAN =
      optional("equal_nan", ArgumentKinds.FLAG, false);
  private static final Argument<Long> OFFSET = optional("offset", ArgumentKinds.INTEGER, 0L);
  private static final Argument<Long> AXIS_1 = optional("axis1", ArgumentKinds.INTEGER, 0L);
  private static final Argument<Long> AXIS_2 = optional("axis2", ArgumentKinds.INTEGER, 1L);
  private static final Argument<Long> TIMES = optional("n", ArgumentKinds.NON_NEGATIVE, 1L);
  private static final Argument<Long> AXIS = optional("axis", ArgumentKinds.INTEGER, -1L);

  private CompositeFunctions() {}

  /** A formula of two tensors in one float type. */
  private interface Formula {
    Value apply(Emitter emit, Value a, Value b);
  }

  static void register(LayerIndex index) {
    unary(index, "exp2", (emit, x) -> emit.unary(UnaryFunction.EXP, scaled(emit, x, Math.log(2))));
    unary(index, "cbrt", CompositeFunctions::cubeRoot);
    unary(
        index,
        "erfc",
        (emit, x) -> emit.minus(emit.scalarLike(x, 1), emit.unary(UnaryFunction.ERF, x)));
    unary(index, "trunc", CompositeFunctions::truncated);
    unary(index, "deg2rad", (emit, x) -> scaled(emit, x, Math.PI / 180));
    unary(index, "rad2deg", (emit, x) -> scaled(emit, x, 180 / Math.PI));
    binary(index, "hypot", CompositeFunctions::hypotenuse);
    binary(index, "logaddexp", CompositeFunctions::logAddExp);
    binary(index, "divide_no_nan", CompositeFunctions::divideNoNan);
    binary(index, "arctan2", CompositeFunctions::angle);
    index.add(Functions.of("nan_to_num", CompositeFunctions::nanToNum, NAN, POSINF, NEGINF));
    index.add(Functions.ofTwo("isclose", CompositeFunctions::isClose, RTOL, ATOL, EQUAL_NAN));
    index.add(
        Functions.of("count_nonzero", CompositeFunctions::countNonzero, ReductionFunctions.AXES));
    index.add(
        Functions.of(
            "ptp",
            CompositeFunctions::range,
            ReductionFunctions.AXES,
            ReductionFunctions.KEEPDIMS));
    index.add(Functions.of("diff", CompositeFunctions::differences, TIMES, AXIS));
    index.add(Functions.of("diagonal", scope -> List.of(diagonal(scope)), OFFSET, AXIS_1, AXIS_2));
    index.add(Functions.of("trace", CompositeFunctions::trace, OFFSET, AXIS_1, AXIS_2));
    bits(index, "bitwise_and", BinaryFunction.BITWISE_AND);
    bits(index, "bitwise_or", BinaryFunction.BITWISE_OR);
    bits(index, "bitwise_xor", BinaryFunction.BITWISE_XOR);
    for (String name : List.of("bitwise_not", "bitwise_invert")) {
      index.add(
          Functions.of(
              name,
              scope -> List.of(scope.emit().unary(UnaryFunction.BITWISE_NOT, integers(scope, 0)))));
    }
  }

  private static void unary(
      LayerIndex index, String name, BiFunction<Emitter, Value, Value> formula) {
    index.add(
        Functions.of(
            name,
            scope ->
                List.of(
                    formula.apply(
                        scope.emit(),
                        scope.floats(Promotion.settled(scope.emit(), scope.input()))))));
  }

  private static void binary(LayerIndex index, String name, Formula formula) {
    index.add(
        Functions.ofTwo(
            name,
            scope -> {
              Emitter emit = scope.emit();
              ElementType type = Promotion.joinFloat(scope.inputs());
              List<Value> both = Promotion.to(emit, type, scope.inputs());
              return List.of(formula.apply(emit, both.get(0), both.get(1)));
            }));
  }

  private static void bits(LayerIndex index, String name, BinaryFunction function) {
    index.add(
        Functions.ofTwo(
            name,
            scope -> {
              integers(scope, 0);
              integers(scope, 1);
              List<Value> both = Promotion.promote(scope.emit(), scope.inputs());
              return List.of(scope.emit().binary(function, both.get(0), both.get(1)));
            }));
  }

  private static Value integers(LayerScope scope, int input) {
    Value x = scope.inputs().get(input);
    if (!x.type().elementType().isInteger()) {
      throw new LayerException(
              scope.name() + "() takes integers, and this is " + x.type(),
              "use the logical functions for bool")
          .aboutInput(input);
    }
    return x;
  }

  private static Value scaled(Emitter emit, Value x, double factor) {
    return emit.times(x, emit.scalarLike(x, factor));
  }

  private static Value cubeRoot(Emitter emit, Value x) {
    Value root =
        emit.binary(
            BinaryFunction.POW, emit.unary(UnaryFunction.ABS, x), emit.scalarLike(x, 1 / 3.0));
    return emit.times(emit.unary(UnaryFunction.SIGN, x), root);
  }

  private static Value truncated(Emitter emit, Value x) {
    Value whole = emit.unary(UnaryFunction.FLOOR, emit.unary(UnaryFunction.ABS, x));
    return emit.times(emit.unary(UnaryFunction.SIGN, x), whole);
  }

  private static Value hypotenuse(Emitter emit, Value a, Value b) {
    return emit.unary(UnaryFunction.SQRT, emit.plus(emit.times(a, a), emit.times(b, b)));
  }

  /** {@code log(exp(a) + exp(b)) = max(a, b) + softplus(-|a - b|)}. */
  private static Value logAddExp(Emitter emit, Value a, Value b) {
    Value apart = emit.unary(UnaryFunction.ABS, emit.minus(a, b));
    return emit.plus(
        emit.binary(BinaryFunction.MAX, a, b),
        emit.unary(UnaryFunction.SOFTPLUS, emit.unary(UnaryFunction.NEG, apart)));
  }

  /** {@code a / b}, and 0 where b is. */
  private static Value divideNoNan(Emitter emit, Value a, Value b) {
    Value zero = emit.scalarLike(a, 0);
    return emit.where(emit.binary(BinaryFunction.EQUAL, b, zero), zero, emit.over(a, b));
  }

  /** The angle of the point {@code (x, y)}, from -pi to pi. */
  private static Value angle(Emitter emit, Value y, Value x) {
    Value zero = emit.scalarLike(x, 0);
    Value half = emit.scalarLike(x, Math.PI / 2);
    Value whole = emit.scalarLike(x, Math.PI);
    Value above = emit.binary(BinaryFunction.GREATER_OR_EQUAL, y, zero);
    Value flat = emit.unary(UnaryFunction.ATAN, emit.over(y, x));
    Value turned = emit.where(above, emit.plus(flat, whole), emit.minus(flat, whole));
    Value sign = emit.unary(UnaryFunction.SIGN, y);
    Value upright = emit.times(sign, half);
    Value left = emit.binary(BinaryFunction.LESS, x, zero);
    Value on = emit.binary(BinaryFunction.EQUAL, x, zero);
    return emit.where(on, upright, emit.where(left, turned, flat));
  }

  /** {@code ops.nan_to_num}: numbers for what is none; infinities become the largest floats. */
  private static List<Value> nanToNum(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    double most =
        switch (x.type().elementType()) {
          case F16 -> 65504;
          case F64 -> Double.MAX_VALUE;
          case BF16 -> 0x1.fep127;
          default -> Float.MAX_VALUE;
        };
    Value zero = emit.scalarLike(x, 0);
    Value infinite = emit.add(new dev.lathe.ir.op.ElementwiseOp.IsInf(true, true), x);
    Value positive = emit.binary(BinaryFunction.GREATER, x, zero);
    Value largest =
        emit.where(
            positive,
            emit.scalarLike(x, scope.find(POSINF).orElse(most)),
            emit.scalarLike(x, scope.find(NEGINF).orElse(-most)));
    Value finite = emit.where(infinite, largest, x);
    Value nan = emit.unary(UnaryFunction.IS_NAN, x);
    return List.of(emit.where(nan, emit.scalarLike(x, scope.get(NAN)), finite));
  }

  /** {@code ops.isclose}: {@code |a - b| <= atol + rtol * |b|}. */
  private static List<Value> isClose(LayerScope scope) {
    Emitter emit = scope.emit();
    ElementType type = Promotion.joinFloat(scope.inputs());
    List<Value> both = Promotion.to(emit, type, scope.inputs());
    Value a = both.get(0);
    Value b = both.get(1);
    Value apart = emit.unary(UnaryFunction.ABS, emit.minus(a, b));
    Value size = emit.unary(UnaryFunction.ABS, b);
    Value allowed =
        emit.plus(scaled(emit, size, scope.get(RTOL)), emit.scalarLike(a, scope.get(ATOL)));
    Value finite =
        emit.unary(
            UnaryFunction.NOT,
            emit.add(new dev.lathe.ir.op.ElementwiseOp.IsInf(true, true), allowed));
    Value close =
        emit.binary(
            BinaryFunction.OR,
            emit.binary(BinaryFunction.EQUAL, a, b),
            emit.binary(
                BinaryFunction.AND,
                finite,
                emit.binary(BinaryFunction.LESS_OR_EQUAL, apart, allowed)));
    if (!scope.get(EQUAL_NAN)) {
      return List.of(close);
    }
    Value nans =
        emit.binary(
            BinaryFunction.AND,
            emit.unary(UnaryFunction.IS_NAN, a),
            emit.unary(UnaryFunction.IS_NAN, b));
    return List.of(emit.binary(BinaryFunction.OR, close, nans));
  }

  /** {@code ops.count_nonzero}: how many elements are not zero, i32. */
  private static List<Value> countNonzero(LayerScope scope) {
    Emitter emit = scope.emit();
    Value there = emit.cast(emit.cast(scope.input(), ElementType.BOOL), ElementType.I32);
    return List.of(emit.reduce(ReduceFunction.SUM, there, ReductionFunctions.axes(scope), false));
  }

  /** {@code ops.ptp}: the largest element less the smallest. */
  private static List<Value> range(LayerScope scope) {
    Emitter emit = scope.emit();
    List<Integer> axes = ReductionFunctions.axes(scope);
    boolean keep = scope.get(ReductionFunctions.KEEPDIMS);
    return List.of(
        emit.minus(
            emit.reduce(ReduceFunction.MAX, scope.input(), axes, keep),
            emit.reduce(ReduceFunction.MIN, scope.input(), axes, keep)));
  }

  /** {@code ops.diff}: each element less the one before it along an axis, n times over. */
  private static List<Value> differences(LayerScope scope) {
    Emitter emit = scope.emit();
    int axis = scope.axis(scope.get(AXIS));
    Value x = scope.input();
    for (long i = 0; i < Math.min(scope.get(TIMES), 64); i++) {
      Value later = emit.slice(x, axis, emit.longs(1), emit.longs(Long.MAX_VALUE));
      Value earlier = emit.slice(x, axis, emit.longs(0), emit.longs(-1));
      x = new Arithmetic(emit).binary(Operator.SUBTRACT, later, earlier);
    }
    return List.of(x);
  }

  /** {@code ops.diagonal}: the elements where two axes differ by an offset, as the last axis. */
  private static Value diagonal(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.input();
    int first = scope.axis(scope.get(AXIS_1));
    int second = scope.axis(scope.get(AXIS_2));
    if (first == second) {
      throw new LayerException(
              scope.name() + "() takes two axes, and both are " + first + " of " + x.type(), "")
          .about("axis2");
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, x.type().rank()).boxed().toList());
    order.removeAll(List.of(first, second));
    order.addAll(List.of(first, second));
    x = emit.transpose(x, order);
    int last = order.size() - 1;
    Dim rows = x.type().dim(-2);
    Dim columns = x.type().dim(-1);
    if (!rows.isFixed() || !columns.isFixed()) {
      throw new LayerException(
              scope.name()
                  + "() takes axes of fixed sizes, and these are "
                  + rows
                  + " and "
                  + columns,
              "")
          .aboutInput(0);
    }
    long offset = scope.get(OFFSET);
    long down = Math.max(0, -offset);
    long right = Math.max(0, offset);
    long count = Math.max(0, Math.min(rows.value() - down, columns.value() - right));
    List<Long> places = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      places.add((i + down) * columns.value() + i + right);
    }
    List<Dim> dims = new ArrayList<>(x.type().shape().dims().subList(0, last - 1));
    dims.add(rows.times(columns));
    return emit.gather(emit.reshape(x, dims), last - 1, emit.longs(places));
  }

  /** {@code ops.trace}: the sum of a diagonal. */
  private static List<Value> trace(LayerScope scope) {
    Value diagonal = diagonal(scope);
    ElementType type = diagonal.type().elementType();
    Value summed =
        type == ElementType.BOOL ? scope.emit().cast(diagonal, ElementType.I32) : diagonal;
    return List.of(
        scope
            .emit()
            .reduce(ReduceFunction.SUM, summed, List.of(diagonal.type().rank() - 1), false));
  }
}
