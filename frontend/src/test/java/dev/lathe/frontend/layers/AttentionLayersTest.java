package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Calls.layer;
import static dev.lathe.frontend.layers.Calls.refused;
import static dev.lathe.frontend.layers.Calls.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What attention layers take, and what they say of what does not fit. */
class AttentionLayersTest {

  @Test
  void queriesValuesKeysAndMasks() {
    assertThat(
            layer(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L),
                "f32[N, T, 6]",
                "f32[N, S, 5]"))
        .isEqualTo("f32[N, T, 6]");
    assertThat(
            layer(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L),
                "f32[N, T, 6]",
                "f32[N, S, 5]",
                "bool[N, T, S]"))
        .isEqualTo("f32[N, T, 6]");
    assertThat(
            layer(
                "multi_head_attention",
                with(
                    "num_heads",
                    2L,
                    "key_dim",
                    4L,
                    "return_attention_scores",
                    true,
                    "use_causal_mask",
                    true),
                "f32[N, T, 6]",
                "f32[N, T, 6]"))
        .isEqualTo("f32[N, T, 6], f32[N, 2, T, T]");
    assertThat(
            refused("multi_head_attention", with("num_heads", 2L, "key_dim", 4L), "f32[N, T, 6]"))
        .isEqualTo(
            "multi_head_attention() takes from 2 to 4 tensors, not 1 / its inputs "
                + "are query, value, key, attention_mask");
    assertThat(
            refused("multi_head_attention", with("num_heads", 2L), "f32[N, T, 6]", "f32[N, T, 6]"))
        .isEqualTo(
            "multi_head_attention() needs argument 'key_dim' / write "
                + "multi_head_attention(key_dim: …)");
    assertThat(
            refused(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L),
                "f32[N, 6]",
                "f32[N, 6]"))
        .isEqualTo(
            "multi_head_attention() takes tensors [batch, time, features] of one "
                + "rank, and this is f32[N, 6]");
    assertThat(
            refused(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L),
                "f32[N, T, 6]",
                "f32[N, 2, T, 6]"))
        .isEqualTo(
            "multi_head_attention() takes tensors [batch, time, features] of one "
                + "rank, and the query is f32[N, T, 6] and this is f32[N, 2, T, 6]");
    assertThat(
            refused(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L),
                "f32[N, T, D]",
                "f32[N, T, 6]"))
        .isEqualTo(
            "multi_head_attention() needs a fixed size on axis 2 of its input, "
                + "which is f32[N, T, D] / give D a number in the model's inputs");
    assertThat(
            refused(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L),
                "f32[N, T, 6]",
                "f32[N, S, 5]",
                "bool[S]"))
        .isEqualTo(
            "multi_head_attention() takes an attention_mask bool[batch, queries, "
                + "keys], perhaps with an axis of heads after the batch, and this is "
                + "bool[S]");
    assertThat(
            refused(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L),
                "f32[N, 3, 6]",
                "f32[N, 4, 5]",
                "bool[N, 3, 5]"))
        .isEqualTo(
            "multi_head_attention() has an attention_mask bool[N, 3, 5] for scores "
                + "[N, 2, 3, 4] of batch, heads, queries and keys / give each of its "
                + "axes the size of the scores', or 1");
    assertThat(
            refused(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L),
                "f32[N, 3, 6]",
                "f32[N, 4, 5]",
                "f32[N, 5, 5]"))
        .isEqualTo(
            "multi_head_attention() takes the value and the key of one size on "
                + "axis 1, and they are f32[N, 4, 5] and f32[N, 5, 5]");
    assertThat(
            refused(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L),
                "f32[N, 3, 6]",
                "f32[N, 4, 5]",
                "bool[N, 3, 4]",
                "bool[N, 3, 4]"))
        .isEqualTo(
            "multi_head_attention() takes a query, a value, perhaps a key, and up "
                + "to 1 mask, and is given [f32[N, 3, 6], f32[N, 4, 5], bool[N, 3, 4], "
                + "bool[N, 3, 4]] / only masks are bool");
  }

  @Test
  void axesOfAttention() {
    assertThat(
            layer(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L, "attention_axes", 2L),
                "f32[N, T, 5, 6]",
                "f32[N, T, 7, 6]"))
        .isEqualTo("f32[N, T, 5, 6]");
    assertThat(
            refused(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L, "attention_axes", 0L),
                "f32[N, T, 6]",
                "f32[N, T, 6]"))
        .isEqualTo(
            "'attention_axes' has axis 0, which is the batch or the features / the "
                + "axes of f32[N, T, 6] that attention may run over are 1 to 1");
    assertThat(
            refused(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L, "attention_axes", List.of(1L, 1L)),
                "f32[N, T, 6]",
                "f32[N, T, 6]"))
        .isEqualTo(
            "'attention_axes' [1, 1] names no axis, or one twice / the axes of "
                + "f32[N, T, 6] that attention may run over are 1 to 1");
    assertThat(
            refused(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L, "use_causal_mask", true),
                "f32[N, 2, T, 6]",
                "f32[N, 2, T, 6]"))
        .isEqualTo(
            "multi_head_attention() has a causal mask along axis 1, and attention "
                + "runs over the axes [1, 2] / attend over axis 1 alone, or give an "
                + "attention_mask");
    assertThat(
            refused(
                "multi_head_attention",
                with("num_heads", 2L, "key_dim", 4L, "attention_axes", 2L, "sliding_window", 3L),
                "f32[N, 2, T, 6]",
                "f32[N, 2, T, 6]"))
        .isEqualTo(
            "multi_head_attention() has a sliding window along axis 1, and "
                + "attention runs over the axes [2] / attend over axis 1 alone, or give "
                + "an attention_mask");
  }

  @Test
  void headsAreShared() {
    assertThat(
            layer(
                "group_query_attention",
                with("head_dim", 4L, "num_query_heads", 6L, "num_key_value_heads", 2L),
                "f32[N, T, 6]",
                "f32[N, S, 5]"))
        .isEqualTo("f32[N, T, 6]");
    assertThat(
            refused(
                "group_query_attention",
                with("head_dim", 4L, "num_query_heads", 6L, "num_key_value_heads", 4L),
                "f32[N, T, 6]",
                "f32[N, S, 5]"))
        .isEqualTo(
            "group_query_attention() cannot divide 6 heads of queries among 4 "
                + "heads of keys / let 'num_key_value_heads' divide 'num_query_heads'");
    assertThat(
            refused(
                "group_query_attention",
                with("head_dim", 4L, "num_query_heads", 6L, "num_key_value_heads", 2L),
                "f32[N, 2, T, 6]",
                "f32[N, 2, S, 5]"))
        .isEqualTo(
            "group_query_attention() takes a tensor of 3 axes [batch, time, "
                + "features], and this is f32[N, 2, T, 6]"
                + " / reshape(), flatten() and global pooling take axes away");
  }

  @Test
  void singleHeads() {
    assertThat(layer("attention", with(), "f32[N, T, 6]", "f32[N, S, 6]", "bool[N, S]"))
        .isEqualTo("f32[N, T, 6]");
    assertThat(layer("additive_attention", with(), "f32[N, T, 6]", "f32[N, S, 5]", "f32[N, S, 6]"))
        .isEqualTo("f32[N, T, 5]");
    assertThat(refused("attention", with("score_mode", "dott"), "f32[N, T, 6]", "f32[N, S, 6]"))
        .isEqualTo(
            "'score_mode' of attention() must be \"dot\" or \"concat\", not the "
                + "string \"dott\" / did you mean \"dot\"?");
    assertThat(refused("attention", with(), "f32[N, T, 6]", "f32[N, S, 5]"))
        .isEqualTo(
            "attention() compares queries and keys by their features, of which the "
                + "query f32[N, T, 6] has 6 and the key f32[N, S, 5] has 5 / bring them "
                + "to one size, such as by a dense layer");
    assertThat(refused("attention", with(), "f32[N, T, 6]", "f32[N, 6]"))
        .isEqualTo(
            "attention() takes tensors [batch, time, features] of one rank, and "
                + "these are f32[N, T, 6] and f32[N, 6]");
    assertThat(refused("attention", with(), "f32[N, T, 6]", "bool[N, T]"))
        .isEqualTo(
            "attention() takes a query, a value, perhaps a key, and up to 2 masks, "
                + "and is given [f32[N, T, 6], bool[N, T]] / only masks are bool");
    assertThat(refused("additive_attention", with(), "f32[N, T, D]", "f32[N, S, 6]"))
        .isEqualTo(
            "additive_attention() needs a fixed size on axis 2 of its input, which "
                + "is f32[N, T, D] / give D a number in the model's inputs");
  }
}
