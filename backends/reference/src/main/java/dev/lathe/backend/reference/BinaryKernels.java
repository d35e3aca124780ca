package dev.lathe.backend.reference;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.runtime.Tensor;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;

/** Elementwise ops of several operands, which broadcast to one shape. */
final class BinaryKernels {
  private BinaryKernels() {}

  static Tensor binary(BinaryFunction function, Call call) {
    ElementType type = call.operand(0).elementType();
    if (function.isComparison()) {
      return type.isFloat()
          ? compareFloats(function, call)
          : mapIntegers(call, (a, b) -> holds(function, Integers.compare(type, a, b)) ? 1 : 0);
    }
    if (type.isFloat()) {
      return mapFloats(call, onFloats(function));
    }
    ElementType exponent = call.operand(1).elementType();
    if (function == BinaryFunction.POW && (exponent.isFloat() || !exponent.isUnsigned())) {
      return powerOfIntegers(call, type);
    }
    return mapIntegers(call, onIntegers(function, type));
  }

  /** The elements of operand {@code index}, repeated to the shape of the result. */
  private static double[] doubles(Call call, int index) {
    long[] shape = call.results().get(0).shape().sizes();
    return Strided.expand(call.doubles(index), call.shape(index), shape);
  }

  private static long[] longs(Call call, int index) {
    long[] shape = call.results().get(0).shape().sizes();
    return Strided.expand(call.longs(index), call.shape(index), shape);
  }

  private static Tensor mapFloats(Call call, DoubleBinaryOperator function) {
    double[] a = doubles(call, 0);
    double[] b = doubles(call, 1);
    double[] results = new double[a.length];
    call.workers()
        .forRanges(
            a.length,
            (from, to) -> {
              for (int i = from; i < to; i++) {
                results[i] = function.applyAsDouble(a[i], b[i]);
              }
            });
    return call.result(results);
  }

  private static Tensor mapIntegers(Call call, LongBinaryOperator function) {
    long[] a = longs(call, 0);
    long[] b = longs(call, 1);
    long[] results = new long[a.length];
    for (int i = 0; i < a.length; i++) {
      results[i] = function.applyAsLong(a[i], b[i]);
    }
    return call.result(results);
  }

  /** Every comparison with NaN is false, but that of being unequal. */
  private static Tensor compareFloats(BinaryFunction function, Call call) {
    double[] a = doubles(call, 0);
    double[] b = doubles(call, 1);
    long[] results = new long[a.length];
    for (int i = 0; i < a.length; i++) {
      boolean unordered = Double.isNaN(a[i]) || Double.isNaN(b[i]);
      // Unlike Double.compare, this takes the two zeros for equal.
      int order = a[i] < b[i] ? -1 : a[i] > b[i] ? 1 : 0;
      boolean holds = unordered ? function == BinaryFunction.NOT_EQUAL : holds(function, order);
      results[i] = holds ? 1 : 0;
    }
    return call.result(results);
  }

  private static boolean holds(BinaryFunction comparison, int order) {
    return switch (comparison) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
      case ADD,
          SUB,
          MUL,
          DIV,
          MOD,
          REM,
          POW,
          MIN,
          MAX,
          AND,
          OR,
          XOR,
          BITWISE_AND,
          BITWISE_OR,
          BITWISE_XOR,
          SHIFT_LEFT,
          SHIFT_RIGHT ->
          throw new IllegalStateException(comparison.text() + " is not a comparison");
    };
  }

  private static DoubleBinaryOperator onFloats(BinaryFunction function) {
    return switch (function) {
      case ADD -> (a, b) -> a + b;
      case SUB -> (a, b) -> a - b;
      case MUL -> (a, b) -> a * b;
      case DIV -> (a, b) -> a / b;
      case MOD -> Functions::floorMod;
      case REM -> (a, b) -> a % b;
      case POW -> Functions::pow;
      case MIN -> Math::min;
      case MAX -> Math::max;
      case EQUAL,
          NOT_EQUAL,
          LESS,
          LESS_OR_EQUAL,
          GREATER,
          GREATER_OR_EQUAL,
          AND,
          OR,
          XOR,
          BITWISE_AND,
          BITWISE_OR,
          BITWISE_XOR,
          SHIFT_LEFT,
          SHIFT_RIGHT ->
          throw new IllegalStateException(function.text() + " does not give floats");
    };
  }

  private static LongBinaryOperator onIntegers(BinaryFunction function, ElementType type) {
    return switch (function) {
      case ADD -> (a, b) -> a + b;
      case SUB -> (a, b) -> a - b;
      case MUL -> (a, b) -> a * b;
      case DIV -> (a, b) -> Integers.divide(type, a, b);
      case MOD -> (a, b) -> Integers.floorMod(type, a, b);
      case REM -> (a, b) -> Integers.remainder(type, a, b);
      case POW -> Integers::pow;
      case MIN -> (a, b) -> Integers.min(type, a, b);
      case MAX -> (a, b) -> Integers.max(type, a, b);
      case AND, BITWISE_AND -> (a, b) -> a & b;
      case OR, BITWISE_OR -> (a, b) -> a | b;
      case XOR, BITWISE_XOR -> (a, b) -> a ^ b;
      case SHIFT_LEFT -> (a, b) -> Integers.shiftLeft(type, a, b);
      case SHIFT_RIGHT -> (a, b) -> Integers.shiftRight(type, a, b);
      case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
          throw new IllegalStateException(function.text() + " gives bool");
    };
  }

  /** Exact and wrapping for natural exponents; for others the real power, truncated. */
  private static Tensor powerOfIntegers(Call call, ElementType type) {
    long[] a = longs(call, 0);
    double[] b = doubles(call, 1);
    long[] results = new long[a.length];
    for (int i = 0; i < a.length; i++) {
      boolean natural = b[i] >= 0 && b[i] == Math.rint(b[i]) && b[i] < 0x1p63;
      results[i] =
          natural
              ? Integers.pow(a[i], (long) b[i])
              : Integers.fromDouble(type, Functions.pow(Integers.toDouble(type, a[i]), b[i]));
    }
    return call.result(results);
  }

  static Tensor prelu(Call call) {
    if (!call.operand(0).elementType().isFloat()) {
      return mapIntegers(call, (x, slope) -> x < 0 ? slope * x : x);
    }
    return mapFloats(call, (x, slope) -> x < 0 ? slope * x : x);
  }

  static Tensor where(Call call) {
    long[] condition = longs(call, 0);
    if (call.elementType().isFloat()) {
      double[] x = doubles(call, 1);
      double[] y = doubles(call, 2);
      double[] results = new double[condition.length];
      for (int i = 0; i < results.length; i++) {
        results[i] = condition[i] != 0 ? x[i] : y[i];
      }
      return call.result(results);
    }
    long[] x = longs(call, 1);
    long[] y = longs(call, 2);
    long[] results = new long[condition.length];
    for (int i = 0; i < results.length; i++) {
      results[i] = condition[i] != 0 ? x[i] : y[i];
    }
    return call.result(results);
  }
}
