package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.PRelu;
import java.util.ArrayList;
import java.util.List;

/** Layers around activations: {@code Activation} and {@code PReLU}. */
final class ActivationLayers {
  private static final Argument<Activation> ACTIVATION =
      required("activation", ArgumentKinds.ACTIVATION);
  private static final Argument<Initializer> ALPHA_INITIALIZER =
      CommonArguments.initializer("alpha_initializer", "zeros");
  private static final Argument<Penalty> ALPHA_REGULARIZER =
      CommonArguments.regularizer("alpha_regularizer");
  private static final Argument<Penalty> ALPHA_CONSTRAINT =
      CommonArguments.constraint("alpha_constraint");
  private static final Argument<List<Long>> SHARED_AXES =
      optional("shared_axes", ArgumentKinds.INTEGERS);

  private ActivationLayers() {}

  static void register(LayerIndex index) {
    index.add(
        LayerKind.of(
            "activation",
            "Activation",
            scope -> List.of(scope.get(ACTIVATION).apply(scope, scope.input())),
            ACTIVATION));
    index.add(prelu("p_relu"));
    index.add(prelu("prelu"));
  }

  private static LayerKind prelu(String name) {
    return LayerKind.of(
        name,
        "PReLU",
        ActivationLayers::prelu,
        ALPHA_INITIALIZER,
        ALPHA_REGULARIZER,
        ALPHA_CONSTRAINT,
        SHARED_AXES);
  }

  /**
   * {@code PReLU}: {@code x < 0 ? alpha * x : x} (He et al. 2015) with a slope for every place
   * behind the batch, or for all places of the shared axes together.
   */
  private static List<Value> prelu(LayerScope scope) {
    Value x = scope.floatInput();
    int rank = x.type().rank();
    if (rank < 2) {
      throw new LayerException(
              scope.name() + "() takes a tensor [N, ..., size], and this is " + x.type(),
              "add an axis to it")
          .aboutInput(0);
    }
    List<Integer> shared = new ArrayList<>();
    for (long axis : scope.find(SHARED_AXES).orElse(List.of())) {
      int normal = scope.axis(axis);
      if (normal == 0) {
        throw new LayerException(
                "'shared_axes' of " + scope.name() + "() count from 1, as axis 0 is the batch", "")
            .about("shared_axes");
      }
      shared.add(normal);
    }
    List<Dim> shape = new ArrayList<>();
    for (int i = 1; i < rank; i++) {
      shape.add(shared.contains(i) ? Dim.ONE : Dim.of(open(scope, i)));
    }
    Value alpha =
        scope.weight("alpha", ALPHA_INITIALIZER, ALPHA_REGULARIZER, ALPHA_CONSTRAINT, x, shape);
    return List.of(scope.emit().add(new PRelu(), x, alpha));
  }

  private static long open(LayerScope scope, int axis) {
    if (!scope.input().type().dim(axis).isFixed()) {
      throw new LayerException(
              scope.name()
                  + "() has a slope for every place of axis "
                  + axis
                  + ", and its input is "
                  + scope.input().type(),
              "share the axis (shared_axes: [" + axis + "]) or give it a fixed size")
          .aboutInput(0);
    }
    return scope.fixed(axis);
  }
}
