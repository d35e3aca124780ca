package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Calls.layer;
import static dev.lathe.frontend.layers.Calls.refused;
import static dev.lathe.frontend.layers.Calls.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What activations, merging, regularization and categorical layers say of what does not fit. */
class BasicLayersTest {

  @Test
  void activationsByName() {
    assertThat(layer("activation", with("activation", "hard_silu"), "f16[N, 3]"))
        .isEqualTo("f16[N, 3]");
    assertThat(refused("activation", with("activation", "rellu"), "f32[2]"))
        .isEqualTo(
            "'activation' of activation() must be an activation such as \"relu\", not"
                + " the string \"rellu\" / did you mean 'relu'?");
    assertThat(Activation.named("threshold")).isEmpty();
  }

  @Test
  void theFunctionAndTheClassHaveTheirOwnSlopes() {
    Layer function = Activation.named("leaky_relu").orElseThrow().layer();
    assertThat(function.arguments()).hasToString("leaky_relu{negative_slope=0.2}");
    assertThat(Layers.find("leaky_relu").bind(with()).arguments())
        .hasToString("leaky_relu{negative_slope=0.3}");
  }

  @Test
  void activationsRefuseWrongNumbers() {
    assertThat(refused("relu", with("max_value", -1L), "f32[2]"))
        .isEqualTo(
            "'max_value' of relu() must be a number of at least 0 or none, not the integer -1");
    assertThat(refused("celu", with("alpha", 0.0), "f32[2]"))
        .isEqualTo("'alpha' of celu() must be a number above 0, not the number 0.0");
    assertThat(refused("threshold", with(), "f32[2]"))
        .isEqualTo(
            "threshold() needs arguments 'threshold' and 'default_value' / write"
                + " threshold(threshold: …, default_value: …)");
    assertThat(refused("glu", with(), "f32[N, 5]"))
        .isEqualTo("glu() halves axis 1 of f32[N, 5], which has 5 elements / give it an even size");
    assertThat(refused("softmax", with("axis", List.of(0L, 3L)), "f32[2, 2]"))
        .isEqualTo(
            "softmax() has axis 3, and its input is f32[2, 2]"
                + " / its axes go from 0 to 1, or from -2 to -1");
    assertThat(refused("softmax", with(), "f32[2, 3]", "bool[2, 4]"))
        .contains("shapes [2, 3] and [2, 4] do not broadcast");
    assertThat(refused("softmax", with(), "f32[1, 3]", "bool[2, 3]"))
        .isEqualTo(
            "the mask of softmax() broadcasts to its input, which is f32[1, 3], and this is"
                + " bool[2, 3] / give each of its axes the input's size or 1");
  }

  @Test
  void slopesNeedFixedSizesWhereAxesAreNotShared() {
    assertThat(layer("p_relu", with("shared_axes", List.of(1L, 2L)), "f32[N, H, W, 3]"))
        .isEqualTo("f32[N, H, W, 3]");
    assertThat(refused("p_relu", with(), "f32[N, T, 3]"))
        .isEqualTo(
            "p_relu() has a slope for every place of axis 1, and its input is f32[N, T, 3] /"
                + " share the axis (shared_axes: [1]) or give it a fixed size");
    assertThat(refused("p_relu", with("shared_axes", 0L), "f32[N, 3]"))
        .isEqualTo("'shared_axes' of p_relu() count from 1, as axis 0 is the batch");
    assertThat(refused("prelu", with(), "f32[3]"))
        .isEqualTo("prelu() takes a tensor [N, ..., size], and this is f32[3] / add an axis to it");
  }

  @Test
  void mergedTensorsMatchBehindTheBatch() {
    assertThat(layer("add", with(), "f32[N, 4]", "f32[N, 3, 4]", "f32[N, 3, 1]"))
        .isEqualTo("f32[N, 3, 4]");
    assertThat(refused("add", with(), "f32[N, 4]", "f32[N, 5]"))
        .isEqualTo(
            "add() takes tensors whose axes have the same size or 1, and these are f32[N, 4] and"
                + " f32[N, 5]");
    assertThat(refused("multiply", with(), "f32[N, 3, 4]", "f32[N, 5]"))
        .isEqualTo(
            "multiply() takes tensors whose axes have the same size or 1, and these are f32[N, 3,"
                + " 4] and f32[N, 5] / axes are matched behind the batch; with + - * / they are"
                + " matched from the last");
    assertThat(refused("subtract", with(), "f32[2]", "f32[2]", "f32[2]"))
        .isEqualTo("subtract() takes exactly 2 tensors, not 3");
    assertThat(refused("subtract", with(), "f32[2]"))
        .isEqualTo("subtract() takes at least 2 tensors, not 1");
    assertThat(refused("average", with())).isEqualTo("average() takes at least 1 tensor, not 0");
  }

  @Test
  void concatenatedTensorsDifferInOneAxis() {
    assertThat(layer("concatenate", with(), "f32[N, 4]", "f16[N, 3]", "i32[N, M]"))
        .isEqualTo("f32[N, M + 7]");
    assertThat(refused("concatenate", with("axis", 1L), "f32[N, 4, 2]", "f32[N, 3, 3]"))
        .isEqualTo(
            "concatenate() takes tensors that differ in no axis but 1, and these are f32[N, 4, 2]"
                + " and f32[N, 3, 3]");
    assertThat(refused("concatenate", with(), "f32[N, 4]", "f32[N]"))
        .isEqualTo(
            "concatenate() takes tensors that differ in no axis but 1, and these are f32[N, 4] and"
                + " f32[N]");
    assertThat(refused("concatenate", with("axis", 2L), "f32[N, 4]", "f32[N, 4]"))
        .isEqualTo(
            "concatenate() has axis 2, and its input is f32[N, 4]"
                + " / its axes go from 0 to 1, or from -2 to -1");
  }

  @Test
  void dotSumsOverAxesOfOneSize() {
    assertThat(layer("dot", with("axes", List.of(2L, 1L)), "f32[N, T, 4]", "f32[N, 4, S]"))
        .isEqualTo("f32[N, T, S]");
    assertThat(refused("dot", with("axes", 1L), "f32[N, 3]", "f32[N, 4]"))
        .isEqualTo(
            "dot() sums over axis 1 of f32[N, 3] and axis 1 of f32[N, 4], which have 3 and 4"
                + " elements");
    assertThat(refused("dot", with("axes", 0L), "f32[N, 3]", "f32[N, 3]"))
        .isEqualTo(
            "dot() sums over an axis behind the batch, and axis 0 of f32[N, 3] is the batch");
    assertThat(refused("dot", with("axes", List.of(1L, 1L, 1L)), "f32[N, 3]", "f32[N, 3]"))
        .isEqualTo("'axes' of dot() are one axis or one of each tensor");
  }

  @Test
  void regularizationLayersKeepWhatTheyAreGiven() {
    assertThat(
            layer(
                "dropout",
                with("rate", 0.5, "noise_shape", Arrays.asList(null, 1L, 4L)),
                "i32[N, 3, 4]"))
        .isEqualTo("i32[N, 3, 4]");
    assertThat(refused("dropout", with("rate", 1.5), "f32[2]"))
        .isEqualTo("'rate' of dropout() must be a number from 0 to 1, not the number 1.5");
    assertThat(refused("dropout", with("rate", 0.5, "noise_shape", List.of(0L)), "f32[2]"))
        .isEqualTo(
            "'noise_shape' of dropout() must be a list of positive integers, none for the input's"
                + " size or none, not the list [0]");
    assertThat(refused("spatial_dropout2d", with("rate", 0.5), "f32[N, 3, 4]"))
        .isEqualTo(
            "spatial_dropout2d() takes a tensor of 4 axes [N, size, size, channels], and this is"
                + " f32[N, 3, 4] / reshape() adds axes");
    assertThat(refused("masking", with(), "f32[]"))
        .isEqualTo("masking() takes a tensor with an axis, not f32[]");
  }

  @Test
  void categoricalLayersRefuseWhatTheyCannotEncode() {
    assertThat(refused("category_encoding", with("num_tokens", 0L), "i32[N]"))
        .isEqualTo(
            "'num_tokens' of category_encoding() must be a positive integer, not the integer 0");
    assertThat(refused("category_encoding", with("num_tokens", 3L), "i32[N, 2]", "f32[N, 2]"))
        .isEqualTo(
            "category_encoding() uses weights of counts, and its output_mode is \"multi_hot\" / say"
                + " output_mode: \"count\"");
    assertThat(
            refused(
                "category_encoding",
                with("num_tokens", 3L, "output_mode", "count"),
                "i32[N, 2]",
                "f32[N]"))
        .isEqualTo(
            "category_encoding() has a weight for each of its integers, which are i32[N, 2], and"
                + " these are f32[N] / give both the same shape");
    assertThat(refused("category_encoding", with("num_tokens", 3L, "sparse", true), "i32[N]"))
        .isEqualTo(
            "category_encoding() gives no sparse tensors / drop it: the numbers are the same");
    assertThat(refused("discretization", with("num_bins", 4L), "f32[N]"))
        .isEqualTo(
            "discretization() needs 'bin_boundaries' / adapt the layer in Keras and give the"
                + " boundaries it found");
    assertThat(refused("discretization", with("bin_boundaries", List.of(1.0, 0.5)), "f32[N]"))
        .isEqualTo("'bin_boundaries' of discretization() rise, and 0.5 follows 1.0 / sort them");
  }

  @Test
  void vocabulariesAreChecked() {
    List<Long> vocabulary = List.of(3L, 5L);
    assertThat(refused("integer_lookup", with(), "i32[N]"))
        .isEqualTo(
            "integer_lookup() needs 'vocabulary' / adapt the layer in Keras and give what"
                + " get_vocabulary() says");
    assertThat(refused("integer_lookup", with("vocabulary", List.of(3L, 3L)), "i32[N]"))
        .isEqualTo("'vocabulary' of integer_lookup() has 3 twice / drop one");
    assertThat(
            refused("integer_lookup", with("vocabulary", vocabulary, "max_tokens", 2L), "i32[N]"))
        .isEqualTo(
            "'vocabulary' of integer_lookup() comes to 3 tokens with those that are reserved /"
                + " give it at most max_tokens: 2");
    assertThat(
            refused("integer_lookup", with("vocabulary", vocabulary, "mask_token", 5L), "i32[N]"))
        .isEqualTo(
            "'vocabulary' of integer_lookup() holds the mask_token / drop it, or put it first");
    assertThat(refused("integer_lookup", with("vocabulary", vocabulary), "f32[N]"))
        .isEqualTo("integer_lookup() takes integers, and this is f32[N] / cast it: cast(x, i64)");
    assertThat(
            refused(
                "integer_lookup",
                with("vocabulary", vocabulary, "oov_method", "farmhash"),
                "i32[N]"))
        .isEqualTo(
            "'oov_method' of integer_lookup() is \"farmhash\", which is not there / use"
                + " \"floormod\"");
    assertThat(
            refused(
                "integer_lookup",
                with("vocabulary", vocabulary, "output_mode", "tf_idf"),
                "i32[N]"))
        .isEqualTo(
            "'idf_weights' of integer_lookup() are one for every element of the vocabulary in"
                + " output_mode \"tf_idf\" alone");
  }
}
