package dev.lathe.backend.reference;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.runtime.Tensor;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;

/** Elementwise ops of one operand. */
final class UnaryKernels {
  private UnaryKernels() {}

  static Tensor unary(UnaryFunction function, Call call) {
    if (function == UnaryFunction.IS_NAN) {
      return test(call, Double::isNaN);
    }
    ElementType type = call.operand(0).elementType();
    return type.isFloat()
        ? map(call, onFloats(function))
        : mapIntegers(call, onIntegers(function, type));
  }

  /** Applies a function to each element. */
  static Tensor map(Call call, DoubleUnaryOperator function) {
    double[] values = call.doubles(0);
    call.workers()
        .forRanges(
            values.length,
            (from, to) -> {
              for (int i = from; i < to; i++) {
                values[i] = function.applyAsDouble(values[i]);
              }
            });
    return call.result(values);
  }

  private static Tensor mapIntegers(Call call, LongUnaryOperator function) {
    long[] values = call.longs(0);
    for (int i = 0; i < values.length; i++) {
      values[i] = function.applyAsLong(values[i]);
    }
    return call.result(values);
  }

  /** Whether each element fulfils a condition, as bool. */
  static Tensor test(Call call, DoublePredicate condition) {
    double[] values = call.doubles(0);
    long[] results = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      results[i] = condition.test(values[i]) ? 1 : 0;
    }
    return call.result(results);
  }

  private static DoubleUnaryOperator onFloats(UnaryFunction function) {
    return switch (function) {
      case ABS -> Math::abs;
      case NEG -> x -> -x;
      case SIGN -> Math::signum;
      case CEIL -> Math::ceil;
      case FLOOR -> Math::floor;
      case ROUND -> Math::rint;
      case EXP -> Math::exp;
      case LOG -> Math::log;
      case SQRT -> Math::sqrt;
      case RECIPROCAL -> x -> 1 / x;
      case ERF -> Functions::erf;
      case SIN -> Math::sin;
      case COS -> Math::cos;
      case TAN -> Math::tan;
      case ASIN -> Math::asin;
      case ACOS -> Math::acos;
      case ATAN -> Math::atan;
      case SINH -> Math::sinh;
      case COSH -> Math::cosh;
      case ASINH -> Functions::asinh;
      case ACOSH -> Functions::acosh;
      case ATANH -> Functions::atanh;
      case TANH -> Math::tanh;
      case SIGMOID -> Functions::sigmoid;
      case RELU -> x -> Math.max(x, 0);
      case SOFTPLUS -> Functions::softplus;
      case SOFTSIGN -> x -> x / (1 + Math.abs(x));
      case SILU -> x -> x * Functions.sigmoid(x);
      case MISH -> x -> x * Math.tanh(Functions.softplus(x));
      case HARD_SWISH -> x -> x * Math.max(0, Math.min(1, x / 6 + 0.5));
      case NOT, BITWISE_NOT, IS_NAN -> throw undefined(function, "floats");
    };
  }

  private static LongUnaryOperator onIntegers(UnaryFunction function, ElementType type) {
    return switch (function) {
      case ABS -> type.isUnsigned() ? x -> x : Math::abs;
      case NEG -> x -> -x;
      case SIGN -> type == ElementType.U64 ? x -> x == 0 ? 0 : 1 : Long::signum;
      case RELU -> type.isUnsigned() ? x -> x : x -> Math.max(x, 0);
      case NOT -> x -> 1 - x;
      case BITWISE_NOT -> x -> ~x;
      case CEIL,
          FLOOR,
          ROUND,
          EXP,
          LOG,
          SQRT,
          RECIPROCAL,
          ERF,
          SIN,
          COS,
          TAN,
          ASIN,
          ACOS,
          ATAN,
          SINH,
          COSH,
          ASINH,
          ACOSH,
          ATANH,
          TANH,
          SIGMOID,
          SOFTPLUS,
          SOFTSIGN,
          SILU,
          MISH,
          HARD_SWISH,
          IS_NAN ->
          throw undefined(function, "integers");
    };
  }

  private static IllegalStateException undefined(UnaryFunction function, String what) {
    return new IllegalStateException(function.text() + " is not defined on " + what);
  }

  /** Integers are compared with the nearest integers inside the bounds. */
  static Tensor clamp(Clamp op, Call call) {
    ElementType type = call.operand(0).elementType();
    if (type.isFloat()) {
      return map(call, x -> Math.min(op.max(), Math.max(op.min(), x)));
    }
    long low = Integers.saturate(type, Math.ceil(op.min()));
    long high = Integers.saturate(type, Math.floor(op.max()));
    return mapIntegers(call, x -> Integers.min(type, high, Integers.max(type, low, x)));
  }

  /**
   * Floats truncate to 64 bits (NaN to 0) and wrap to narrower integers; integers wrap; to bool is
   * whether not zero.
   */
  static Tensor cast(ElementType to, Call call) {
    ElementType from = call.operand(0).elementType();
    if (from.isFloat()) {
      double[] values = call.doubles(0);
      if (to.isFloat()) {
        return call.result(values);
      }
      long[] results = new long[values.length];
      for (int i = 0; i < values.length; i++) {
        results[i] =
            to == ElementType.BOOL ? (values[i] != 0 ? 1 : 0) : Integers.fromDouble(to, values[i]);
      }
      return call.result(results);
    }
    long[] values = call.longs(0);
    if (!to.isFloat()) {
      return call.result(values);
    }
    double[] results = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      // A long that is rounded to f32 by way of double may be rounded twice.
      boolean direct = to == ElementType.F32 && from == ElementType.I64;
      results[i] = direct ? (float) values[i] : Integers.toDouble(from, values[i]);
    }
    return call.result(results);
  }
}
