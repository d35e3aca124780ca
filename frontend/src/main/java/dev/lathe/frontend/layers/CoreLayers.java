package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.required;
import static dev.lathe.frontend.layers.CommonArguments.ACTIVATION;
import static dev.lathe.frontend.layers.CommonArguments.ACTIVITY_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.USE_BIAS;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.LinalgOp.MatMul;
import java.util.List;

/** Layers of weights and a product: {@code Dense} and its relatives. */
final class CoreLayers {
  private static final Argument<Long> UNITS = required("units", ArgumentKinds.POSITIVE);

  private CoreLayers() {}

  static void register(LayerIndex index) {
    index.add(
        LayerKind.of(
            "dense",
            "Dense",
            CoreLayers::dense,
            UNITS,
            ACTIVATION,
            USE_BIAS,
            KERNEL_INITIALIZER,
            BIAS_INITIALIZER,
            KERNEL_REGULARIZER,
            BIAS_REGULARIZER,
            ACTIVITY_REGULARIZER,
            KERNEL_CONSTRAINT,
            BIAS_CONSTRAINT));
  }

  /** {@code Dense}: {@code [..., D]} times a kernel {@code [D, units]}, plus a bias. */
  private static List<Value> dense(LayerScope scope) {
    Value x = scope.floatInput();
    int rank = x.type().rank();
    if (rank < 2) {
      throw new LayerException(
              "dense() takes a tensor [..., size], and this is " + x.type(), "add an axis to it")
          .aboutInput(0);
    }
    Dim units = Dim.of(scope.get(UNITS));
    Value kernel =
        scope.weight(
            "kernel",
            KERNEL_INITIALIZER,
            KERNEL_REGULARIZER,
            KERNEL_CONSTRAINT,
            x,
            List.of(Dim.of(scope.fixed(rank - 1)), units));
    Value y = scope.emit().add(new MatMul(false, false), x, kernel);
    if (scope.get(USE_BIAS)) {
      Value bias =
          scope.weight(
              "bias", BIAS_INITIALIZER, BIAS_REGULARIZER, BIAS_CONSTRAINT, x, List.of(units));
      y = scope.emit().plus(y, bias);
    }
    return List.of(activated(scope, y));
  }

  /** The activation of a layer applied to its result. */
  static Value activated(LayerScope scope, Value y) {
    return scope.find(ACTIVATION).map(function -> function.apply(scope, y)).orElse(y);
  }
}
