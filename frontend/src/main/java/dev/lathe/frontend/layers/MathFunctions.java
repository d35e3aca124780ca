package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.frontend.layers.Arithmetic.Operator;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.IsInf;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;

/** Functions of elements. */
final class MathFunctions {
  private static final Argument<ElementType> DTYPE = required("dtype", ArgumentKinds.DTYPE);

  private MathFunctions() {}

  static void register(LayerIndex index) {
    unaries(index);
    binaries(index);
    others(index);
  }

  private static void unaries(LayerIndex index) {
    numeric(index, "abs", UnaryFunction.ABS);
    numeric(index, "absolute", UnaryFunction.ABS);
    index.add(Functions.of("negative", scope -> List.of(arithmetic(scope).negate(scope.input()))));
    index.add(Functions.of("neg", scope -> List.of(arithmetic(scope).negate(scope.input()))));
    numeric(index, "sign", UnaryFunction.SIGN);
    unary(index, "floor", UnaryFunction.FLOOR);
    unary(index, "ceil", UnaryFunction.CEIL);
    unary(index, "round", UnaryFunction.ROUND);
    unary(index, "exp", UnaryFunction.EXP);
    unary(index, "log", UnaryFunction.LOG);
    unary(index, "sqrt", UnaryFunction.SQRT);
    unary(index, "reciprocal", UnaryFunction.RECIPROCAL);
    unary(index, "sin", UnaryFunction.SIN);
    unary(index, "cos", UnaryFunction.COS);
    unary(index, "tan", UnaryFunction.TAN);
    unary(index, "asin", UnaryFunction.ASIN);
    unary(index, "arcsin", UnaryFunction.ASIN);
    unary(index, "acos", UnaryFunction.ACOS);
    unary(index, "arccos", UnaryFunction.ACOS);
    unary(index, "atan", UnaryFunction.ATAN);
    unary(index, "arctan", UnaryFunction.ATAN);
    unary(index, "sinh", UnaryFunction.SINH);
    unary(index, "cosh", UnaryFunction.COSH);
    unary(index, "asinh", UnaryFunction.ASINH);
    unary(index, "arcsinh", UnaryFunction.ASINH);
    unary(index, "acosh", UnaryFunction.ACOSH);
    unary(index, "arccosh", UnaryFunction.ACOSH);
    unary(index, "atanh", UnaryFunction.ATANH);
    unary(index, "arctanh", UnaryFunction.ATANH);
    unary(index, "erf", UnaryFunction.ERF);
    formula(
        index,
        "rsqrt",
        (emit, x) -> emit.unary(UnaryFunction.RECIPROCAL, emit.unary(UnaryFunction.SQRT, x)));
    formula(index, "log1p", MathFunctions::log1p);
    formula(index, "expm1", MathFunctions::expm1);
    formula(index, "log2", (emit, x) -> logarithm(emit, x, 2));
    formula(index, "log10", (emit, x) -> logarithm(emit, x, 10));
    index.add(
        Functions.of(
            "square",
            scope -> List.of(arithmetic(scope).binary(Operator.MULTIPLY, x(scope), x(scope)))));
  }

  private static void others(LayerIndex index) {
    index.add(Functions.of("logical_not", scope -> List.of(arithmetic(scope).not(scope.input()))));
    index.add(alsoNamed(index, "isnan", "is_nan", MathFunctions::isNan));
    index.add(alsoNamed(index, "isinf", "is_inf", MathFunctions::isInf));
    index.add(alsoNamed(index, "isfinite", "is_finite", MathFunctions::isFinite));
    index.add(
        LayerKind.of("clip", "ops.clip", MathFunctions::clip).withInputs(3, "x", "x_min", "x_max"));
    index.add(
        LayerKind.of("where", "ops.where", MathFunctions::where)
            .withInputs(3, "condition", "x1", "x2"));
    index.add(
        Functions.of(
            "cast",
            scope -> List.of(Promotion.to(scope.emit(), scope.get(DTYPE), scope.input())),
            DTYPE));
    index.add(
        LayerKind.of("stop_gradient", "ops.stop_gradient", scope -> List.of(scope.input()))
            .withInputs(1, "variable"));
  }

  private static void binaries(LayerIndex index) {
    binary(index, "add", Operator.ADD);
    binary(index, "subtract", Operator.SUBTRACT);
    binary(index, "multiply", Operator.MULTIPLY);
    binary(index, "divide", Operator.DIVIDE);
    binary(index, "true_divide", Operator.DIVIDE);
    binary(index, "floor_divide", Operator.FLOOR_DIVIDE);
    binary(index, "mod", Operator.MODULO);
    binary(index, "power", Operator.POWER);
    binary(index, "maximum", Operator.MAXIMUM);
    binary(index, "minimum", Operator.MINIMUM);
    binary(index, "matmul", Operator.MATMUL);
    binary(index, "equal", Operator.EQUAL);
    binary(index, "not_equal", Operator.NOT_EQUAL);
    binary(index, "less", Operator.LESS);
    binary(index, "less_equal", Operator.LESS_EQUAL);
    binary(index, "greater", Operator.GREATER);
    binary(index, "greater_equal", Operator.GREATER_EQUAL);
    binary(index, "logical_and", Operator.AND);
    binary(index, "logical_or", Operator.OR);
    binary(index, "logical_xor", Operator.XOR);
  }

  private static LayerKind alsoNamed(
      LayerIndex index, String name, String other, BiFunction<Emitter, Value, Value> formula) {
    LayerKind kind =
        Functions.of(name, scope -> List.of(formula.apply(scope.emit(), scope.floatInput())));
    index.add(kind);
    return Functions.alias(other, kind);
  }

  private static Arithmetic arithmetic(LayerScope scope) {
    return new Arithmetic(scope.emit());
  }

  private static Value x(LayerScope scope) {
    return Promotion.settled(scope.emit(), scope.input());
  }

  private static void binary(LayerIndex index, String name, Operator operator) {
    index.add(
        Functions.ofTwo(
            name,
            scope ->
                List.of(
                    arithmetic(scope)
                        .binary(operator, scope.inputs().get(0), scope.inputs().get(1)))));
  }

  /** A function of any numbers; bools are 0 and 1. */
  private static void numeric(LayerIndex index, String name, UnaryFunction function) {
    index.add(
        Functions.of(
            name,
            scope -> {
              Value x = x(scope);
              boolean bool = x.type().elementType() == ElementType.BOOL;
              return List.of(
                  scope.emit().unary(function, bool ? scope.emit().cast(x, ElementType.I32) : x));
            }));
  }

  /** A function of floats; integers become f32. */
  private static void unary(LayerIndex index, String name, UnaryFunction function) {
    formula(index, name, (emit, x) -> emit.unary(function, x));
  }

  private static void formula(
      LayerIndex index, String name, BiFunction<Emitter, Value, Value> formula) {
    index.add(
        Functions.of(name, scope -> List.of(formula.apply(scope.emit(), scope.floats(x(scope))))));
  }

  /** {@code log(1 + x)}; near zero {@code 2 atanh(x / (x + 2))}, which loses no digits. */
  private static Value log1p(Emitter emit, Value x) {
    Value ratio = emit.over(x, emit.plus(x, emit.scalarLike(x, 2)));
    Value near = emit.times(emit.unary(UnaryFunction.ATANH, ratio), emit.scalarLike(x, 2));
    Value far = emit.unary(UnaryFunction.LOG, emit.plus(x, emit.scalarLike(x, 1)));
    Value size = emit.unary(UnaryFunction.ABS, x);
    return emit.where(emit.binary(BinaryFunction.LESS, size, emit.scalarLike(x, 0.5)), near, far);
  }

  /** {@code exp(x) - 1 = tanh(x / 2) * (exp(x) + 1)}, which loses no digits near zero. */
  private static Value expm1(Emitter emit, Value x) {
    Value half = emit.unary(UnaryFunction.TANH, emit.times(x, emit.scalarLike(x, 0.5)));
    return emit.times(half, emit.plus(emit.unary(UnaryFunction.EXP, x), emit.scalarLike(x, 1)));
  }

  private static Value logarithm(Emitter emit, Value x, double base) {
    return emit.times(emit.unary(UnaryFunction.LOG, x), emit.scalarLike(x, 1 / Math.log(base)));
  }

  private static Value isNan(Emitter emit, Value x) {
    return emit.unary(UnaryFunction.IS_NAN, x);
  }

  private static Value isInf(Emitter emit, Value x) {
    return emit.add(new IsInf(true, true), x);
  }

  private static Value isFinite(Emitter emit, Value x) {
    return emit.unary(
        UnaryFunction.NOT, emit.binary(BinaryFunction.OR, isNan(emit, x), isInf(emit, x)));
  }

  /** {@code ops.clip}: elements moved between two bounds, numbers or tensors. */
  private static List<Value> clip(LayerScope scope) {
    Emitter emit = scope.emit();
    ElementType joined = Promotion.join(scope.inputs());
    ElementType type = joined == ElementType.BOOL ? ElementType.I32 : joined;
    Value x = Promotion.to(emit, type, scope.input());
    Value low = scope.inputs().get(1);
    Value high = scope.inputs().get(2);
    if (Promotion.isWritten(low) && Promotion.isWritten(high)) {
      return List.of(emit.add(new Clamp(written(low), written(high)), x));
    }
    Value raised = emit.binary(BinaryFunction.MAX, x, Promotion.to(emit, type, low));
    return List.of(emit.binary(BinaryFunction.MIN, raised, Promotion.to(emit, type, high)));
  }

  private static double written(Value number) {
    ConstantData data = Objects.requireNonNull(number.constant());
    return data.getDouble(0);
  }

  /** {@code ops.where}: elements of one tensor where a condition holds, of another elsewhere. */
  private static List<Value> where(LayerScope scope) {
    Emitter emit = scope.emit();
    List<Value> both = Promotion.promote(emit, scope.inputs().subList(1, 3));
    Value condition = emit.cast(scope.input(), ElementType.BOOL);
    return List.of(emit.where(condition, both.get(0), both.get(1)));
  }
}
