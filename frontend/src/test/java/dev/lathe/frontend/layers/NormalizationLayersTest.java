package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Calls.bound;
import static dev.lathe.frontend.layers.Calls.layer;
import static dev.lathe.frontend.layers.Calls.refused;
import static dev.lathe.frontend.layers.Calls.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What normalization layers take, and what they say of what does not fit. */
class NormalizationLayersTest {

  @Test
  void statisticsOfChannels() {
    assertThat(layer("batch_normalization", with("axis", 1L), "f32[N, 3, H, W]"))
        .isEqualTo("f32[N, 3, H, W]");
    assertThat(layer("batch_normalization", with(), "i32[N, 4]")).isEqualTo("f32[N, 4]");
    assertThat(refused("batch_normalization", with(), "f32[4]"))
        .isEqualTo(
            "batch_normalization() takes a tensor [batch, …, channels], and this "
                + "is f32[4] / add an axis to it");
    assertThat(refused("batch_normalization", with("axis", 4L), "f32[N, 2, 3]"))
        .isEqualTo(
            "batch_normalization() has axis 4, and its input is f32[N, 2, 3]"
                + " / its axes go from 0 to 2, or from -3 to -1");
    assertThat(refused("batch_normalization", with(), "f32[N, C]"))
        .isEqualTo(
            "batch_normalization() needs a fixed size on axis 1 of its input, "
                + "which is f32[N, C] / give C a number in the model's inputs");
  }

  @Test
  void groupsDivideChannels() {
    assertThat(layer("group_normalization", with("groups", -1L), "f32[N, H, W, 6]"))
        .isEqualTo("f32[N, H, W, 6]");
    assertThat(refused("group_normalization", with("groups", 4L), "f32[N, 5, 6]"))
        .isEqualTo(
            "group_normalization() cannot divide the 6 channels of f32[N, 5, 6] "
                + "into 4 equal groups / let 'groups' divide 6, or be -1 for a group a "
                + "channel");
    assertThat(refused("group_normalization", with("groups", 0L), "f32[N, 6]"))
        .isEqualTo(
            "group_normalization() cannot divide the 6 channels of f32[N, 6] into "
                + "0 equal groups / let 'groups' divide 6, or be -1 for a group a channel");
    assertThat(refused("group_normalization", with("groups", 2L, "axis", 0L), "f32[4, 6]"))
        .isEqualTo(
            "group_normalization() would take the batch for its channels / let "
                + "'axis' be that of the channels, such as -1");
  }

  @Test
  void axesToNormaliseOver() {
    assertThat(layer("layer_normalization", with("axis", List.of(1L, 2L)), "f32[N, 3, 4]"))
        .isEqualTo("f32[N, 3, 4]");
    assertThat(layer("layer_normalization", with("center", false, "scale", false), "f32[N, T]"))
        .isEqualTo("f32[N, T]");
    assertThat(refused("layer_normalization", with("axis", List.of(1L, -2L)), "f32[N, 3, 4]"))
        .isEqualTo(
            "layer_normalization() has an axis twice in [1, -2] / name each axis "
                + "to normalise over once");
    assertThat(refused("layer_normalization", with("axis", List.of()), "f32[N, 3]"))
        .isEqualTo("layer_normalization() has no axes / name each axis to normalise over once");
    assertThat(refused("layer_normalization", with(), "f32[N, T]"))
        .isEqualTo(
            "layer_normalization() needs a fixed size on axis 1 of its input, "
                + "which is f32[N, T] / give T a number in the model's inputs");
    assertThat(refused("layer_normalization", with("axis", List.of(3L)), "f32[N, T, 2]"))
        .isEqualTo(
            "layer_normalization() has axis 3, and its input is f32[N, T, 2]"
                + " / its axes go from 0 to 2, or from -3 to -1");
    assertThat(refused("rms_normalization", with("axis", 1L), "f32[N, 3, 4]"))
        .isEqualTo(
            "rms_normalization() multiplies the last axes of f32[N, 3, 4] by its "
                + "scale [3], which has the sizes of the axes [1] and does not fit there "
                + "/ normalise over the last axes, or permute the input");
    assertThat(refused("unit_normalization", with("axis", "last"), "f32[N, 3]"))
        .isEqualTo(
            "'axis' of unit_normalization() must be an integer or a list of "
                + "integers, not the string \"last\"");
  }

  @Test
  void spectralNormalizationWrapsAKernel() {
    assertThat(
            layer(
                "spectral_normalization", with("layer", bound("dense", "units", 3L)), "f32[N, 4]"))
        .isEqualTo("f32[N, 3]");
    assertThat(refused("spectral_normalization", with("layer", bound("relu")), "f32[N, 4]"))
        .isEqualTo(
            "spectral_normalization() wraps a layer with a kernel or embeddings, "
                + "and relu() has neither");
    assertThat(refused("spectral_normalization", with(), "f32[N, 4]"))
        .isEqualTo(
            "spectral_normalization() needs argument 'layer' / write "
                + "spectral_normalization(layer: …)");
  }
}
