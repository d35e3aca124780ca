package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Layers that weigh values by how well their keys meet queries. */
final class AttentionLayers {
  private static final Argument<Long> NUM_HEADS = required("num_heads", ArgumentKinds.POSITIVE);
  private static final Argument<Long> KEY_DIM = required("key_dim", ArgumentKinds.POSITIVE);
  private static final Argument<Long> VALUE_DIM = optional("value_dim", ArgumentKinds.POSITIVE);
  private static final Argument<List<Long>> OUTPUT_SHAPE =
      optional("output_shape", ArgumentKinds.INTEGERS);
  private static final Argument<List<Long>> ATTENTION_AXES =
      optional("attention_axes", ArgumentKinds.INTEGERS);
  private static final Argument<Long> HEAD_DIM = required("head_dim", ArgumentKinds.POSITIVE);
  private static final Argument<Long> NUM_QUERY_HEADS =
      required("num_query_heads", ArgumentKinds.POSITIVE);
  private static final Argument<Long> NUM_KEY_VALUE_HEADS =
      required("num_key_value_heads", ArgumentKinds.POSITIVE);
  static final Argument<Double> DROPOUT = optional("dropout", ArgumentKinds.FRACTION, 0.0);
  static final Argument<Long> SLIDING_WINDOW = optional("sliding_window", ArgumentKinds.POSITIVE);
  private static final Argument<Boolean> FLASH_ATTENTION =
      optional("flash_attention", ArgumentKinds.FLAG);
  static final Argument<Boolean> USE_GATE = optional("use_gate", ArgumentKinds.FLAG, false);
  private static final Argument<Long> SEED = optional("seed", ArgumentKinds.INTEGER);
  private static final Argument<Boolean> USE_SCALE =
      optional("use_scale", ArgumentKinds.FLAG, false);
  private static final Argument<String> SCORE_MODE =
      optional("score_mode", ArgumentKinds.oneOf("dot", "concat"), "dot");
  static final Argument<Boolean> RETURN_ATTENTION_SCORES =
      optional("return_attention_scores", ArgumentKinds.FLAG, false);
  static final Argument<Boolean> USE_CAUSAL_MASK =
      optional("use_causal_mask", ArgumentKinds.FLAG, false);

  private AttentionLayers() {}

  static void register(LayerIndex index) {
    index.add(
        LayerKind.of(
                "multi_head_attention",
                "MultiHeadAttention",
                AttentionLayers::multiHeadAttention,
                NUM_HEADS,
                KEY_DIM,
                VALUE_DIM,
                DROPOUT,
                CommonArguments.USE_BIAS,
                OUTPUT_SHAPE,
                ATTENTION_AXES,
                SLIDING_WINDOW,
                FLASH_ATTENTION,
                CommonArguments.KERNEL_INITIALIZER,
                CommonArguments.BIAS_INITIALIZER,
                CommonArguments.KERNEL_REGULARIZER,
                CommonArguments.BIAS_REGULARIZER,
                CommonArguments.ACTIVITY_REGULARIZER,
                CommonArguments.KERNEL_CONSTRAINT,
                CommonArguments.BIAS_CONSTRAINT,
                USE_GATE,
                SEED,
                RETURN_ATTENTION_SCORES,
                USE_CAUSAL_MASK)
            .withInputs(2, "query", "value", "key", "attention_mask"));
    index.add(groupedQuery("group_query_attention", "GroupQueryAttention"));
    index.add(groupedQuery("grouped_query_attention", "GroupedQueryAttention"));
    index.add(
        LayerKind.of(
                "attention",
                "Attention",
                scope -> attention(scope, AttentionLayers::productScores),
                USE_SCALE,
                SCORE_MODE,
                DROPOUT,
                SEED,
                RETURN_ATTENTION_SCORES,
                USE_CAUSAL_MASK)
            .withInputs(2, "query", "value", "key", "query_mask", "value_mask"));
    index.add(
        LayerKind.of(
                "additive_attention",
                "AdditiveAttention",
                scope -> attention(scope, AttentionLayers::additiveScores),
                USE_SCALE.withDefault(true),
                DROPOUT,
                SEED,
                RETURN_ATTENTION_SCORES,
                USE_CAUSAL_MASK)
            .withInputs(2, "query", "value", "key", "query_mask", "value_mask"));
  }

  private static LayerKind groupedQuery(String name, String kerasName) {
    return LayerKind.of(
            name,
            kerasName,
            AttentionLayers::groupedQueryAttention,
            HEAD_DIM,
            NUM_QUERY_HEADS,
            NUM_KEY_VALUE_HEADS,
            DROPOUT,
            CommonArguments.USE_BIAS,
            SLIDING_WINDOW,
            FLASH_ATTENTION,
            CommonArguments.KERNEL_INITIALIZER,
            CommonArguments.BIAS_INITIALIZER,
            CommonArguments.KERNEL_REGULARIZER,
            CommonArguments.BIAS_REGULARIZER,
            CommonArguments.ACTIVITY_REGULARIZER,
            CommonArguments.KERNEL_CONSTRAINT,
            CommonArguments.BIAS_CONSTRAINT,
            USE_GATE,
            SEED,
            RETURN_ATTENTION_SCORES,
            USE_CAUSAL_MASK)
        .withInputs(2, "query", "value", "key", "attention_mask");
  }

  /**
   * {@code MultiHeadAttention} (Vaswani et al. 2017): query {@code [N, T…, D]}, value {@code [N,
   * S…, E]}, and the key, which is the value where it is left out; {@link HeadAttention} says more.
   */
  private static List<Value> multiHeadAttention(LayerScope scope) {
    long keyDim = scope.get(KEY_DIM);
    long heads = scope.get(NUM_HEADS);
    int rank = scope.input().type().rank();
    List<Long> axes =
        scope.find(ATTENTION_AXES).orElseGet(() -> HeadAttention.axesBetween(1, rank - 1));
    HeadAttention.Sizes sizes =
        new HeadAttention.Sizes(
            heads,
            heads,
            keyDim,
            scope.find(VALUE_DIM).orElse(keyDim),
            scope.find(OUTPUT_SHAPE).filter(shape -> !shape.isEmpty()));
    return new HeadAttention(scope, sizes, axes).apply();
  }

  /**
   * {@code GroupQueryAttention} (Ainslie et al. 2023): as {@link #multiHeadAttention}, with fewer
   * heads of keys and values, each of which serves several heads of queries. Query {@code [N, T,
   * D]}, value and key {@code [N, S, E]}.
   */
  private static List<Value> groupedQueryAttention(LayerScope scope) {
    long heads = scope.get(NUM_QUERY_HEADS);
    long keyHeads = scope.get(NUM_KEY_VALUE_HEADS);
    if (heads % keyHeads != 0) {
      throw new LayerException(
              scope.name()
                  + "() cannot divide "
                  + heads
                  + " heads of queries among "
                  + keyHeads
                  + " heads of keys",
              "let 'num_key_value_heads' divide 'num_query_heads'")
          .about(NUM_KEY_VALUE_HEADS.name());
    }
    scope.expectRank(3, "[batch, time, features]");
    long dim = scope.get(HEAD_DIM);
    HeadAttention.Sizes sizes =
        new HeadAttention.Sizes(heads, keyHeads, dim, dim, Optional.empty());
    return new HeadAttention(scope, sizes, List.of(1L)).apply();
  }

  /** Computes scores {@code [..., Tq, Tv]} of queries {@code [..., Tq, D]} and keys. */
  @FunctionalInterface
  private interface ScoreRule {
    Value of(LayerScope scope, Value query, Value key);
  }

  /**
   * {@code Attention} and {@code AdditiveAttention}: query {@code [..., Tq, D]}, value {@code [...,
   * Tv, E]}, key {@code [..., Tv, D]}, which is the value where it is left out; then the masks of
   * query and value, {@code bool[..., Tq]} and {@code bool[..., Tv]}, a single one that of the
   * value. Result {@code [..., Tq, E]}, then the weights if wanted.
   */
  private static List<Value> attention(LayerScope scope, ScoreRule rule) {
    Emitter emit = scope.emit();
    AttentionInputs inputs = AttentionInputs.of(scope, 2);
    Value query = scope.floats(inputs.query());
    Value value = scope.floats(inputs.value());
    Value key = scope.floats(inputs.key());
    if (query.type().rank() < 2 || query.type().rank() != value.type().rank()) {
      throw new LayerException(
              scope.name()
                  + "() takes tensors [batch, time, features] of one rank, and these are "
                  + query.type()
                  + " and "
                  + value.type(),
              "")
          .aboutInput(query.type().rank() < 2 ? 0 : 1);
    }
    inputs.expectMatching(scope, List.of(lastBut(query)));
    if (sizesDiffer(query.type().dim(-1), key.type().dim(-1))) {
      throw new LayerException(
              scope.name()
                  + "() compares queries and keys by their features, of which the query "
                  + query.type()
                  + " has "
                  + query.type().dim(-1)
                  + " and the key "
                  + key.type()
                  + " has "
                  + key.type().dim(-1),
              "bring them to one size, such as by a dense layer")
          .aboutInput(inputs.value() == inputs.key() ? 1 : 2);
    }
    List<Value> masks = inputs.masks();
    Value kept = masks.isEmpty() ? null : emit.unsqueeze(masks.getLast(), lastBut(value));
    if (scope.get(USE_CAUSAL_MASK)) {
      Value causal = Masks.causal(emit, query, lastBut(query), key, lastBut(key));
      kept = kept == null ? causal : Masks.and(emit, kept, causal);
    }
    Value scores = rule.of(scope, query, key);
    if (kept != null) {
      boolean small = scores.type().elementType() == ElementType.F16;
      scores = emit.plus(scores, Masks.added(emit, kept, scores, small ? -65504 : -1e9));
    }
    Value weights = emit.add(new Softmax(scores.type().rank() - 1), scores);
    Value result = emit.add(new MatMul(false, false), weights, value);
    if (masks.size() == 2) {
      Value rows = emit.unsqueeze(masks.getFirst(), query.type().rank() - 1);
      result = emit.where(rows, result, emit.scalarLike(result, 0));
    }
    return scope.get(RETURN_ATTENTION_SCORES) ? List.of(result, weights) : List.of(result);
  }

  /** Whether two sizes are numbers, not the same, and neither 1, which broadcasts. */
  static boolean sizesDiffer(Dim a, Dim b) {
    return a.isFixed() && b.isFixed() && !a.equals(b) && !a.is(1) && !b.is(1);
  }

  private static int lastBut(Value x) {
    return x.type().rank() - 2;
  }

  private static Value productScores(LayerScope scope, Value query, Value key) {
    Emitter emit = scope.emit();
    Value scale = null;
    if (scope.get(USE_SCALE)) {
      scale = scope.weight("scale", Initializers.ONES, query, List.of());
    }
    if (scope.get(SCORE_MODE).equals("dot")) {
      Value scores = emit.add(new MatMul(false, true), query, key);
      return scale == null ? scores : emit.times(scores, scale);
    }
    Value weight = scope.weight("concat_score_weight", Initializers.ONES, query, List.of());
    return emit.times(meetings(scope, query, key, scale, null), weight);
  }

  private static Value additiveScores(LayerScope scope, Value query, Value key) {
    Value scale = null;
    if (scope.get(USE_SCALE)) {
      int last = query.type().rank() - 1;
      Initializer initializer = Initializers.named("glorot_uniform").orElseThrow();
      scale = scope.weight("scale", initializer, query, List.of(Dim.of(scope.fixed(last))));
    }
    return meetings(scope, query, key, null, scale);
  }

  /** {@code sum(after * tanh(before * (query + key)))} of every query and key, over features. */
  private static Value meetings(
      LayerScope scope, Value query, Value key, @Nullable Value before, @Nullable Value after) {
    Emitter emit = scope.emit();
    int rank = query.type().rank();
    Value sum = emit.plus(emit.unsqueeze(query, rank - 1), emit.unsqueeze(key, rank - 2));
    Value bent = emit.unary(UnaryFunction.TANH, before == null ? sum : emit.times(sum, before));
    Value weighted = after == null ? bent : emit.times(bent, after);
    return emit.reduce(ReduceFunction.SUM, weighted, List.of(rank), false);
  }
}
