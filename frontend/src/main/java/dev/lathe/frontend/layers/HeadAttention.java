package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.CommonArguments.BIAS_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.USE_BIAS;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention of several heads: query, key and value, each projected to heads by a
 * kernel {@code [features, heads, size]} and a bias, meet over the attention axes; the result of
 * all heads is projected by a kernel {@code [heads, size, …]}.
 *
 * <p>Axes that attention does not run over are batch axes. It is written so that the passes see one
 * attention op: heads before time, scale, product, an added mask, softmax, product.
 */
final class HeadAttention {

  /**
   * Sizes of heads.
   *
   * @param heads of queries
   * @param keyHeads of keys and values, a divisor of {@code heads}
   * @param output the last axes of the result; those of the query if empty
   */
  record Sizes(
      long heads, long keyHeads, long keyDim, long valueDim, Optional<List<Long>> output) {}

  private final LayerScope scope;
  private final Emitter emit;
  private final Sizes sizes;
  private final AttentionInputs inputs;
  private final int rank;
  private final List<Integer> axes;

  HeadAttention(LayerScope scope, Sizes sizes, List<Long> axes) {
    this.scope = scope;
    this.emit = scope.emit();
    this.sizes = sizes;
    this.inputs = AttentionInputs.of(scope, 1);
    this.rank = inputs.query().type().rank();
    expectRanks();
    this.axes = axes.stream().map(this::axis).toList();
    if (axes.isEmpty() || new HashSet<>(this.axes).size() != axes.size()) {
      throw refusedAxes("'attention_axes' " + axes + " names no axis, or one twice");
    }
    inputs.expectMatching(scope, this.axes);
  }

  /** The axes from one to before another. */
  static List<Long> axesBetween(int from, int to) {
    return LongStream.range(from, to).boxed().toList();
  }

  private void expectRanks() {
    List<Value> tensors = List.of(inputs.query(), inputs.value(), inputs.key());
    for (int i = 0; i < 3; i++) {
      int each = tensors.get(i).type().rank();
      if (each < 3 || each != rank) {
        throw new LayerException(
                scope.name()
                    + "() takes tensors [batch, time, features] of one rank, and "
                    + (i == 0 || each < 3
                        ? "this is "
                        : "the query is " + inputs.query().type() + " and this is ")
                    + tensors.get(i).type(),
                "")
            .aboutInput(i);
      }
    }
  }

  private LayerException refusedAxes(String what) {
    return new LayerException(
            what,
            "the axes of "
                + inputs.query().type()
                + " that attention may run over are 1 to "
                + (rank - 2))
        .about("attention_axes");
  }

  private int axis(long axis) {
    // Keras counts negative axes from the end of the query.
    long counted = axis < 0 ? axis + rank : axis;
    if (counted < 1 || counted > rank - 2) {
      throw refusedAxes(
          "'attention_axes' has axis " + axis + ", which is the batch or the features");
    }
    return (int) counted;
  }

  List<Value> apply() {
    Value gate =
        scope.get(AttentionLayers.USE_GATE)
            ? project("gate", inputs.query(), sizes.heads, sizes.valueDim)
            : null;
    Value query = split(project("query", inputs.query(), sizes.heads, sizes.keyDim));
    Value key = repeated(split(project("key", inputs.key(), sizes.keyHeads, sizes.keyDim)));
    Value value = repeated(split(project("value", inputs.value(), sizes.keyHeads, sizes.valueDim)));
    Value scale = emit.scalarLike(query, 1 / Math.sqrt((double) sizes.keyDim));
    Value scores = emit.add(new MatMul(false, true), emit.times(query, scale), key);
    Value mask = mask();
    expectMask(mask, scores);
    if (mask != null) {
      boolean small = scores.type().elementType() == ElementType.F16;
      // So low that what is added to it vanishes: a row without keys is uniform, as in Keras.
      scores = emit.plus(scores, Masks.added(emit, mask, scores, small ? -4e4 : -2e38));
    }
    int last = scores.type().rank() - 1;
    Value weights = emit.add(new Softmax(last), scores);
    boolean returned = scope.get(AttentionLayers.RETURN_ATTENTION_SCORES);
    boolean zeroed = leavesEmptyRows() && keepsScores();
    if (mask != null && zeroed && returned) {
      weights = emit.where(mask, weights, emit.scalarLike(weights, 0));
    }
    Value result = emit.add(new MatMul(false, false), weights, value);
    if (mask != null && zeroed && !returned) {
      result = emit.where(anyKey(mask), result, emit.scalarLike(result, 0));
    }
    result = joined(result);
    if (gate != null) {
      result = emit.times(result, emit.unary(UnaryFunction.SIGMOID, gate));
    }
    Value output = output(result);
    return returned ? List.of(output, unmerged(weights)) : List.of(output);
  }

  private void expectMask(@Nullable Value mask, Value scores) {
    if (mask == null || inputs.masks().isEmpty()) {
      return;
    }
    for (int i = 1; i <= mask.type().rank(); i++) {
      Dim size = mask.type().dim(-i);
      if (!size.is(1) && AttentionLayers.sizesDiffer(size, scores.type().dim(-i))) {
        throw new LayerException(
                scope.name()
                    + "() has an attention_mask "
                    + inputs.masks().getFirst().type()
                    + " for scores "
                    + scores.type().shape()
                    + " of batch, heads, queries and keys",
                "give each of its axes the size of the scores', or 1")
            .aboutInput(scope.inputs().size() - 1);
      }
    }
  }

  /** Keras writes zeros for queries without keys only where it computes the scores itself. */
  private boolean keepsScores() {
    return rank != 3
        || scope.get(AttentionLayers.RETURN_ATTENTION_SCORES)
        || scope.get(AttentionLayers.DROPOUT) > 0;
  }

  /** A causal mask alone leaves every query a key. */
  private boolean leavesEmptyRows() {
    return !inputs.masks().isEmpty() || scope.find(AttentionLayers.SLIDING_WINDOW).isPresent();
  }

  private Value anyKey(Value mask) {
    Value ones = emit.cast(mask, ElementType.F32);
    int last = mask.type().rank() - 1;
    Value most = emit.reduce(ReduceFunction.MAX, ones, List.of(last), true);
    return emit.cast(most, ElementType.BOOL);
  }

  /** {@code [..., features]} to {@code [..., heads, size]}. */
  private Value project(String part, Value input, long heads, long size) {
    Value x = scope.floats(input);
    LayerScope inner = scope.withInputs(List.of(x)).below(part);
    Dim features = Dim.of(inner.fixed(rank - 1));
    List<Dim> split = List.of(Dim.of(heads), Dim.of(size));
    List<Dim> shape = List.of(features, split.get(0), split.get(1));
    Dim all = Dim.of(heads * size);
    Value kernel =
        inner.weight("kernel", KERNEL_INITIALIZER, KERNEL_REGULARIZER, KERNEL_CONSTRAINT, x, shape);
    Value y = emit.add(new MatMul(false, false), x, emit.reshape(kernel, List.of(features, all)));
    if (scope.get(USE_BIAS)) {
      Value bias =
          inner.weight("bias", BIAS_INITIALIZER, BIAS_REGULARIZER, BIAS_CONSTRAINT, x, split);
      y = emit.plus(y, emit.reshape(bias, List.of(all)));
    }
    List<Dim> dims = new ArrayList<>(x.type().shape().dims().subList(0, rank - 1));
    dims.addAll(split);
    return emit.reshape(y, dims);
  }

  /** Axes of {@code [..., heads, size]} as batch axes, heads, attention axes, size. */
  private List<Integer> order() {
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    order.removeAll(axes);
    order.addAll(axes);
    order.add(rank);
    return order;
  }

  /** {@code [batch…, heads, time, size]}, the attention axes as one. */
  private Value split(Value x) {
    return merged(emit.transpose(x, order()), rank - axes.size(), axes.size());
  }

  private Value merged(Value x, int from, int count) {
    if (count == 1) {
      return x;
    }
    List<Dim> dims = new ArrayList<>(x.type().shape().dims());
    List<Dim> part = dims.subList(from, from + count);
    Dim product = Emitter.product(part);
    part.clear();
    dims.add(from, product);
    return emit.reshape(x, dims);
  }

  /** Each head of keys as often as heads of queries ask for it. */
  private Value repeated(Value x) {
    if (sizes.heads == sizes.keyHeads) {
      return x;
    }
    List<Dim> dims = new ArrayList<>(x.type().shape().dims());
    dims.add(2, Dim.of(sizes.heads / sizes.keyHeads));
    Value copies = emit.expand(emit.unsqueeze(x, 2), emit.dims(dims));
    dims.remove(2);
    dims.set(1, Dim.of(sizes.heads));
    return emit.reshape(copies, dims);
  }

  /** {@code [batch…, heads, time, size]} back to {@code [..., heads, size]}. */
  private Value joined(Value x) {
    List<Dim> dims = new ArrayList<>(x.type().shape().dims());
    dims.remove(dims.size() - 2);
    dims.addAll(dims.size() - 1, sizesOf(inputs.query()));
    return emit.transposeBack(emit.reshape(x, dims), order());
  }

  private List<Dim> sizesOf(Value x) {
    return axes.stream().map(axis -> x.type().dim(axis)).toList();
  }

  private Value unmerged(Value scores) {
    if (axes.size() == 1) {
      return scores;
    }
    List<Dim> dims = new ArrayList<>(scores.type().shape().dims());
    dims.subList(dims.size() - 2, dims.size()).clear();
    dims.addAll(sizesOf(inputs.query()));
    dims.addAll(sizesOf(inputs.key()));
    return emit.reshape(scores, dims);
  }

  /** {@code [..., heads, size]} to the output. */
  private Value output(Value x) {
    List<Dim> result =
        sizes
            .output
            .map(shape -> shape.stream().map(Dim::of).toList())
            .orElseGet(() -> List.of(inputs.query().type().dim(rank - 1)));
    LayerScope inner = scope.below("attention_output");
    List<Dim> shape = new ArrayList<>(List.of(Dim.of(sizes.heads), Dim.of(sizes.valueDim)));
    Dim all = Dim.of(sizes.heads * sizes.valueDim);
    shape.addAll(result);
    Dim product = Emitter.product(result);
    Value kernel =
        inner.weight("kernel", KERNEL_INITIALIZER, KERNEL_REGULARIZER, KERNEL_CONSTRAINT, x, shape);
    List<Dim> dims = new ArrayList<>(x.type().shape().dims().subList(0, rank - 1));
    dims.add(all);
    Value y =
        emit.add(
            new MatMul(false, false),
            emit.reshape(x, dims),
            emit.reshape(kernel, List.of(all, product)));
    if (scope.get(USE_BIAS)) {
      Value bias =
          inner.weight("bias", BIAS_INITIALIZER, BIAS_REGULARIZER, BIAS_CONSTRAINT, x, result);
      y = emit.plus(y, emit.reshape(bias, List.of(product)));
    }
    dims.remove(rank - 1);
    dims.addAll(result);
    return emit.reshape(y, dims);
  }

  /** The conjunction of all masks as {@code bool[batch…, heads, T, S]} or what broadcasts to it. */
  private @Nullable Value mask() {
    Value mask = scope.get(AttentionLayers.USE_CAUSAL_MASK) ? positions(true) : null;
    if (scope.find(AttentionLayers.SLIDING_WINDOW).isPresent()) {
      Value window = positions(false);
      mask = mask == null ? window : Masks.and(emit, mask, window);
    }
    if (inputs.masks().isEmpty()) {
      return mask;
    }
    Value given = given(inputs.masks().getFirst());
    return mask == null ? given : Masks.and(emit, given, mask);
  }

  /** The causal mask or that of the sliding window, which are for a single axis of time. */
  private Value positions(boolean causal) {
    if (!axes.equals(List.of(1))) {
      throw new LayerException(
              scope.name()
                  + "() has a "
                  + (causal ? "causal mask" : "sliding window")
                  + " along axis 1, and attention runs over the axes "
                  + axes,
              "attend over axis 1 alone, or give an attention_mask")
          .about(causal ? "use_causal_mask" : "sliding_window");
    }
    return causal
        ? Masks.causal(emit, inputs.query(), 1, inputs.value(), 1)
        : Masks.window(
            emit, inputs.query(), 1, inputs.value(), 1, scope.get(AttentionLayers.SLIDING_WINDOW));
  }

  /** A given mask {@code [batch…, T…, S…]}, with or without heads, brought to the scores' axes. */
  private Value given(Value mask) {
    int attended = 2 * axes.size();
    int full = rank - axes.size() + attended;
    int given = mask.type().rank();
    if (given < attended || given > full) {
      throw new LayerException(
              scope.name()
                  + "() takes an attention_mask bool[batch, queries, keys], perhaps with an axis of"
                  + " heads after the batch, and this is "
                  + mask.type(),
              "")
          .aboutInput(scope.inputs().size() - 1);
    }
    Value all = mask;
    for (int i = given; i < full; i++) {
      all = emit.unsqueeze(all, i - attended);
    }
    if (axes.size() == 1) {
      return all;
    }
    List<Dim> dims = new ArrayList<>(all.type().shape().dims().subList(0, full - attended));
    dims.addAll(sizesOf(inputs.query()));
    dims.addAll(sizesOf(inputs.key()));
    all = emit.expand(all, emit.dims(dims));
    return merged(merged(all, full - axes.size(), axes.size()), full - attended, axes.size());
  }
}
