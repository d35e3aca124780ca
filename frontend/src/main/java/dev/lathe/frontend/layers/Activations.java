package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;
import static dev.lathe.frontend.layers.ArgumentKinds.NUMBER;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Celu;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.Elu;
import dev.lathe.ir.op.ElementwiseOp.Gelu;
import dev.lathe.ir.op.ElementwiseOp.HardSigmoid;
import dev.lathe.ir.op.ElementwiseOp.LeakyRelu;
import dev.lathe.ir.op.ElementwiseOp.Selu;
import dev.lathe.ir.op.ElementwiseOp.Shrink;
import dev.lathe.ir.op.ElementwiseOp.ThresholdedRelu;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.NormalizationOp.LogSoftmax;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.ReductionOp.CumSum;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ReductionOp.TopK;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The activations of Keras 3, each a layer of one input and of its own name: {@code relu}, {@code
 * gelu}, …. Those that are classes of layers too have the class's arguments.
 */
final class Activations {
  private static final Argument<Double> RELU_SLOPE =
      optional("negative_slope", ArgumentKinds.NON_NEGATIVE_NUMBER, 0.0);
  private static final Argument<Double> MAX_VALUE =
      optional("max_value", ArgumentKinds.NON_NEGATIVE_NUMBER);
  private static final Argument<Double> RELU_THRESHOLD =
      optional("threshold", ArgumentKinds.NON_NEGATIVE_NUMBER, 0.0);
  private static final Argument<Double> NEGATIVE_SLOPE =
      optional("negative_slope", ArgumentKinds.NON_NEGATIVE_NUMBER, 0.3);
  private static final Argument<Double> ALPHA = optional("alpha", NUMBER, 1.0);
  private static final Argument<Double> CELU_ALPHA =
      optional("alpha", ArgumentKinds.POSITIVE_NUMBER, 1.0);
  private static final Argument<Boolean> APPROXIMATE =
      optional("approximate", ArgumentKinds.FLAG, false);
  private static final Argument<Double> SHRINK_THRESHOLD =
      optional("threshold", ArgumentKinds.NON_NEGATIVE_NUMBER, 0.5);
  private static final Argument<Double> THRESHOLD = required("threshold", NUMBER);
  private static final Argument<Double> DEFAULT_VALUE = required("default_value", NUMBER);
  private static final Argument<Double> B = optional("b", NUMBER, 4L);
  private static final Argument<Long> AXIS = optional("axis", ArgumentKinds.INTEGER, -1L);

  /** Alpha and scale of Klambauer et al. 2017. */
  private static final Selu SELU = new Selu(1.6732632f, 1.050701f);

  private static final Map<String, LayerKind> KINDS = kinds();

  private Activations() {}

  static void register(LayerIndex index) {
    KINDS.values().forEach(index::add);
  }

  private static Map<String, LayerKind> kinds() {
    Map<String, LayerKind> kinds = new LinkedHashMap<>();
    add(kinds, LayerKind.of("linear", "linear", scope -> List.of(scope.input())));
    add(
        kinds,
        LayerKind.of("relu", "ReLU", Activations::relu, MAX_VALUE, RELU_SLOPE, RELU_THRESHOLD));
    add(kinds, op("relu6", new Clamp(0, 6)));
    add(kinds, with("leaky_relu", "LeakyReLU", NEGATIVE_SLOPE, LeakyRelu::new));
    add(kinds, with("elu", "ELU", ALPHA, Elu::new));
    add(kinds, op("selu", SELU));
    add(kinds, with("celu", "celu", CELU_ALPHA, Celu::new));
    add(
        kinds,
        LayerKind.of(
            "gelu",
            "gelu",
            scope ->
                List.of(scope.emit().add(new Gelu(scope.get(APPROXIMATE)), scope.floatInput())),
            APPROXIMATE));
    add(kinds, unary("silu", UnaryFunction.SILU));
    add(kinds, unary("swish", UnaryFunction.SILU));
    add(kinds, unary("hard_silu", UnaryFunction.HARD_SWISH));
    add(kinds, unary("hard_swish", UnaryFunction.HARD_SWISH));
    add(kinds, unary("sigmoid", UnaryFunction.SIGMOID));
    add(kinds, op("hard_sigmoid", new HardSigmoid(1 / 6f, 0.5f)));
    add(kinds, unary("tanh", UnaryFunction.TANH));
    add(kinds, op("hard_tanh", new Clamp(-1, 1)));
    add(
        kinds,
        formula("tanh_shrink", (emit, x) -> emit.minus(x, emit.unary(UnaryFunction.TANH, x))));
    add(kinds, with("soft_shrink", "soft_shrink", SHRINK_THRESHOLD, t -> new Shrink(t, t)));
    add(kinds, with("hard_shrink", "hard_shrink", SHRINK_THRESHOLD, t -> new Shrink(t, 0)));
    add(kinds, unary("softplus", UnaryFunction.SOFTPLUS));
    add(kinds, unary("softsign", UnaryFunction.SOFTSIGN));
    add(kinds, SoftmaxLayer.kind());
    add(
        kinds,
        LayerKind.of(
            "log_softmax",
            "log_softmax",
            scope ->
                List.of(
                    scope
                        .emit()
                        .add(new LogSoftmax(scope.axis(scope.get(AXIS))), scope.floatInput())),
            AXIS));
    add(kinds, formula("log_sigmoid", Activations::logSigmoid));
    add(kinds, unary("exponential", UnaryFunction.EXP));
    add(kinds, unary("mish", UnaryFunction.MISH));
    add(kinds, LayerKind.of("glu", "glu", Activations::glu, AXIS));
    add(kinds, formula("sparse_plus", Activations::sparsePlus));
    add(kinds, op("sparse_sigmoid", new HardSigmoid(0.5f, 0.5f)));
    add(kinds, LayerKind.of("sparsemax", "sparsemax", Activations::sparsemax, AXIS));
    add(kinds, LayerKind.of("squareplus", "squareplus", Activations::squareplus, B));
    add(
        kinds,
        LayerKind.of("threshold", "threshold", Activations::threshold, THRESHOLD, DEFAULT_VALUE));
    return kinds;
  }

  private static void add(Map<String, LayerKind> kinds, LayerKind kind) {
    kinds.put(kind.name(), kind);
  }

  private static LayerKind formula(String name, BiFunction<Emitter, Value, Value> formula) {
    return LayerKind.of(
        name, name, scope -> List.of(formula.apply(scope.emit(), scope.floatInput())));
  }

  private static LayerKind unary(String name, UnaryFunction function) {
    return formula(name, (emit, x) -> emit.unary(function, x));
  }

  private static LayerKind op(String name, Op op) {
    return formula(name, (emit, x) -> emit.add(op, x));
  }

  /** An op with one number. */
  private static LayerKind with(
      String name, String kerasName, Argument<Double> argument, Function<Float, Op> op) {
    return LayerKind.of(
        name,
        kerasName,
        scope ->
            List.of(
                scope.emit().add(op.apply(scope.get(argument).floatValue()), scope.floatInput())),
        argument);
  }

  /**
   * {@code ReLU}: x above the threshold and at most {@code max_value}, {@code negative_slope * (x -
   * threshold)} below. Without arguments it leaves integers integers.
   */
  private static List<Value> relu(LayerScope scope) {
    Emitter emit = scope.emit();
    double slope = scope.get(RELU_SLOPE);
    double threshold = scope.get(RELU_THRESHOLD);
    Optional<Double> most = scope.find(MAX_VALUE);
    if (slope == 0 && threshold == 0 && most.isEmpty()) {
      boolean bool = scope.input().type().elementType() == ElementType.BOOL;
      return List.of(emit.unary(UnaryFunction.RELU, bool ? scope.floatInput() : scope.input()));
    }
    Value x = scope.floatInput();
    if (threshold == 0 && most.isEmpty()) {
      return List.of(emit.add(new LeakyRelu((float) slope), x));
    }
    Value above =
        threshold == 0
            ? emit.add(new Clamp(0, most.orElse(Double.POSITIVE_INFINITY)), x)
            : emit.add(new ThresholdedRelu((float) threshold), x);
    if (threshold != 0 && most.isPresent()) {
      above = emit.add(new Clamp(0, most.get()), above);
    }
    if (slope == 0) {
      return List.of(above);
    }
    Value below = emit.unary(UnaryFunction.RELU, emit.minus(emit.scalarLike(x, threshold), x));
    return List.of(emit.minus(above, emit.times(emit.scalarLike(x, slope), below)));
  }

  /** {@code -softplus(-x)}. */
  private static Value logSigmoid(Emitter emit, Value x) {
    Value negative = emit.unary(UnaryFunction.NEG, x);
    return emit.unary(UnaryFunction.NEG, emit.unary(UnaryFunction.SOFTPLUS, negative));
  }

  /** {@code 0} up to -1, {@code (x + 1)^2 / 4} up to 1, then {@code x}. */
  private static Value sparsePlus(Emitter emit, Value x) {
    Value one = emit.scalarLike(x, 1);
    Value inner = emit.plus(emit.add(new Clamp(-1, 1), x), one);
    Value curve = emit.times(emit.times(inner, inner), emit.scalarLike(x, 0.25));
    return emit.where(emit.binary(BinaryFunction.LESS, x, one), curve, x);
  }

  /** {@code (x + sqrt(x^2 + b)) / 2}. */
  private static List<Value> squareplus(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    Value root =
        emit.unary(
            UnaryFunction.SQRT, emit.plus(emit.times(x, x), emit.scalarLike(x, scope.get(B))));
    return List.of(emit.times(emit.plus(x, root), emit.scalarLike(x, 0.5)));
  }

  /** {@code x > threshold ? x : default_value}. */
  private static List<Value> threshold(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    Value above = emit.binary(BinaryFunction.GREATER, x, emit.scalarLike(x, scope.get(THRESHOLD)));
    return List.of(emit.where(above, x, emit.scalarLike(x, scope.get(DEFAULT_VALUE))));
  }

  /** {@code a * sigmoid(b)} of the two halves of an axis (Dauphin et al. 2017). */
  private static List<Value> glu(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    int axis = scope.axis(scope.get(AXIS));
    Dim size = x.type().dim(axis);
    if (size.isFixed() && size.value() % 2 != 0) {
      throw new LayerException(
              "glu() halves axis " + axis + " of " + x.type() + ", which has " + size + " elements",
              "give it an even size")
          .aboutInput(0);
    }
    Value middle = emit.dims(List.of(size.floorDiv(2)));
    Value a = emit.slice(x, axis, emit.longs(0), middle);
    Value b = emit.slice(x, axis, middle, emit.dims(List.of(size)));
    return List.of(emit.times(a, emit.unary(UnaryFunction.SIGMOID, b)));
  }

  /**
   * {@code sparsemax} (Martins and Astudillo 2016) as Keras 3.15 computes it: {@code max(x - tau,
   * 0)}, where tau sums the running sums of the support and not only its elements, so that three
   * and more large elements give another result than the paper.
   */
  private static List<Value> sparsemax(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    int axis = scope.axis(scope.get(AXIS));
    int behind = x.type().rank() - 1 - axis;
    Value size = emit.sizeOf(x, axis);
    Value sorted = emit.addAll(new TopK(axis, true, true), List.of(x, size)).get(0);
    Value sums = emit.add(new CumSum(axis, false, false), sorted);
    Value count =
        emit.add(
            new dev.lathe.ir.op.CreationOp.Range(),
            emit.number(1),
            emit.plus(emit.asScalar(size), emit.number(1)),
            emit.number(1));
    Value place = emit.trailing(emit.cast(count, x.type().elementType()), behind);
    Value one = emit.scalarLike(x, 1);
    Value rest = emit.minus(sorted, emit.over(emit.minus(sums, one), place));
    Value zero = emit.scalarLike(x, 0);
    Value support = emit.binary(BinaryFunction.GREATER, rest, zero);
    Value kept = emit.cast(support, x.type().elementType());
    Value k = emit.reduce(ReduceFunction.SUM, kept, List.of(axis), true);
    Value total =
        emit.reduce(ReduceFunction.SUM, emit.where(support, sums, zero), List.of(axis), true);
    Value tau = emit.over(emit.minus(total, one), k);
    return List.of(emit.unary(UnaryFunction.RELU, emit.minus(x, tau)));
  }

  /** The activation of a name with the defaults of {@code keras.activations}. */
  static Optional<Layer> find(String name) {
    LayerKind kind = KINDS.get(name);
    if (kind == null || !isComplete(kind)) {
      return Optional.empty();
    }
    // The function's slope is not that of the class LeakyReLU.
    return Optional.of(
        kind.bind(name.equals("leaky_relu") ? Map.of("negative_slope", 0.2) : Map.of()));
  }

  /** True for a kind of here that has no axis. */
  static boolean isElementwise(LayerKind kind) {
    return kind.equals(KINDS.get(kind.name())) && kind.signature().argument("axis") == null;
  }

  private static boolean isComplete(LayerKind kind) {
    return kind.signature().arguments().stream().noneMatch(Argument::isRequired);
  }

  /** All activations. */
  static Collection<LayerKind> all() {
    return KINDS.values();
  }

  static Set<String> names() {
    return KINDS.values().stream()
        .filter(Activations::isComplete)
        .map(LayerKind::name)
        .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
  }
}
