package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;

/** Arguments that recurrent layers and their cells have. */
final class RecurrentArguments {
  private RecurrentArguments() {}

  static final Argument<Long> UNITS = required("units", ArgumentKinds.POSITIVE);
  static final Argument<Activation> ACTIVATION =
      CommonArguments.ACTIVATION.withDefault("tanh").orNone();
  static final Argument<Activation> RECURRENT_ACTIVATION =
      optional("recurrent_activation", ArgumentKinds.ACTIVATION, "sigmoid").orNone();
  static final Argument<Initializer> RECURRENT_INITIALIZER =
      CommonArguments.initializer("recurrent_initializer", "orthogonal");
  static final Argument<Boolean> UNIT_FORGET_BIAS =
      optional("unit_forget_bias", ArgumentKinds.FLAG, true);
  static final Argument<Penalty> RECURRENT_REGULARIZER =
      CommonArguments.regularizer("recurrent_regularizer");
  static final Argument<Penalty> RECURRENT_CONSTRAINT =
      CommonArguments.constraint("recurrent_constraint");
  static final Argument<Double> DROPOUT = optional("dropout", ArgumentKinds.FRACTION, 0.0);
  static final Argument<Double> RECURRENT_DROPOUT =
      optional("recurrent_dropout", ArgumentKinds.FRACTION, 0.0);
  static final Argument<Long> SEED = optional("seed", ArgumentKinds.INTEGER);
  static final Argument<Boolean> RESET_AFTER = optional("reset_after", ArgumentKinds.FLAG, true);
  static final Argument<Boolean> RETURN_SEQUENCES =
      optional("return_sequences", ArgumentKinds.FLAG, false);
  static final Argument<Boolean> RETURN_STATE = optional("return_state", ArgumentKinds.FLAG, false);
  static final Argument<Boolean> GO_BACKWARDS = optional("go_backwards", ArgumentKinds.FLAG, false);
  static final Argument<Boolean> STATEFUL = optional("stateful", ArgumentKinds.FLAG, false);
  static final Argument<Boolean> UNROLL = optional("unroll", ArgumentKinds.FLAG, false);
  static final Argument<Boolean> ZERO_OUTPUT_FOR_MASK =
      optional("zero_output_for_mask", ArgumentKinds.FLAG, false);
  static final Argument<Object> USE_CUDNN = optional("use_cudnn", ArgumentKinds.ANYTHING, "auto");

  /** Zeros {@code [batch, …]} of the batch and element type of a tensor. */
  static Value zeros(Emitter emit, Value x, List<Dim> sizes) {
    List<Dim> dims = new ArrayList<>(sizes);
    dims.add(0, x.type().dim(0));
    Value shape =
        Emitter.isBacked(dims)
            ? emit.dims(dims)
            : emit.concat(0, List.of(emit.sizeOf(x, 0), emit.dims(sizes)));
    return emit.expand(emit.scalarLike(x, 0), shape);
  }
}
