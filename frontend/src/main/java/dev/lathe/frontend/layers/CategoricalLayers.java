package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Layers that turn numbers into categories, and categories into vectors. */
final class CategoricalLayers {
  /** Whether results would be sparse tensors in Keras, of which there are none here. */
  static final Argument<Boolean> SPARSE = optional("sparse", ArgumentKinds.FLAG, false);

  private static final Argument<Long> NUM_TOKENS = required("num_tokens", ArgumentKinds.POSITIVE);
  private static final Argument<String> ENCODING =
      optional(
          "output_mode",
          ArgumentKinds.oneOf("multi_hot", "one_hot", "count", "binary"),
          "multi_hot");
  private static final Argument<List<Double>> BIN_BOUNDARIES =
      optional("bin_boundaries", ArgumentKinds.NUMBERS);
  private static final Argument<Long> NUM_BINS = optional("num_bins", ArgumentKinds.NON_NEGATIVE);
  private static final Argument<Double> EPSILON = optional("epsilon", ArgumentKinds.NUMBER, 0.01);
  private static final Argument<String> OUTPUT_MODE =
      optional("output_mode", ArgumentKinds.oneOf("int", "one_hot", "multi_hot", "count"), "int");

  private CategoricalLayers() {}

  static void register(LayerIndex index) {
    index.add(
        LayerKind.of(
                "category_encoding",
                "CategoryEncoding",
                CategoricalLayers::categoryEncoding,
                NUM_TOKENS,
                ENCODING,
                SPARSE)
            .withInputs(1, "inputs", "count_weights"));
    index.add(
        LayerKind.of(
            "discretization",
            "Discretization",
            CategoricalLayers::discretization,
            BIN_BOUNDARIES,
            NUM_BINS,
            EPSILON,
            OUTPUT_MODE,
            SPARSE));
    index.add(IntegerLookupLayer.kind());
  }

  /** Makes sure that a layer is not asked for sparse tensors. */
  static void refuseSparse(LayerScope scope) {
    if (scope.get(SPARSE)) {
      throw new LayerException(
              scope.name() + "() gives no sparse tensors", "drop it: the numbers are the same")
          .about("sparse");
    }
  }

  /**
   * {@code CategoryEncoding}: integers as vectors of {@code num_tokens}: one for each integer
   * ({@code one_hot}), or one for all of a sample, with ones ({@code multi_hot}) or with how often
   * each stands there, perhaps weighted ({@code count}).
   */
  private static List<Value> categoryEncoding(LayerScope scope) {
    refuseSparse(scope);
    String written = scope.get(ENCODING);
    String mode = written.equals("binary") ? "multi_hot" : written;
    Value weights = scope.inputs().size() > 1 ? scope.inputs().get(1) : null;
    if (weights != null && !mode.equals("count")) {
      throw new LayerException(
              "category_encoding() uses weights of counts, and its output_mode is "
                  + Written.text(written),
              "say output_mode: \"count\"")
          .about("output_mode");
    }
    Value x = scope.input();
    if (weights != null && !weights.type().shape().equals(x.type().shape())) {
      throw new LayerException(
              "category_encoding() has a weight for each of its integers, which are "
                  + x.type()
                  + ", and these are "
                  + weights.type(),
              "give both the same shape")
          .aboutInput(1);
    }
    return List.of(
        encoded(scope.emit(), x, mode, Dim.of(scope.get(NUM_TOKENS)), ElementType.F32, weights));
  }

  /**
   * Categories as vectors along a new last axis, as Keras encodes them: what {@code multi_hot} and
   * {@code count} sum over is the second axis, or the first of a vector. Categories that are none
   * have zeros.
   */
  static Value encoded(
      Emitter emit, Value x, String mode, Dim depth, ElementType type, @Nullable Value weights) {
    if (mode.equals("int")) {
      return emit.cast(x, type);
    }
    Value ids = emit.asVector(emit.cast(x, ElementType.I64));
    int rank = ids.type().rank();
    boolean single = rank > 1 && ids.type().dim(rank - 1).is(1);
    if (mode.equals("one_hot") && single) {
      ids = emit.squeeze(ids, rank - 1);
    }
    Value classes = CreationFunctions.counting(emit, depth);
    Value column = emit.unsqueeze(ids, ids.type().rank());
    Value same = emit.binary(BinaryFunction.EQUAL, column, classes);
    if (mode.equals("one_hot")) {
      return emit.cast(same, type);
    }
    int summed = rank > 1 ? 1 : 0;
    if (mode.equals("multi_hot")) {
      return emit.cast(emit.reduce(ReduceFunction.MAX, same, List.of(summed), false), type);
    }
    Value ones = emit.cast(same, type);
    if (weights != null) {
      Value each = emit.cast(emit.asVector(weights), type);
      ones = emit.times(ones, emit.unsqueeze(each, each.type().rank()));
    }
    return emit.reduce(ReduceFunction.SUM, ones, List.of(summed), false);
  }

  /**
   * {@code Discretization}: the number of boundaries that an element has reached, as an integer
   * (i32) or as a vector. Boundaries rise.
   */
  private static List<Value> discretization(LayerScope scope) {
    refuseSparse(scope);
    if (scope.find(BIN_BOUNDARIES).isEmpty()) {
      throw new LayerException(
              "discretization() needs 'bin_boundaries'",
              "adapt the layer in Keras and give the boundaries it found")
          .about("bin_boundaries");
    }
    List<Double> boundaries = scope.get(BIN_BOUNDARIES);
    for (int i = 1; i < boundaries.size(); i++) {
      if (boundaries.get(i) < boundaries.get(i - 1)) {
        throw new LayerException(
                "'bin_boundaries' of discretization() rise, and "
                    + boundaries.get(i)
                    + " follows "
                    + boundaries.get(i - 1),
                "sort them")
            .about("bin_boundaries");
      }
    }
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    float[] edges = new float[boundaries.size()];
    for (int i = 0; i < edges.length; i++) {
      edges[i] = boundaries.get(i).floatValue();
    }
    Value all = emit.cast(emit.constant(ConstantData.ofFloats(edges)), x.type().elementType());
    int rank = x.type().rank();
    Value reached = emit.binary(BinaryFunction.GREATER_OR_EQUAL, emit.unsqueeze(x, rank), all);
    Value bins =
        emit.reduce(ReduceFunction.SUM, emit.cast(reached, ElementType.I32), List.of(rank), false);
    String mode = scope.get(OUTPUT_MODE);
    ElementType type = mode.equals("int") ? ElementType.I32 : ElementType.F32;
    return List.of(encoded(emit, bins, mode, Dim.of(edges.length + 1L), type, null));
  }
}
