package dev.lathe.backend.onednn.host;

import dev.lathe.ir.op.RecurrentOp.Activation;
import java.util.function.DoubleUnaryOperator;

/** Loops over the activation functions of recurrent layers (ONNX {@code RNN}-14). */
final class RecurrentActivations {
  private RecurrentActivations() {}

  /** A loop that replaces the elements {@code from} to {@code to - 1}. */
  interface Loop {
    void apply(double[] x, int from, int to);
  }

  /**
   * The loop for an activation.
   *
   * @param exact whether results must be right in double precision
   * @throws IllegalArgumentException if there is no function of that name
   */
  static Loop of(Activation activation, boolean exact) {
    if (!exact && activation.name().equals("tanh")) {
      return (x, from, to) -> {
        for (int i = from; i < to; i++) {
          x[i] = FloatMath.tanh(x[i]);
        }
      };
    }
    if (!exact && activation.name().equals("sigmoid")) {
      return (x, from, to) -> {
        for (int i = from; i < to; i++) {
          x[i] = FloatMath.sigmoid(x[i]);
        }
      };
    }
    DoubleUnaryOperator function = exact(activation);
    return (x, from, to) -> {
      for (int i = from; i < to; i++) {
        x[i] = function.applyAsDouble(x[i]);
      }
    };
  }

  private static DoubleUnaryOperator exact(Activation activation) {
    double alpha = activation.alpha();
    double beta = activation.beta();
    return switch (activation.name()) {
      case "relu" -> x -> Math.max(x, 0);
      case "tanh" -> Math::tanh;
      case "sigmoid" -> DoubleMath::sigmoid;
      case "affine" -> x -> alpha * x + beta;
      case "leakyrelu" -> x -> x < 0 ? alpha * x : x;
      case "thresholdedrelu" -> x -> x >= alpha ? x : 0;
      case "scaledtanh" -> x -> alpha * Math.tanh(beta * x);
      case "hardsigmoid" -> x -> Math.max(0, Math.min(1, alpha * x + beta));
      case "elu" -> x -> x < 0 ? alpha * Math.expm1(x) : x;
      case "softsign" -> x -> x / (1 + Math.abs(x));
      case "softplus" -> DoubleMath::softplus;
      default ->
          throw new IllegalArgumentException(
              "there is no activation function '" + activation.name() + "'");
    };
  }
}
