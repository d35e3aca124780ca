package dev.lathe.backend.reference;

import dev.lathe.ir.op.RecurrentOp.Activation;
import java.util.function.DoubleUnaryOperator;

/** The activation functions of recurrent layers (ONNX {@code RNN}-14). */
final class Activations {
  private Activations() {}

  /**
   * @throws IllegalArgumentException if there is no function of that name
   */
  static DoubleUnaryOperator of(Activation activation) {
    double alpha = activation.alpha();
    double beta = activation.beta();
    return switch (activation.name()) {
      case "relu" -> x -> Math.max(x, 0);
      case "tanh" -> Math::tanh;
      case "sigmoid" -> Functions::sigmoid;
      case "affine" -> x -> alpha * x + beta;
      case "leakyrelu" -> x -> x < 0 ? alpha * x : x;
      case "thresholdedrelu" -> x -> x >= alpha ? x : 0;
      case "scaledtanh" -> x -> alpha * Math.tanh(beta * x);
      case "hardsigmoid" -> x -> Math.max(0, Math.min(1, alpha * x + beta));
      case "elu" -> x -> x < 0 ? alpha * Math.expm1(x) : x;
      case "softsign" -> x -> x / (1 + Math.abs(x));
      case "softplus" -> Functions::softplus;
      default ->
          throw new IllegalArgumentException(
              "there is no activation function '"
                  + activation.name()
                  + "'; there are relu tanh sigmoid affine leakyrelu thresholdedrelu scaledtanh"
                  + " hardsigmoid elu softsign softplus");
    };
  }
}
