package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.CommonArguments.ACTIVITY_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.USE_BIAS;
import static dev.lathe.frontend.layers.RecurrentArguments.ACTIVATION;
import static dev.lathe.frontend.layers.RecurrentArguments.DROPOUT;
import static dev.lathe.frontend.layers.RecurrentArguments.GO_BACKWARDS;
import static dev.lathe.frontend.layers.RecurrentArguments.RECURRENT_ACTIVATION;
import static dev.lathe.frontend.layers.RecurrentArguments.RECURRENT_CONSTRAINT;
import static dev.lathe.frontend.layers.RecurrentArguments.RECURRENT_DROPOUT;
import static dev.lathe.frontend.layers.RecurrentArguments.RECURRENT_INITIALIZER;
import static dev.lathe.frontend.layers.RecurrentArguments.RECURRENT_REGULARIZER;
import static dev.lathe.frontend.layers.RecurrentArguments.RESET_AFTER;
import static dev.lathe.frontend.layers.RecurrentArguments.RETURN_SEQUENCES;
import static dev.lathe.frontend.layers.RecurrentArguments.RETURN_STATE;
import static dev.lathe.frontend.layers.RecurrentArguments.SEED;
import static dev.lathe.frontend.layers.RecurrentArguments.STATEFUL;
import static dev.lathe.frontend.layers.RecurrentArguments.UNITS;
import static dev.lathe.frontend.layers.RecurrentArguments.UNIT_FORGET_BIAS;
import static dev.lathe.frontend.layers.RecurrentArguments.UNROLL;
import static dev.lathe.frontend.layers.RecurrentArguments.USE_CUDNN;
import static dev.lathe.frontend.layers.RecurrentArguments.ZERO_OUTPUT_FOR_MASK;

import dev.lathe.ir.Value;
import java.util.List;

/**
 * Layers that go through a sequence step by step. Input {@code [batch, time, features]}, then
 * perhaps initial states {@code [batch, units]}. Output {@code [batch, units]} of the last step, or
 * with {@code return_sequences} {@code [batch, time, units]}; with {@code return_state} followed by
 * the states after the last step.
 */
final class RecurrentLayers {

  private RecurrentLayers() {}

  static void register(LayerIndex index) {
    index.add(simpleRnn());
    index.add(lstm());
    index.add(gru());
  }

  private static LayerKind simpleRnn() {
    return LayerKind.of(
            "simple_rnn",
            "SimpleRNN",
            RecurrentLayers::layer,
            UNITS,
            ACTIVATION,
            USE_BIAS,
            KERNEL_INITIALIZER,
            RECURRENT_INITIALIZER,
            BIAS_INITIALIZER,
            KERNEL_REGULARIZER,
            RECURRENT_REGULARIZER,
            BIAS_REGULARIZER,
            ACTIVITY_REGULARIZER,
            KERNEL_CONSTRAINT,
            RECURRENT_CONSTRAINT,
            BIAS_CONSTRAINT,
            DROPOUT,
            RECURRENT_DROPOUT,
            RETURN_SEQUENCES,
            RETURN_STATE,
            GO_BACKWARDS,
            STATEFUL,
            UNROLL,
            SEED,
            ZERO_OUTPUT_FOR_MASK)
        .withInputs(1, "sequence", "initial_state");
  }

  private static LayerKind lstm() {
    return LayerKind.of(
            "lstm",
            "LSTM",
            RecurrentLayers::layer,
            UNITS,
            ACTIVATION,
            RECURRENT_ACTIVATION,
            USE_BIAS,
            KERNEL_INITIALIZER,
            RECURRENT_INITIALIZER,
            BIAS_INITIALIZER,
            UNIT_FORGET_BIAS,
            KERNEL_REGULARIZER,
            RECURRENT_REGULARIZER,
            BIAS_REGULARIZER,
            ACTIVITY_REGULARIZER,
            KERNEL_CONSTRAINT,
            RECURRENT_CONSTRAINT,
            BIAS_CONSTRAINT,
            DROPOUT,
            RECURRENT_DROPOUT,
            SEED,
            RETURN_SEQUENCES,
            RETURN_STATE,
            GO_BACKWARDS,
            STATEFUL,
            UNROLL,
            USE_CUDNN,
            ZERO_OUTPUT_FOR_MASK)
        .withInputs(1, "sequence", "initial_state", "initial_cell_state");
  }

  private static LayerKind gru() {
    return LayerKind.of(
            "gru",
            "GRU",
            RecurrentLayers::layer,
            UNITS,
            ACTIVATION,
            RECURRENT_ACTIVATION,
            USE_BIAS,
            KERNEL_INITIALIZER,
            RECURRENT_INITIALIZER,
            BIAS_INITIALIZER,
            KERNEL_REGULARIZER,
            RECURRENT_REGULARIZER,
            BIAS_REGULARIZER,
            ACTIVITY_REGULARIZER,
            KERNEL_CONSTRAINT,
            RECURRENT_CONSTRAINT,
            BIAS_CONSTRAINT,
            DROPOUT,
            RECURRENT_DROPOUT,
            SEED,
            RETURN_SEQUENCES,
            RETURN_STATE,
            GO_BACKWARDS,
            STATEFUL,
            UNROLL,
            RESET_AFTER,
            USE_CUDNN,
            ZERO_OUTPUT_FOR_MASK)
        .withInputs(1, "sequence", "initial_state");
  }

  static List<Value> layer(LayerScope scope) {
    Recurrent.refuseStateful(scope);
    List<Value> inputs = Recurrent.inputs(scope, scope.layer());
    Value x = inputs.get(0);
    RecurrentCell cell = Recurrent.cell(scope);
    List<Value> initial = Recurrent.initial(scope, cell, x, inputs.subList(1, inputs.size()));
    return Recurrent.outputs(
        scope, Recurrence.of(scope, cell, x, initial, scope.get(GO_BACKWARDS)));
  }
}
