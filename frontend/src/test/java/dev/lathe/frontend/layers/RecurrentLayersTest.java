package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Calls.bound;
import static dev.lathe.frontend.layers.Calls.layer;
import static dev.lathe.frontend.layers.Calls.refused;
import static dev.lathe.frontend.layers.Calls.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.TensorType;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What recurrent layers take, and what they say of what does not fit. */
class RecurrentLayersTest {

  @Test
  void sequencesAndStates() {
    assertThat(
            layer(
                "lstm",
                with("units", 5L, "return_sequences", true, "return_state", true),
                "f32[N, T, 3]"))
        .isEqualTo("f32[N, T, 5], f32[N, 5], f32[N, 5]");
    assertThat(layer("gru", with("units", 5L, "activation", null), "f32[N, T, 3]", "f32[N, 5]"))
        .isEqualTo("f32[N, 5]");
    assertThat(layer("simple_rnn", with("units", 5L, "go_backwards", true), "i32[N, T, 3]"))
        .isEqualTo("f32[N, 5]");
    assertThat(refused("lstm", with("units", 5L), "f32[N, 3]"))
        .isEqualTo(
            "lstm() takes a tensor of 3 axes [batch, time, features], and this is f32[N, 3]"
                + " / reshape() adds axes");
    assertThat(refused("lstm", with("units", 0L), "f32[N, T, 3]"))
        .isEqualTo("'units' of lstm() must be a positive integer, not the integer 0");
    assertThat(refused("lstm", with("units", 5L), "f32[N, T, D]"))
        .isEqualTo(
            "lstm() needs a fixed size on axis 2 of its input, which is f32[N, T, "
                + "D] / give D a number in the model's inputs");
    assertThat(refused("lstm", with("units", 5L), "f32[N, T, 3]", "f32[N, 5]"))
        .isEqualTo(
            "lstm() has the states [f32[N, 5], f32[N, 5]], and the initial states "
                + "are [f32[N, 5]] / give all of them after the sequence, or none");
    assertThat(refused("gru", with("units", 5L), "f32[N, T, 3]", "f32[N, 4]"))
        .isEqualTo(
            "gru() has the states [f32[N, 5]], and the initial states are [f32[N, "
                + "4]] / give all of them after the sequence, or none");
    assertThat(refused("gru", with("units", 5L, "stateful", true), "f32[N, T, 3]"))
        .isEqualTo(
            "gru() with stateful keeps its states from one run to the next, and a "
                + "model that is run here keeps nothing / use return_state: true, make "
                + "the states outputs of the model, and give them back as inputs that "
                + "are the layer's initial states");
    assertThat(refused("lstm", with("units", 5L, "recurrent_activation", "sigmod"), "f32[N, T, 3]"))
        .isEqualTo(
            "'recurrent_activation' of lstm() must be an activation such as "
                + "\"relu\" or none, not the string "
                + "\"sigmod\" / did you mean 'sigmoid'?");
  }

  @Test
  void stepsAreWrittenOutWhereNoOpHasTheActivation() {
    assertThat(layer("lstm", with("units", 5L, "activation", "gelu"), "f32[N, 4, 3]"))
        .isEqualTo("f32[N, 5]");
    assertThat(refused("lstm", with("units", 5L, "activation", "gelu"), "f32[N, T, 3]"))
        .isEqualTo(
            "lstm() writes each step out, as no one op has this cell with these "
                + "activations, and the time axis of f32[N, T, 3] is open / give T a "
                + "number in the model's inputs, or use lstm(), gru() or simple_rnn() "
                + "with their own activations");
    assertThat(refused("lstm", with("units", 5L, "activation", "gelu"), "f32[N, 5000, 3]"))
        .isEqualTo(
            "lstm() writes each step out, as no one op has this cell with these "
                + "activations, and the time axis of f32[N, 5000, 3] has no number of "
                + "steps for that / let it have from 1 to 4096 steps");
    assertThat(refused("conv_lstm1d", with("filters", 2L, "kernel_size", 2L), "f32[N, T, 6, 1]"))
        .isEqualTo(
            "conv_lstm1d() writes each step out, as no one op has this cell with "
                + "these activations, and the time axis of f32[N, T, 6, 1] is open / "
                + "give T a number in the model's inputs");
  }

  @Test
  void bidirectionalWrapsRecurrentLayers() {
    assertThat(
            layer(
                "bidirectional",
                with("layer", bound("lstm", "units", 5L, "return_sequences", true)),
                "f32[N, T, 3]"))
        .isEqualTo("f32[N, T, 10]");
    assertThat(
            layer(
                "bidirectional",
                with("merge_mode", null, "layer", bound("gru", "units", 5L, "return_state", true)),
                "f32[N, T, 3]"))
        .isEqualTo("f32[N, 5], f32[N, 5], f32[N, 5], f32[N, 5]");
    assertThat(refused("bidirectional", with("layer", bound("dense", "units", 5L)), "f32[N, T, 3]"))
        .isEqualTo(
            "bidirectional() wraps a recurrent layer, and dense() is none / use "
                + "lstm(…), gru(…), simple_rnn(…), or rnn(…)");
    assertThat(
            refused(
                "bidirectional",
                with("merge_mode", "add", "layer", bound("gru", "units", 5L)),
                "f32[N, T, 3]"))
        .isEqualTo(
            "'merge_mode' of bidirectional() must be \"concat\" or \"sum\" or "
                + "\"mul\" or \"ave\" or none, not the string \"add\"");
    assertThat(
            refused(
                "bidirectional",
                with("layer", bound("gru", "units", 5L, "go_backwards", true)),
                "f32[N, T, 3]"))
        .isEqualTo(
            "bidirectional() has both its layers go backwards / leave "
                + "'go_backwards' out of the wrapped layer");
    assertThat(
            refused(
                "bidirectional",
                with(
                    "layer",
                    bound("gru", "units", 5L),
                    "backward_layer",
                    bound("gru", "units", 5L)),
                "f32[N, T, 3]"))
        .isEqualTo(
            "bidirectional() has both its layers go forwards / write go_backwards: "
                + "true in one of them");
    assertThat(
            refused(
                "bidirectional",
                with(
                    "layer",
                    bound("gru", "units", 5L),
                    "backward_layer",
                    bound("gru", "units", 5L, "go_backwards", true, "return_state", true)),
                "f32[N, T, 3]"))
        .isEqualTo(
            "bidirectional() has 'return_state' in one of its layers and not in "
                + "the other / write the same in both");
    assertThat(
            refused(
                "bidirectional",
                with("layer", bound("lstm", "units", 5L)),
                "f32[N, T, 3]",
                "f32[N, 5]",
                "f32[N, 5]"))
        .isEqualTo(
            "bidirectional() has 4 states, and is given 2 initial ones / give "
                + "those of the layer, then those of the one that goes the other way, or "
                + "none");
  }

  @Test
  void cellsAndStacks() {
    assertThat(
            layer(
                "rnn",
                with(
                    "cell",
                    List.of(bound("lstm_cell", "units", 4L), bound("gru_cell", "units", 2L)),
                    "return_state",
                    true),
                "f32[N, 3, 6]"))
        .isEqualTo("f32[N, 2], f32[N, 4], f32[N, 4], f32[N, 2]");
    assertThat(layer("lstm_cell", with("units", 4L), "f32[N, 6]", "f32[N, 4]", "f32[N, 4]"))
        .isEqualTo("f32[N, 4], f32[N, 4], f32[N, 4]");
    assertThat(refused("rnn", with("cell", bound("dense", "units", 4L)), "f32[N, 3, 6]"))
        .isEqualTo(
            "dense() is not a recurrent cell / use lstm_cell(…), gru_cell(…), "
                + "simple_rnn_cell(…), or a list of them");
    assertThat(refused("rnn", with("cell", List.of()), "f32[N, 3, 6]"))
        .isEqualTo(
            "'cell' of rnn() must be a cell such as lstm_cell(64), or a list of "
                + "cells, not the list []");
    assertThat(refused("lstm_cell", with("units", 4L), "f32[N, 6]", "f32[N, 4]"))
        .isEqualTo("lstm_cell() takes 3 tensors, not 2 / its inputs are inputs, state, cell_state");
  }

  @Test
  void timeDistributedKeepsTheBatch() {
    assertThat(
            layer(
                "time_distributed", with("layer", bound("dense", "units", 2L)), "f32[N, T, 5, 3]"))
        .isEqualTo("f32[N, T, 5, 2]");
    assertThat(refused("time_distributed", with("layer", bound("dense", "units", 2L)), "f32[N, 3]"))
        .isEqualTo(
            "time_distributed() takes a tensor [batch, time, …] of three axes or "
                + "more, and this is f32[N, 3]");
  }

  @Test
  void imagesOfConvolutionalStates() {
    assertThat(
            layer(
                "conv_lstm2d",
                with("filters", 2L, "kernel_size", 3L, "padding", "same", "return_sequences", true),
                "f32[N, 4, H, W, 3]"))
        .isEqualTo("f32[N, 4, H, W, 2]");
    assertThat(refused("conv_lstm2d", with("filters", 2L, "kernel_size", 3L), "f32[N, 4, 8, 8]"))
        .isEqualTo(
            "conv_lstm2d() takes a tensor of 5 axes [batch, time, height, width, "
                + "channels], and this is f32[N, 4, 8, 8]"
                + " / reshape() adds axes");
    assertThat(refused("conv_lstm2d", with("filters", 2L, "kernel_size", 3L), "f32[N, 4, 2, 8, 3]"))
        .isEqualTo(
            "the window of conv_lstm2d() spans 3 elements of axis 2, and the input "
                + "f32[N, 4, 2, 8, 3] has 2 / use padding: \"same\", a smaller window, "
                + "or fewer layers that shrink the input");
    assertThat(
            refused(
                "conv_lstm1d",
                with("filters", 2L, "kernel_size", 3L, "strides", 2L, "dilation_rate", 2L),
                "f32[N, 4, 9, 3]"))
        .isEqualTo("conv_lstm1d() has both strides [2] and dilations [2] / let one of them be 1");
  }

  @Test
  void forgetGatesBeginOpen() {
    Initializer bias = new Initializer.UnitForget(Initializers.ZEROS);
    ConstantData made =
        InitialValues.make(bias, "lstm_cell/bias", TensorType.parse("f32[8]"), Arena.ofAuto());
    assertThat(IntStream.range(0, 8).mapToDouble(made::getDouble))
        .containsExactly(0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0);
  }
}
