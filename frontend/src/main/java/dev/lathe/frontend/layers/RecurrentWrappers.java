package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;
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
import static dev.lathe.frontend.layers.RecurrentArguments.ZERO_OUTPUT_FOR_MASK;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Recurrent cells as layers of their own, and layers that wrap cells or layers. */
final class RecurrentWrappers {
  static final Argument<Layer> CELL = required("cell", ArgumentKinds.RECURRENT_CELL);
  static final Argument<List<Layer>> CELLS = required("cells", ArgumentKinds.LAYERS);
  private static final Argument<Layer> LAYER = required("layer", ArgumentKinds.LAYER);
  private static final Argument<Layer> BACKWARD_LAYER =
      optional("backward_layer", ArgumentKinds.LAYER);
  private static final Argument<String> MERGE_MODE =
      optional("merge_mode", ArgumentKinds.oneOf("concat", "sum", "mul", "ave"), "concat").orNone();
  private static final Argument<Object> WEIGHTS = optional("weights", ArgumentKinds.ANYTHING);

  private RecurrentWrappers() {}

  static void register(LayerIndex index) {
    registerCells(index);
    index.add(
        new LayerKind(
            Signature.of(
                "rnn",
                CELL,
                RETURN_SEQUENCES,
                RETURN_STATE,
                GO_BACKWARDS,
                STATEFUL,
                UNROLL,
                ZERO_OUTPUT_FOR_MASK),
            "RNN",
            List.of("sequence", "initial_state"),
            1,
            true,
            RecurrentLayers::layer));
    index.add(
        new LayerKind(
            Signature.of("bidirectional", LAYER, MERGE_MODE, WEIGHTS, BACKWARD_LAYER),
            "Bidirectional",
            List.of("sequence", "initial_state"),
            1,
            true,
            RecurrentWrappers::bidirectional));
    index.add(
        LayerKind.of(
            "time_distributed", "TimeDistributed", RecurrentWrappers::timeDistributed, LAYER));
  }

  private static void registerCells(LayerIndex index) {
    index.add(simpleRnnCell());
    index.add(lstmCell());
    index.add(gruCell());
    index.add(
        LayerKind.merging(
            "stacked_rnn_cells", "StackedRNNCells", 2, RecurrentWrappers::cell, CELLS));
  }

  private static LayerKind simpleRnnCell() {
    return LayerKind.of(
            "simple_rnn_cell",
            "SimpleRNNCell",
            RecurrentWrappers::cell,
            UNITS,
            ACTIVATION,
            USE_BIAS,
            KERNEL_INITIALIZER,
            RECURRENT_INITIALIZER,
            BIAS_INITIALIZER,
            KERNEL_REGULARIZER,
            RECURRENT_REGULARIZER,
            BIAS_REGULARIZER,
            KERNEL_CONSTRAINT,
            RECURRENT_CONSTRAINT,
            BIAS_CONSTRAINT,
            DROPOUT,
            RECURRENT_DROPOUT,
            SEED)
        .withInputs(2, "inputs", "state");
  }

  private static LayerKind lstmCell() {
    return LayerKind.of(
            "lstm_cell",
            "LSTMCell",
            RecurrentWrappers::cell,
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
            KERNEL_CONSTRAINT,
            RECURRENT_CONSTRAINT,
            BIAS_CONSTRAINT,
            DROPOUT,
            RECURRENT_DROPOUT,
            SEED)
        .withInputs(3, "inputs", "state", "cell_state");
  }

  private static LayerKind gruCell() {
    return LayerKind.of(
            "gru_cell",
            "GRUCell",
            RecurrentWrappers::cell,
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
            KERNEL_CONSTRAINT,
            RECURRENT_CONSTRAINT,
            BIAS_CONSTRAINT,
            DROPOUT,
            RECURRENT_DROPOUT,
            RESET_AFTER,
            SEED)
        .withInputs(2, "inputs", "state");
  }

  /** A cell applied to one step {@code [batch, features]}: its output, then its states. */
  private static List<Value> cell(LayerScope scope) {
    scope.expectRank(2, "[batch, features]");
    Value x = scope.floatInput();
    RecurrentCell cell = Recurrent.cell(scope);
    List<Value> states = scope.inputs().subList(1, scope.inputs().size());
    List<Value> initial = Recurrent.initial(scope, cell, x, states);
    RecurrentCell.Step step = cell.step(cell.project(x), initial);
    List<Value> outputs = new ArrayList<>(List.of(step.output()));
    outputs.addAll(step.states());
    return outputs;
  }

  /**
   * {@code TimeDistributed}: a layer applied to each step of {@code [batch, time, …]}, the steps
   * taken as so many samples more.
   */
  private static List<Value> timeDistributed(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.input();
    if (x.type().rank() < 3) {
      throw new LayerException(
              "time_distributed() takes a tensor [batch, time, …] of three axes or more, and this"
                  + " is "
                  + x.type(),
              "")
          .aboutInput(0);
    }
    List<Dim> all = x.type().shape().dims();
    List<Dim> steps = new ArrayList<>(all.subList(2, all.size()));
    steps.add(0, Emitter.product(all.subList(0, 2)));
    Layer layer = scope.get(LAYER);
    List<Value> outputs = new ArrayList<>();
    for (Value y : scope.part(layer.kind().name(), layer, List.of(emit.reshape(x, steps)))) {
      List<Dim> dims = new ArrayList<>(all.subList(0, 2));
      List<Dim> result = y.type().shape().dims();
      if (result.isEmpty() || !result.get(0).equals(steps.get(0))) {
        throw new LayerException(
                "time_distributed() wraps a layer that keeps the batch, and "
                    + layer.kind().name()
                    + "() makes "
                    + y.type()
                    + " of the "
                    + steps.get(0)
                    + " steps of "
                    + x.type(),
                "")
            .about(LAYER.name());
      }
      dims.addAll(result.subList(1, result.size()));
      outputs.add(emit.reshape(y, dims));
    }
    return outputs;
  }

  /**
   * {@code Bidirectional}: a recurrent layer, and one that goes the other way, their outputs side
   * by side, summed, multiplied, averaged, or with {@code merge_mode: none} one after the other;
   * then their states. Initial states: those of the layer, then those of the other.
   */
  private static List<Value> bidirectional(LayerScope scope) {
    Layer layer = scope.get(LAYER);
    Optional<Layer> given = scope.find(BACKWARD_LAYER);
    expectRecurrent(layer, LAYER);
    given.ifPresent(each -> expectRecurrent(each, BACKWARD_LAYER));
    List<Value> inputs = Recurrent.inputs(scope, layer);
    List<Value> x = List.of(inputs.get(0));
    LayerScope forward = scope.inside("forward_" + layer.kind().name(), layer, x);
    Layer other = given.orElse(layer);
    LayerScope backward = scope.inside("backward_" + other.kind().name(), other, x);
    expectAlike(forward, backward, given.isPresent());
    Recurrent.refuseStateful(forward);
    boolean turned = forward.get(GO_BACKWARDS);
    int half = (inputs.size() + 1) / 2;
    List<Recurrence> both =
        directions(
            forward,
            backward,
            turned,
            inputs.subList(1, Math.min(half, inputs.size())),
            inputs.subList(half, inputs.size()));
    return merged(scope, forward, both);
  }

  private static void expectRecurrent(Layer layer, Argument<Layer> argument) {
    if (!Recurrent.isRecurrent(layer)) {
      throw new LayerException(
              "bidirectional() wraps a recurrent layer, and " + layer + "() is none",
              "use lstm(…), gru(…), simple_rnn(…), or rnn(…)")
          .about(argument.name());
    }
  }

  private static void expectAlike(LayerScope forward, LayerScope backward, boolean given) {
    boolean turned = forward.get(GO_BACKWARDS);
    boolean alike = given ? turned == (boolean) backward.get(GO_BACKWARDS) : turned;
    if (alike) {
      throw new LayerException(
              "bidirectional() has both its layers go "
                  + (forward.get(GO_BACKWARDS) ? "backwards" : "forwards"),
              given
                  ? "write go_backwards: true in one of them"
                  : "leave 'go_backwards' out of the wrapped layer")
          .about(given ? BACKWARD_LAYER.name() : LAYER.name());
    }
    for (Argument<Boolean> flag : List.of(RETURN_SEQUENCES, RETURN_STATE, STATEFUL)) {
      if (!forward.get(flag).equals(backward.get(flag))) {
        throw new LayerException(
                "bidirectional() has '" + flag + "' in one of its layers and not in the other",
                "write the same in both")
            .about(BACKWARD_LAYER.name());
      }
    }
  }

  /** Both recurrences, the sequence of the second turned round. */
  private static List<Recurrence> directions(
      LayerScope forward,
      LayerScope backward,
      boolean turned,
      List<Value> given,
      List<Value> backwardGiven) {
    Emitter emit = forward.emit();
    Value x = forward.input();
    RecurrentCell first = Recurrent.cell(forward);
    RecurrentCell second = Recurrent.cell(backward);
    expectStates(first.zeros(x), second.zeros(x), given, backwardGiven);
    List<Value> initial = Recurrent.initial(forward, first, x, given);
    List<Value> backwardInitial = Recurrent.initial(backward, second, x, backwardGiven);
    Optional<FusedCell> fused = turned ? Optional.empty() : first.fused();
    Optional<FusedCell> other = fused.isPresent() ? second.fused() : Optional.empty();
    if (other.isPresent() && fused.get().pairsWith(other.get())) {
      return Recurrence.pair(emit, fused.get(), other.get(), x, initial, backwardInitial);
    }
    Recurrence there = Recurrence.of(forward, first, x, initial, turned);
    Recurrence back = Recurrence.of(backward, second, x, backwardInitial, !turned);
    return List.of(
        there,
        new Recurrence(
            () -> Recurrence.flipped(emit, back.sequence().get()), back.last(), back.states()));
  }

  private static void expectStates(
      List<Value> first, List<Value> second, List<Value> given, List<Value> backwardGiven) {
    int count = given.size() + backwardGiven.size();
    if (count > 0 && (given.size() != first.size() || backwardGiven.size() != second.size())) {
      throw new LayerException(
          "bidirectional() has "
              + (first.size() + second.size())
              + " states, and is given "
              + count
              + " initial ones",
          "give those of the layer, then those of the one that goes the other way, or none");
    }
  }

  private static List<Value> merged(LayerScope scope, LayerScope layer, List<Recurrence> both) {
    Emitter emit = scope.emit();
    boolean sequences = layer.get(RETURN_SEQUENCES);
    List<Value> y =
        both.stream().map(each -> sequences ? each.sequence().get() : each.last()).toList();
    List<Value> outputs = new ArrayList<>();
    if (scope.find(MERGE_MODE).isEmpty()) {
      outputs.addAll(y);
    } else {
      Value a = y.get(0);
      Value b = y.get(1);
      outputs.add(
          switch (scope.get(MERGE_MODE)) {
            case "concat" -> emit.concat(a.type().rank() - 1, y);
            case "sum" -> emit.plus(a, b);
            case "mul" -> emit.times(a, b);
            default -> emit.times(emit.plus(a, b), emit.scalarLike(a, 0.5));
          });
    }
    if (layer.get(RETURN_STATE)) {
      both.forEach(each -> outputs.addAll(each.states()));
    }
    return outputs;
  }
}
