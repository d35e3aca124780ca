package dev.lathe.backend.onednn.host;

import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.Celu;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.Elu;
import dev.lathe.ir.op.ElementwiseOp.Gelu;
import dev.lathe.ir.op.ElementwiseOp.HardSigmoid;
import dev.lathe.ir.op.ElementwiseOp.IsInf;
import dev.lathe.ir.op.ElementwiseOp.LeakyRelu;
import dev.lathe.ir.op.ElementwiseOp.Selu;
import dev.lathe.ir.op.ElementwiseOp.Shrink;
import dev.lathe.ir.op.ElementwiseOp.ThresholdedRelu;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryOp;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Loops over functions of one number that have parameters. */
final class UnaryParameterized {
  private UnaryParameterized() {}

  /** The loop for an op on f32, f16 and bf16, or null for an op that has no parameters. */
  static UnaryFunctions.@Nullable OnFloats onFloats(UnaryOp op) {
    return switch (op) {
      case LeakyRelu(float alpha) ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Math.max(x[i], 0) + alpha * Math.min(x[i], 0);
            }
          };
      case Elu(float alpha) -> elu(alpha, 1);
      case Selu(float alpha, float gamma) -> elu(alpha, gamma);
      case Celu(float alpha) ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              double e = alpha * FloatMath.expm1((double) x[i] / alpha);
              x[i] = (float) (Math.max(x[i], 0) + Math.min(e, 0));
            }
          };
      case HardSigmoid(float alpha, float beta) ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Math.max(0, Math.min(1, alpha * x[i] + beta));
            }
          };
      case ThresholdedRelu(float alpha) ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = x[i] > alpha ? x[i] : 0;
            }
          };
      case Shrink(float lambd, float bias) ->
          (x, spare, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = x[i] < -lambd ? x[i] + bias : x[i] > lambd ? x[i] - bias : 0;
            }
          };
      case Gelu(boolean tanh) -> gelu(tanh);
      case Clamp clamp -> {
        float low = (float) clamp.min();
        float high = (float) clamp.max();
        yield (x, spare, n) -> {
          for (int i = 0; i < n; i++) {
            x[i] = Math.min(high, Math.max(low, x[i]));
          }
        };
      }
      case Unary ignored -> null;
      case IsInf ignored -> null;
      case Cast ignored -> null;
    };
  }

  private static UnaryFunctions.OnFloats elu(double alpha, double gamma) {
    return (x, spare, n) -> {
      for (int i = 0; i < n; i++) {
        double e = alpha * FloatMath.expm1(Math.min(x[i], 0));
        x[i] = (float) (gamma * (Math.max(x[i], 0) + e));
      }
    };
  }

  private static UnaryFunctions.OnFloats gelu(boolean tanh) {
    if (tanh) {
      return (x, spare, n) -> {
        for (int i = 0; i < n; i++) {
          x[i] = (float) FloatMath.geluTanh(x[i]);
        }
      };
    }
    return (x, spare, n) -> {
      for (int i = 0; i < n; i++) {
        spare[i] = FloatMath.exp(-0.5 * x[i] * x[i]);
      }
      for (int i = 0; i < n; i++) {
        x[i] = (float) FloatMath.gelu(x[i], spare[i]);
      }
    };
  }

  /** The function in double precision, or null for an op that has no parameters. */
  static @Nullable DoubleUnaryOperator exact(UnaryOp op) {
    return switch (op) {
      case LeakyRelu(float alpha) -> x -> x < 0 ? alpha * x : x;
      case Elu(float alpha) -> x -> x < 0 ? alpha * Math.expm1(x) : x;
      case Selu(float alpha, float gamma) ->
          x -> gamma * (x <= 0 ? (double) alpha * Math.expm1(x) : x);
      case Celu(float alpha) -> x -> Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
      case HardSigmoid(float alpha, float beta) -> x -> Math.max(0, Math.min(1, alpha * x + beta));
      case ThresholdedRelu(float alpha) -> x -> x > alpha ? x : 0;
      case Shrink(float lambd, float bias) -> x -> x < -lambd ? x + bias : x > lambd ? x - bias : 0;
      case Gelu(boolean tanh) -> tanh ? DoubleMath::geluTanh : DoubleMath::gelu;
      case Clamp(double low, double high) -> x -> Math.min(high, Math.max(low, x));
      case Unary ignored -> null;
      case IsInf ignored -> null;
      case Cast ignored -> null;
    };
  }
}
