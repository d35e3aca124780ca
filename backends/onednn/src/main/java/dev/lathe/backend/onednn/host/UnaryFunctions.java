package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryOp;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Loops over functions of one number. Each replaces the first {@code n} elements of an array. */
final class UnaryFunctions {
  private UnaryFunctions() {}

  /** A loop on {@code float}. */
  interface OnFloats {
    /**
     * Replaces the first {@code n} elements.
     *
     * @param spare as long, for what is left from one loop to the next: a loop of more than some
     *     forty operations is not vectorised
     */
    void apply(float[] x, double[] spare, int n);
  }

  /** A loop on {@code double}. */
  interface OnDoubles {
    void apply(double[] x, int n);
  }

  /** A loop on integers in {@code long}. */
  interface OnLongs {
    void apply(long[] x, int n);
  }

  /** The loop for an op on f32, f16 and bf16, or null for an op that is none of one number. */
  static @Nullable OnFloats onFloats(UnaryOp op) {
    return switch (op) {
      case ElementwiseOp.Unary(UnaryFunction function) -> onFloats(function);
      default -> UnaryParameterized.onFloats(op);
    };
  }

  private static @Nullable OnFloats onFloats(UnaryFunction function) {
    return switch (function) {
      case ABS ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Math.abs(x[i]);
            }
          };
      case NEG ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = -x[i];
            }
          };
      case SIGN ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Math.signum(x[i]);
            }
          };
      case CEIL ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = (float) Math.ceil(x[i]);
            }
          };
      case FLOOR ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = (float) Math.floor(x[i]);
            }
          };
      case ROUND ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = (float) Math.rint(x[i]);
            }
          };
      case SQRT ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = (float) Math.sqrt(x[i]);
            }
          };
      case RECIPROCAL ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = 1 / x[i];
            }
          };
      case RELU ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Math.max(x[i], 0);
            }
          };
      case SOFTSIGN ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = x[i] / (1 + Math.abs(x[i]));
            }
          };
      case HARD_SWISH ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = x[i] * Math.max(0, Math.min(1, x[i] * (1f / 6) + 0.5f));
            }
          };
      case EXP, ERF, TANH, SIGMOID, SOFTPLUS, SILU, MISH -> onExponentials(function);
      case LOG, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH, ASINH, ACOSH, ATANH -> {
        DoubleUnaryOperator exact = exact(function);
        yield exact == null
            ? null
            : (x, spare, n) -> {
              for (int i = 0; i < n; i++) {
                x[i] = (float) exact.applyAsDouble(x[i]);
              }
            };
      }
      case NOT, BITWISE_NOT, IS_NAN -> null;
    };
  }

  private static @Nullable OnFloats onExponentials(UnaryFunction function) {
    return switch (function) {
      case EXP ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = (float) FloatMath.exp(x[i]);
            }
          };
      case ERF ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = (float) FloatMath.erf(x[i]);
            }
          };
      case TANH ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = (float) FloatMath.tanh(x[i]);
            }
          };
      case SIGMOID ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = (float) FloatMath.sigmoid(x[i]);
            }
          };
      case SOFTPLUS ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              spare[i] = FloatMath.exp(-Math.abs(x[i]));
            }
            for (int i = 0; i < n; i++) {
              x[i] = (float) (Math.max(x[i], 0) + FloatMath.log1p(spare[i]));
            }
          };
      case SILU ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = (float) FloatMath.silu(x[i]);
            }
          };
      case MISH ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = (float) FloatMath.mish(x[i]);
            }
          };
      default -> null;
    };
  }

  /** The loop for an op on f64, or null for an op that is none of one number. */
  static @Nullable OnDoubles onDoubles(UnaryOp op) {
    DoubleUnaryOperator exact =
        switch (op) {
          case ElementwiseOp.Unary(UnaryFunction function) -> exact(function);
          default -> UnaryParameterized.exact(op);
        };
    if (exact == null) {
      return null;
    }
    return (x, n) -> {
      for (int i = 0; i < n; i++) {
        x[i] = exact.applyAsDouble(x[i]);
      }
    };
  }

  /** The function in double precision, or null for one that is not on floats. */
  private static @Nullable DoubleUnaryOperator exact(UnaryFunction function) {
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
      case ERF -> DoubleMath::erf;
      case SIN -> Math::sin;
      case COS -> Math::cos;
      case TAN -> Math::tan;
      case ASIN -> Math::asin;
      case ACOS -> Math::acos;
      case ATAN -> Math::atan;
      case SINH -> Math::sinh;
      case COSH -> Math::cosh;
      case ASINH -> DoubleMath::asinh;
      case ACOSH -> DoubleMath::acosh;
      case ATANH -> DoubleMath::atanh;
      case TANH -> Math::tanh;
      case SIGMOID -> DoubleMath::sigmoid;
      case RELU -> x -> Math.max(x, 0);
      case SOFTPLUS -> DoubleMath::softplus;
      case SOFTSIGN -> x -> x / (1 + Math.abs(x));
      case SILU -> x -> x * DoubleMath.sigmoid(x);
      case MISH -> x -> x * Math.tanh(DoubleMath.softplus(x));
      case HARD_SWISH -> x -> x * Math.max(0, Math.min(1, x / 6 + 0.5));
      case NOT, BITWISE_NOT, IS_NAN -> null;
    };
  }

  /** The loop for an op on an integer type or bool, or null for an op that is not on integers. */
  static @Nullable OnLongs onLongs(UnaryOp op, ElementType type) {
    return switch (op) {
      case Clamp clamp -> clamp(clamp, type);
      case ElementwiseOp.Unary(UnaryFunction function) -> onLongs(function, type);
      default -> null;
    };
  }

  private static @Nullable OnLongs onLongs(UnaryFunction function, ElementType type) {
    boolean unsigned = type.isUnsigned();
    return switch (function) {
      case ABS ->
          (x, n) -> {
            for (int i = 0; i < n && !unsigned; i++) {
              x[i] = Math.abs(x[i]);
            }
          };
      case NEG ->
          (x, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = -x[i];
            }
          };
      case SIGN ->
          (x, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = unsigned ? (x[i] == 0 ? 0 : 1) : Long.signum(x[i]);
            }
          };
      case RELU ->
          (x, n) -> {
            for (int i = 0; i < n && !unsigned; i++) {
              x[i] = Math.max(x[i], 0);
            }
          };
      case NOT ->
          (x, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = x[i] == 0 ? 1 : 0;
            }
          };
      case BITWISE_NOT ->
          (x, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = ~x[i];
            }
          };
      default -> null;
    };
  }

  /** Bounds are the nearest integers inside those given, brought into the range of the type. */
  private static OnLongs clamp(Clamp op, ElementType type) {
    // With the sign bit flipped, unsigned order is signed order.
    long flip = type == ElementType.U64 ? Long.MIN_VALUE : 0;
    long low = Integers.saturate(type, Math.ceil(op.min())) ^ flip;
    long high = Integers.saturate(type, Math.floor(op.max())) ^ flip;
    return (x, n) -> {
      for (int i = 0; i < n; i++) {
        x[i] = Math.min(high, Math.max(low, x[i] ^ flip)) ^ flip;
      }
    };
  }
}
