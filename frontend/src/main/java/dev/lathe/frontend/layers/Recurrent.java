package dev.lathe.frontend.layers;

import dev.lathe.ir.Dim;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What recurrent layers have in common, alone or wrapped. */
final class Recurrent {
  /** The layers that are recurrent. */
  private static final Set<String> LAYERS =
      Set.of("simple_rnn", "lstm", "gru", "rnn", "conv_lstm1d", "conv_lstm2d", "conv_lstm3d");

  private Recurrent() {}

  /** Whether a layer goes through a sequence by steps. */
  static boolean isRecurrent(Layer layer) {
    return LAYERS.contains(layer.kind().name());
  }

  /**
   * The input and the initial states as floats.
   *
   * @param layer the recurrent layer, which is the scope's or one it wraps
   * @throws LayerException if the input is no sequence of what the layer takes
   */
  static List<Value> inputs(LayerScope scope, Layer layer) {
    int axes = ConvLstmLayers.axes(layer.kind().name());
    scope.expectRank(
        3 + axes, axes == 0 ? "[batch, time, features]" : ConvLstmLayers.axesOf(layer));
    Value x = scope.floatInput();
    List<Value> inputs = new ArrayList<>();
    for (Value input : scope.inputs()) {
      inputs.add(scope.emit().cast(input, x.type().elementType()));
    }
    return inputs;
  }

  /**
   * The cell of a recurrent layer, or the one that a cell is, for the scope's first input.
   *
   * @throws LayerException if the layer is neither
   */
  static RecurrentCell cell(LayerScope scope) {
    return switch (scope.name()) {
      case "simple_rnn" -> RecurrentCells.Simple.of(scope.below("simple_rnn_cell"));
      case "lstm" -> RecurrentCells.LongShortTerm.of(scope.below("lstm_cell"));
      case "gru" -> RecurrentCells.Gated.of(scope.below("gru_cell"));
      case "conv_lstm1d", "conv_lstm2d", "conv_lstm3d" ->
          ConvLstmLayers.cell(scope.below("conv_lstm_cell"));
      case "simple_rnn_cell" -> RecurrentCells.Simple.of(scope);
      case "lstm_cell" -> RecurrentCells.LongShortTerm.of(scope);
      case "gru_cell" -> RecurrentCells.Gated.of(scope);
      case "stacked_rnn_cells" -> stacked(scope);
      case "rnn" -> {
        Layer cell = scope.get(RecurrentWrappers.CELL);
        yield cell(scope.inside(cell.kind().name(), cell, List.of(scope.input())));
      }
      default ->
          throw new LayerException(
              scope.name() + "() is not a recurrent cell",
              "use lstm_cell(…), gru_cell(…), simple_rnn_cell(…), or a list of them");
    };
  }

  private static RecurrentCell stacked(LayerScope scope) {
    Names names = new Names("");
    List<RecurrentCell> cells = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    Value input = scope.floatInput();
    for (Layer layer : scope.get(RecurrentWrappers.CELLS)) {
      String name = names.next(layer.kind().name());
      RecurrentCell cell = cell(scope.inside(name, layer, List.of(input)));
      List<Value> states = cell.zeros(input);
      cells.add(cell);
      counts.add(states.size());
      // The first state has the size of the output, which the next cell takes.
      input = states.get(0);
    }
    return new RecurrentCells.Stacked(cells, counts);
  }

  /**
   * The states before the first step: those given, or zeros.
   *
   * @throws LayerException if those given are not what the cell has
   */
  static List<Value> initial(LayerScope scope, RecurrentCell cell, Value x, List<Value> given) {
    List<Value> zeros = cell.zeros(x);
    if (given.isEmpty()) {
      return zeros;
    }
    List<TensorType> wanted = zeros.stream().map(Value::type).toList();
    List<TensorType> types = given.stream().map(Value::type).toList();
    boolean fits = wanted.size() == types.size();
    for (int i = 0; fits && i < wanted.size(); i++) {
      List<Dim> dims = wanted.get(i).shape().dims();
      List<Dim> found = types.get(i).shape().dims();
      fits =
          dims.size() == found.size()
              && dims.subList(1, dims.size()).equals(found.subList(1, found.size()));
    }
    if (!fits) {
      throw new LayerException(
          scope.name() + "() has the states " + wanted + ", and the initial states are " + types,
          "give all of them after the sequence, or none");
    }
    return given;
  }

  /**
   * Makes sure that a layer keeps no state from one run to the next.
   *
   * @throws LayerException if it does
   */
  static void refuseStateful(LayerScope scope) {
    if (scope.get(RecurrentArguments.STATEFUL)) {
      throw new LayerException(
              scope.name()
                  + "() with stateful keeps its states from one run to the next, and a model that"
                  + " is run here keeps nothing",
              "use return_state: true, make the states outputs of the model, and give them back as"
                  + " inputs that are the layer's initial states")
          .about(RecurrentArguments.STATEFUL.name());
    }
  }

  /** The outputs of a layer that its arguments ask for. */
  static List<Value> outputs(LayerScope scope, Recurrence recurrence) {
    List<Value> outputs = new ArrayList<>();
    outputs.add(
        scope.get(RecurrentArguments.RETURN_SEQUENCES)
            ? recurrence.sequence().get()
            : recurrence.last());
    if (scope.get(RecurrentArguments.RETURN_STATE)) {
      outputs.addAll(recurrence.states());
    }
    return outputs;
  }
}
