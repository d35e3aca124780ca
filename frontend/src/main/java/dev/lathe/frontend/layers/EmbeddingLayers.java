package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.LinalgOp.MatMul;
import java.util.List;
import java.util.Optional;

/** Layers that look vectors up by number. */
final class EmbeddingLayers {
  private static final Argument<Long> INPUT_DIM = required("input_dim", ArgumentKinds.POSITIVE);
  private static final Argument<Long> OUTPUT_DIM = required("output_dim", ArgumentKinds.POSITIVE);
  private static final Argument<Initializer> INITIALIZER =
      CommonArguments.initializer("embeddings_initializer", "random_uniform");
  private static final Argument<Penalty> REGULARIZER =
      CommonArguments.regularizer("embeddings_regularizer");
  private static final Argument<Penalty> CONSTRAINT =
      CommonArguments.constraint("embeddings_constraint");
  private static final Argument<Boolean> MASK_ZERO =
      optional("mask_zero", ArgumentKinds.FLAG, false);
  private static final Argument<Initializer> WEIGHTS =
      optional("weights", ArgumentKinds.INITIALIZER);
  private static final Argument<Boolean> TIE_WEIGHTS =
      optional("tie_weights", ArgumentKinds.FLAG, true);
  private static final Argument<ElementType> REVERSE_DTYPE =
      optional("reverse_dtype", ArgumentKinds.DTYPE);
  private static final Argument<Double> LOGIT_SOFT_CAP =
      optional("logit_soft_cap", ArgumentKinds.NUMBER);
  private static final Argument<Boolean> REVERSE = optional("reverse", ArgumentKinds.FLAG, false);

  private EmbeddingLayers() {}

  static void register(LayerIndex index) {
    index.add(
        LayerKind.of(
            "embedding",
            "Embedding",
            EmbeddingLayers::embedding,
            INPUT_DIM,
            OUTPUT_DIM,
            INITIALIZER,
            REGULARIZER,
            CONSTRAINT,
            MASK_ZERO,
            WEIGHTS,
            CommonArguments.LORA_RANK,
            CommonArguments.LORA_ALPHA,
            CommonArguments.ACTIVITY_REGULARIZER));
    index.add(
        LayerKind.of(
            "reversible_embedding",
            "ReversibleEmbedding",
            EmbeddingLayers::reversibleEmbedding,
            INPUT_DIM,
            OUTPUT_DIM,
            TIE_WEIGHTS,
            INITIALIZER,
            REGULARIZER,
            CONSTRAINT,
            MASK_ZERO,
            REVERSE_DTYPE,
            LOGIT_SOFT_CAP,
            WEIGHTS,
            CommonArguments.LORA_RANK,
            CommonArguments.LORA_ALPHA,
            CommonArguments.ACTIVITY_REGULARIZER,
            REVERSE));
  }

  /**
   * {@code Embedding}: numbers {@code [...]}, from 0 to {@code input_dim - 1}, as rows of a table
   * {@code [input_dim, output_dim]}: {@code [..., output_dim]}.
   */
  private static List<Value> embedding(LayerScope scope) {
    return List.of(rows(scope, table(scope)));
  }

  private static Value table(LayerScope scope) {
    if (scope.get(MASK_ZERO)) {
      throw new LayerException(
              scope.name()
                  + "() with mask_zero makes a mask that later layers read, and masks are not"
                  + " carried from layer to layer",
              "leave 'mask_zero' out and give the layers that need one a mask of their own")
          .about(MASK_ZERO.name());
    }
    CommonArguments.refuseLora(scope);
    return scope.weight(
        "embeddings",
        scope.find(WEIGHTS).orElseGet(() -> scope.get(INITIALIZER)),
        REGULARIZER,
        CONSTRAINT,
        scope.floatType(),
        List.of(Dim.of(scope.get(INPUT_DIM)), Dim.of(scope.get(OUTPUT_DIM))));
  }

  private static Value rows(LayerScope scope, Value table) {
    Value ids = scope.input();
    boolean isIndex =
        ids.type().elementType() == ElementType.I32 || ids.type().elementType() == ElementType.I64;
    Value indices = isIndex ? ids : scope.emit().cast(ids, ElementType.I32);
    return scope.emit().add(new Gather(0), table, indices);
  }

  /**
   * {@code ReversibleEmbedding}: an embedding; or, with the call's argument {@code reverse},
   * vectors {@code [..., output_dim]} times the table's transpose, or times a table {@code
   * [output_dim, input_dim]} of its own: {@code [..., input_dim]}, each logit {@code y} then {@code
   * cap * tanh(y / cap)} if {@code logit_soft_cap} says so.
   */
  private static List<Value> reversibleEmbedding(LayerScope scope) {
    Emitter emit = scope.emit();
    Value table = table(scope);
    boolean tied = scope.get(TIE_WEIGHTS);
    Value kernel =
        tied
            ? table
            : scope.weight(
                "reverse_embeddings",
                INITIALIZER,
                table,
                List.of(Dim.of(scope.get(OUTPUT_DIM)), Dim.of(scope.get(INPUT_DIM))));
    if (!scope.get(REVERSE)) {
      return List.of(rows(scope, table));
    }
    Value x = scope.floatInput();
    int rank = x.type().rank();
    if (rank < 2 || !x.type().dim(rank - 1).is(scope.get(OUTPUT_DIM))) {
      throw new LayerException(
              "reversible_embedding() takes a tensor [..., "
                  + scope.get(OUTPUT_DIM)
                  + "] in reverse, and this is "
                  + x.type(),
              "")
          .aboutInput(0);
    }
    Optional<ElementType> type = scope.find(REVERSE_DTYPE);
    Value logits =
        emit.add(
            new MatMul(false, tied),
            emit.cast(x, type.orElse(x.type().elementType())),
            emit.cast(kernel, type.orElse(x.type().elementType())));
    if (scope.find(LOGIT_SOFT_CAP).isPresent()) {
      Value cap = emit.scalarLike(logits, scope.get(LOGIT_SOFT_CAP));
      logits = emit.times(emit.unary(UnaryFunction.TANH, emit.over(logits, cap)), cap);
    }
    return List.of(logits);
  }
}
