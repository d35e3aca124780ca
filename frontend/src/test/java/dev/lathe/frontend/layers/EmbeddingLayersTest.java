package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Calls.layer;
import static dev.lathe.frontend.layers.Calls.refused;
import static dev.lathe.frontend.layers.Calls.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What embedding() and einsum_dense() take, and what they say of what does not fit. */
class EmbeddingLayersTest {

  @Test
  void numbersOfAnyType() {
    assertThat(layer("embedding", with("input_dim", 9L, "output_dim", 2L), "u8[N, T]"))
        .isEqualTo("f32[N, T, 2]");
    assertThat(layer("embedding", with("input_dim", 9L, "output_dim", 2L), "f32[N]"))
        .isEqualTo("f32[N, 2]");
    assertThat(refused("embedding", with("input_dim", 9L), "i32[N]"))
        .isEqualTo("embedding() needs argument 'output_dim' / write embedding(output_dim: …)");
    assertThat(refused("embedding", with("input_dim", 0L, "output_dim", 2L), "i32[N]"))
        .isEqualTo("'input_dim' of embedding() must be a positive integer, not the integer 0");
    assertThat(
            refused(
                "embedding", with("input_dim", 9L, "output_dim", 2L, "mask_zero", true), "i32[N]"))
        .isEqualTo(
            "embedding() with mask_zero makes a mask that later layers read, and "
                + "masks are not carried from layer to layer / leave 'mask_zero' out and "
                + "give the layers that need one a mask of their own");
    assertThat(
            refused(
                "embedding", with("input_dim", 9L, "output_dim", 2L, "lora_rank", 4L), "i32[N]"))
        .isEqualTo(
            "embedding() with lora_rank has weights for fine-tuning that are not "
                + "read / merge them into the layer's own before the weights are saved, "
                + "and leave it out");
  }

  @Test
  void embeddingsInReverse() {
    assertThat(
            layer(
                "reversible_embedding",
                with("input_dim", 9L, "output_dim", 2L, "reverse", true),
                "f32[N, T, 2]"))
        .isEqualTo("f32[N, T, 9]");
    assertThat(
            refused(
                "reversible_embedding",
                with("input_dim", 9L, "output_dim", 2L, "reverse", true),
                "f32[N, T, 3]"))
        .isEqualTo(
            "reversible_embedding() takes a tensor [..., 2] in reverse, and this "
                + "is f32[N, T, 3]");
  }

  @Test
  void equations() {
    assertThat(
            layer(
                "einsum_dense",
                with("equation", "...x,xy->...y", "output_shape", 4L, "bias_axes", "y"),
                "f32[N, T, 3]"))
        .isEqualTo("f32[N, T, 4]");
    assertThat(
            layer(
                "einsum_dense",
                with("equation", "abc,cde->abde", "output_shape", Arrays.asList(null, 2L, 3L)),
                "f32[N, T, 5]"))
        .isEqualTo("f32[N, T, 2, 3]");
    assertThat(refused("einsum_dense", with("equation", "ab,bc", "output_shape", 4L), "f32[N, 3]"))
        .isEqualTo(
            "the equation of einsum_dense() must be like \"ab,bc->ac\", "
                + "\"...b,bc->...c\" or \"ab...,bc->ac...\"");
    assertThat(
            refused(
                "einsum_dense", with("equation", "ab,bc->ac", "output_shape", 4L), "f32[N, T, 3]"))
        .isEqualTo("einsum_dense() takes a tensor with the axes \"ab\", and this is f32[N, T, 3]");
    assertThat(
            refused(
                "einsum_dense",
                with("equation", "ab,bc->ac", "output_shape", List.of(4L, 5L)),
                "f32[N, 3]"))
        .isEqualTo(
            "'output_shape' of einsum_dense() has 2 sizes for the axes \"c\" of "
                + "its result / give a size, or none, for each but the batch");
    assertThat(
            refused(
                "einsum_dense",
                with("equation", "abc,cd->abd", "output_shape", List.of(7L, 4L)),
                "f32[N, 5, 3]"))
        .isEqualTo(
            "einsum_dense() has the axis 'b' of size 5 in its input, and of size 7 "
                + "in 'output_shape'");
    assertThat(
            refused(
                "einsum_dense",
                with("equation", "abc,cd->abd", "output_shape", Arrays.asList(null, null)),
                "f32[N, 5, 3]"))
        .isEqualTo(
            "einsum_dense() needs the size of the kernel's axis 'd', which is "
                + "neither in the input nor given in 'output_shape'");
    assertThat(
            refused(
                "einsum_dense",
                with("equation", "ab,bc->ac", "output_shape", 4L, "bias_axes", "b"),
                "f32[N, 3]"))
        .isEqualTo("einsum_dense() has no axis 'b' in its result \"ac\"");
    assertThat(
            refused("einsum_dense", with("equation", "ab,bc->ac", "output_shape", 4L), "f32[N, D]"))
        .isEqualTo(
            "the weight 'einsum_dense/kernel' would be f32[D, 4], and a weight's "
                + "sizes are fixed / give D a number in the model's inputs");
    assertThat(
            refused("einsum_dense", with("equation", "ab,bc->az", "output_shape", 4L), "f32[N, 3]"))
        .isEqualTo(
            "einsum_dense() needs the size of the kernel's axis 'c', which is "
                + "neither in the input nor given in 'output_shape'");
  }
}
