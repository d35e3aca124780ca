package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code IntegerLookup}: integers as places in a vocabulary, or back. */
final class IntegerLookupLayer {
  private static final Argument<Long> MAX_TOKENS = optional("max_tokens", ArgumentKinds.POSITIVE);
  private static final Argument<Long> NUM_OOV_INDICES =
      optional("num_oov_indices", ArgumentKinds.NON_NEGATIVE, 1L);
  private static final Argument<Long> MASK_TOKEN = optional("mask_token", ArgumentKinds.INTEGER);
  private static final Argument<Long> OOV_TOKEN = optional("oov_token", ArgumentKinds.INTEGER, -1L);
  private static final Argument<List<Long>> VOCABULARY =
      optional("vocabulary", ArgumentKinds.INTEGERS);
  private static final Argument<ElementType> VOCABULARY_DTYPE =
      optional("vocabulary_dtype", ArgumentKinds.DTYPE, "int64");
  private static final Argument<List<Double>> IDF_WEIGHTS =
      optional("idf_weights", ArgumentKinds.NUMBERS);
  private static final Argument<Boolean> INVERT = optional("invert", ArgumentKinds.FLAG, false);
  private static final Argument<String> OUTPUT_MODE =
      optional(
          "output_mode",
          ArgumentKinds.oneOf("int", "one_hot", "multi_hot", "count", "tf_idf"),
          "int");
  private static final Argument<Boolean> PAD_TO_MAX_TOKENS =
      optional("pad_to_max_tokens", ArgumentKinds.FLAG, false);
  private static final Argument<String> OOV_METHOD =
      optional("oov_method", ArgumentKinds.oneOf("floormod", "farmhash"), "floormod");
  private static final Argument<List<Long>> SALT = optional("salt", ArgumentKinds.INTEGERS);

  /** What Keras keeps beside the vocabulary, which says it already. */
  private static final Argument<Long> VOCABULARY_SIZE =
      optional("vocabulary_size", ArgumentKinds.POSITIVE);

  private final LayerScope scope;
  private final Emitter emit;
  private final String mode;
  private final long oovCount;
  private final int oovStart;
  private final int start;
  private final boolean hasSpecial;
  private final List<Long> tokens;

  private IntegerLookupLayer(LayerScope scope) {
    this.scope = scope;
    this.emit = scope.emit();
    this.mode = scope.get(OUTPUT_MODE);
    this.oovCount = scope.get(NUM_OOV_INDICES);
    this.oovStart = scope.find(MASK_TOKEN).isPresent() && mode.equals("int") ? 1 : 0;
    this.start = oovStart + Math.toIntExact(Math.min(oovCount, 1 << 20));
    List<Long> vocabulary =
        scope
            .find(VOCABULARY)
            .orElseThrow(
                () ->
                    new LayerException(
                            "integer_lookup() needs 'vocabulary'",
                            "adapt the layer in Keras and give what get_vocabulary() says")
                        .about("vocabulary"));
    List<Long> special = new ArrayList<>();
    if (oovStart == 1) {
      special.add(scope.get(MASK_TOKEN));
    }
    special.addAll(Collections.nCopies(start - oovStart, scope.get(OOV_TOKEN)));
    this.hasSpecial = vocabulary.size() >= start && vocabulary.subList(0, start).equals(special);
    this.tokens = hasSpecial ? vocabulary.subList(start, vocabulary.size()) : vocabulary;
    check(vocabulary);
  }

  static LayerKind kind() {
    return LayerKind.of(
        "integer_lookup",
        "IntegerLookup",
        scope -> List.of(new IntegerLookupLayer(scope).apply()),
        MAX_TOKENS,
        NUM_OOV_INDICES,
        MASK_TOKEN,
        OOV_TOKEN,
        VOCABULARY,
        VOCABULARY_DTYPE,
        IDF_WEIGHTS,
        INVERT,
        OUTPUT_MODE,
        CategoricalLayers.SPARSE,
        PAD_TO_MAX_TOKENS,
        OOV_METHOD,
        SALT,
        VOCABULARY_SIZE);
  }

  private void check(List<Long> vocabulary) {
    CategoricalLayers.refuseSparse(scope);
    Set<Long> seen = new HashSet<>();
    for (long token : tokens) {
      if (!seen.add(token)) {
        throw wrong("vocabulary", "has " + token + " twice", "drop one");
      }
    }
    if (tokens.isEmpty()) {
      throw wrong("vocabulary", "is empty", "");
    }
    if (scope.find(MASK_TOKEN).filter(seen::contains).isPresent()) {
      throw wrong("vocabulary", "holds the mask_token", "drop it, or put it first");
    }
    long size = start + (long) tokens.size();
    if (scope.find(MAX_TOKENS).filter(most -> size > most).isPresent()) {
      throw wrong(
          "vocabulary",
          "comes to " + size + " tokens with those that are reserved",
          "give it at most max_tokens: " + scope.get(MAX_TOKENS));
    }
    if (scope.get(PAD_TO_MAX_TOKENS) && scope.find(MAX_TOKENS).isEmpty()) {
      throw wrong("pad_to_max_tokens", "needs max_tokens", "give it");
    }
    if (scope.get(OOV_METHOD).equals("farmhash") || scope.find(SALT).isPresent()) {
      throw wrong("oov_method", "is \"farmhash\", which is not there", "use \"floormod\"");
    }
    if (scope.get(INVERT) && !mode.equals("int")) {
      throw wrong("output_mode", "is not \"int\", and the lookup is inverted", "");
    }
    Optional<List<Double>> weights = scope.find(IDF_WEIGHTS);
    if (weights.isPresent() != mode.equals("tf_idf")
        || weights.filter(each -> each.size() != vocabulary.size()).isPresent()) {
      throw wrong(
          "idf_weights",
          "are one for every element of the vocabulary in output_mode \"tf_idf\" alone",
          "");
    }
    if (!scope.input().type().elementType().isInteger()) {
      throw new LayerException(
              "integer_lookup() takes integers, and this is " + scope.input().type(),
              "cast it: cast(x, i64)")
          .aboutInput(0);
    }
  }

  private static LayerException wrong(String argument, String what, String help) {
    return new LayerException("'" + argument + "' of integer_lookup() " + what, help)
        .about(argument);
  }

  private Value apply() {
    Value x = emit.cast(scope.input(), ElementType.I64);
    if (scope.get(INVERT)) {
      return inverted(x);
    }
    Value places = places(x);
    if (mode.equals("int")) {
      return places;
    }
    long size = scope.get(PAD_TO_MAX_TOKENS) ? scope.get(MAX_TOKENS) : start + (long) tokens.size();
    boolean weighted = mode.equals("tf_idf");
    Value encoded =
        CategoricalLayers.encoded(
            emit, places, weighted ? "count" : mode, Dim.of(size), ElementType.I64, null);
    return weighted
        ? emit.times(emit.cast(encoded, ElementType.F32), emit.constant(weights(size)))
        : encoded;
  }

  private Value constant(List<Long> numbers) {
    return emit.longs(numbers);
  }

  /** The place of each integer; those that the vocabulary has not share the places before it. */
  private Value places(Value x) {
    int rank = x.type().rank();
    Value same = emit.binary(BinaryFunction.EQUAL, emit.unsqueeze(x, rank), constant(tokens));
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      numbers.add((long) start + i);
    }
    Value none = emit.number(-1);
    Value place =
        emit.reduce(
            ReduceFunction.MAX, emit.where(same, constant(numbers), none), List.of(rank), false);
    if (oovCount > 0) {
      Value bucket = emit.binary(BinaryFunction.MOD, x, emit.number(oovCount));
      Value other = emit.plus(bucket, emit.number(oovStart));
      place = emit.where(emit.binary(BinaryFunction.EQUAL, place, none), other, place);
    }
    if (scope.find(MASK_TOKEN).isPresent()) {
      Value mask = emit.binary(BinaryFunction.EQUAL, x, emit.number(scope.get(MASK_TOKEN)));
      // Among vectors, what is masked has zeros, as no place is -1.
      place = emit.where(mask, emit.number(mode.equals("int") ? 0 : -1), place);
    }
    return place;
  }

  /** The integer of each place; the oov_token for places before and behind the vocabulary. */
  private Value inverted(Value x) {
    List<Long> table = new ArrayList<>(Collections.nCopies(start, scope.get(OOV_TOKEN)));
    table.addAll(tokens);
    scope.find(MASK_TOKEN).filter(_ -> oovStart == 1).ifPresent(mask -> table.set(0, mask));
    table.add(scope.get(OOV_TOKEN));
    Value last = emit.number(table.size() - 1L);
    Value below = emit.binary(BinaryFunction.LESS, x, emit.number(0));
    Value inside = emit.add(new Clamp(0, table.size() - 1.0), x);
    return emit.gather(constant(table), 0, emit.where(below, last, inside));
  }

  /** Weights of the whole table: reserved places take the mean, places behind it zero. */
  private ConstantData weights(long size) {
    List<Double> given = scope.get(IDF_WEIGHTS);
    double mean = given.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    float[] weights = new float[Math.toIntExact(size)];
    int front = hasSpecial ? 0 : start;
    for (int i = 0; i < front + given.size() && i < weights.length; i++) {
      weights[i] = (float) (i < front ? mean : given.get(i - front));
    }
    return ConstantData.ofFloats(weights);
  }
}
