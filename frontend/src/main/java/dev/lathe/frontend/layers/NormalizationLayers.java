package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.ir.op.NormalizationOp.GroupNormalization;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.NormalizationOp.RmsNormalization;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Layers that scale a tensor by statistics of itself, or by those that training gathered. */
final class NormalizationLayers {
  private static final Argument<Long> AXIS = optional("axis", ArgumentKinds.INTEGER, -1L);
  private static final Argument<List<Long>> AXES = optional("axis", ArgumentKinds.INTEGERS, -1L);
  private static final Argument<Long> GROUPS = optional("groups", ArgumentKinds.INTEGER, 32L);
  private static final Argument<Double> MOMENTUM = optional("momentum", ArgumentKinds.NUMBER, 0.99);
  private static final Argument<Double> EPSILON = optional("epsilon", ArgumentKinds.NUMBER, 1e-3);
  private static final Argument<Boolean> CENTER = optional("center", ArgumentKinds.FLAG, true);
  private static final Argument<Boolean> SCALE = optional("scale", ArgumentKinds.FLAG, true);
  private static final Argument<Initializer> BETA_INITIALIZER =
      CommonArguments.initializer("beta_initializer", "zeros");
  private static final Argument<Initializer> GAMMA_INITIALIZER =
      CommonArguments.initializer("gamma_initializer", "ones");
  private static final Argument<Initializer> MEAN_INITIALIZER =
      CommonArguments.initializer("moving_mean_initializer", "zeros");
  private static final Argument<Initializer> VARIANCE_INITIALIZER =
      CommonArguments.initializer("moving_variance_initializer", "ones");
  private static final Argument<Penalty> BETA_REGULARIZER =
      CommonArguments.regularizer("beta_regularizer");
  private static final Argument<Penalty> GAMMA_REGULARIZER =
      CommonArguments.regularizer("gamma_regularizer");
  private static final Argument<Penalty> BETA_CONSTRAINT =
      CommonArguments.constraint("beta_constraint");
  private static final Argument<Penalty> GAMMA_CONSTRAINT =
      CommonArguments.constraint("gamma_constraint");
  private static final Argument<Boolean> RENORM = optional("renorm", ArgumentKinds.FLAG, false);
  private static final Argument<List<Double>> RENORM_CLIPPING =
      optional("renorm_clipping", ArgumentKinds.NUMBERS);
  private static final Argument<Double> RENORM_MOMENTUM =
      optional("renorm_momentum", ArgumentKinds.NUMBER, 0.99);
  private static final Argument<Boolean> SYNCHRONIZED =
      optional("synchronized", ArgumentKinds.FLAG, false);
  private static final Argument<Boolean> RMS_SCALING =
      optional("rms_scaling", ArgumentKinds.FLAG, false);
  private static final Argument<Layer> LAYER = Argument.required("layer", ArgumentKinds.LAYER);
  private static final Argument<Long> POWER_ITERATIONS =
      optional("power_iterations", ArgumentKinds.POSITIVE, 1L);

  private NormalizationLayers() {}

  static void register(LayerIndex index) {
    index.add(batchNormalizationKind());
    index.add(layerNormalizationKind());
    index.add(groupNormalizationKind());
    index.add(
        LayerKind.of(
            "rms_normalization",
            "RMSNormalization",
            NormalizationLayers::rmsNormalization,
            AXES,
            EPSILON.withDefault(1e-6)));
    index.add(
        LayerKind.of(
            "unit_normalization",
            "UnitNormalization",
            NormalizationLayers::unitNormalization,
            AXES));
    index.add(
        LayerKind.of(
            "spectral_normalization",
            "SpectralNormalization",
            NormalizationLayers::spectralNormalization,
            LAYER,
            POWER_ITERATIONS));
  }

  private static LayerKind batchNormalizationKind() {
    return LayerKind.of(
        "batch_normalization",
        "BatchNormalization",
        NormalizationLayers::batchNormalization,
        AXIS,
        MOMENTUM,
        EPSILON,
        CENTER,
        SCALE,
        BETA_INITIALIZER,
        GAMMA_INITIALIZER,
        MEAN_INITIALIZER,
        VARIANCE_INITIALIZER,
        BETA_REGULARIZER,
        GAMMA_REGULARIZER,
        BETA_CONSTRAINT,
        GAMMA_CONSTRAINT,
        RENORM,
        RENORM_CLIPPING,
        RENORM_MOMENTUM,
        SYNCHRONIZED);
  }

  private static LayerKind layerNormalizationKind() {
    return LayerKind.of(
        "layer_normalization",
        "LayerNormalization",
        NormalizationLayers::layerNormalization,
        AXES,
        EPSILON,
        CENTER,
        SCALE,
        BETA_INITIALIZER,
        GAMMA_INITIALIZER,
        BETA_REGULARIZER,
        GAMMA_REGULARIZER,
        BETA_CONSTRAINT,
        GAMMA_CONSTRAINT,
        RMS_SCALING);
  }

  private static LayerKind groupNormalizationKind() {
    return LayerKind.of(
        "group_normalization",
        "GroupNormalization",
        NormalizationLayers::groupNormalization,
        GROUPS,
        AXIS,
        EPSILON,
        CENTER,
        SCALE,
        BETA_INITIALIZER,
        GAMMA_INITIALIZER,
        BETA_REGULARIZER,
        GAMMA_REGULARIZER,
        BETA_CONSTRAINT,
        GAMMA_CONSTRAINT);
  }

  /**
   * {@code BatchNormalization} at inference: {@code (x - moving_mean) / sqrt(moving_variance +
   * epsilon) * gamma + beta}, each weight with one element for each index of the axis.
   */
  private static List<Value> batchNormalization(LayerScope scope) {
    Value x = scope.floatInput();
    int axis = channelAxis(scope, x);
    List<Dim> channels = List.of(Dim.of(scope.fixed(axis)));
    Value gamma = gamma(scope, x, channels);
    Value beta = beta(scope, x, channels);
    Value mean = scope.statistic("moving_mean", scope.get(MEAN_INITIALIZER), x, channels);
    Initializer variances = scope.get(VARIANCE_INITIALIZER);
    Value variance = scope.statistic("moving_variance", variances, x, channels);
    if (scope.get(RENORM)) {
      // Only training reads these.
      scope.statistic("moving_stddev", variances, x, channels);
      scope.statistic("renorm_mean", scope.get(MEAN_INITIALIZER), x, channels);
      scope.statistic("renorm_stddev", variances, x, channels);
    }
    Op op = new BatchNormalization(scope.get(EPSILON).floatValue());
    return List.of(onChannels(scope, op, x, axis, gamma, beta, mean, variance));
  }

  /**
   * {@code GroupNormalization} (Wu and He 2018): channels in equal groups, each with the mean and
   * variance of all its elements in a sample; {@code groups: -1} makes each channel a group.
   */
  private static List<Value> groupNormalization(LayerScope scope) {
    Value x = scope.floatInput();
    int axis = channelAxis(scope, x);
    if (axis == 0) {
      throw new LayerException(
              "group_normalization() would take the batch for its channels",
              "let 'axis' be that of the channels, such as -1")
          .about(AXIS.name());
    }
    long channels = scope.fixed(axis);
    long groups = scope.get(GROUPS) == -1 ? channels : scope.get(GROUPS);
    if (groups < 1 || channels % groups != 0) {
      throw new LayerException(
              "group_normalization() cannot divide the "
                  + channels
                  + " channels of "
                  + x.type()
                  + " into "
                  + groups
                  + " equal groups",
              "let 'groups' divide " + channels + ", or be -1 for a group a channel")
          .about(GROUPS.name());
    }
    List<Dim> shape = List.of(Dim.of(channels));
    Value gamma = gamma(scope, x, shape);
    Value beta = beta(scope, x, shape);
    Op op = new GroupNormalization(Math.toIntExact(groups), scope.get(EPSILON).floatValue());
    return List.of(onChannels(scope, op, x, axis, gamma, beta));
  }

  private static int channelAxis(LayerScope scope, Value x) {
    if (x.type().rank() < 2) {
      throw new LayerException(
              scope.name() + "() takes a tensor [batch, …, channels], and this is " + x.type(),
              "add an axis to it")
          .aboutInput(0);
    }
    return scope.axis(scope.get(AXIS));
  }

  /** An op whose channels are axis 1 on a tensor whose channels are another. */
  private static Value onChannels(LayerScope scope, Op op, Value x, int axis, Value... weights) {
    List<Integer> permutation = new ArrayList<>(axes(x));
    permutation.remove(Integer.valueOf(axis));
    permutation.add(1, axis);
    List<Value> operands = new ArrayList<>();
    operands.add(scope.emit().transpose(x, permutation));
    operands.addAll(List.of(weights));
    Value y = scope.emit().add(op, operands.toArray(Value[]::new));
    return scope.emit().transposeBack(y, permutation);
  }

  private static List<Integer> axes(Value x) {
    return IntStream.range(0, x.type().rank()).boxed().toList();
  }

  /** The weight {@code gamma}, or ones. */
  private static Value gamma(LayerScope scope, Value x, List<Dim> shape) {
    return scope.get(SCALE)
        ? scope.weight("gamma", GAMMA_INITIALIZER, GAMMA_REGULARIZER, GAMMA_CONSTRAINT, x, shape)
        : constant(scope, x, 1, shape);
  }

  /** The weight {@code beta}, or zeros. */
  private static Value beta(LayerScope scope, Value x, List<Dim> shape) {
    return scope.get(CENTER)
        ? scope.weight("beta", BETA_INITIALIZER, BETA_REGULARIZER, BETA_CONSTRAINT, x, shape)
        : constant(scope, x, 0, shape);
  }

  private static Value constant(LayerScope scope, Value like, double number, List<Dim> shape) {
    Emitter emit = scope.emit();
    return emit.expand(emit.scalarLike(like, number), emit.dims(shape));
  }

  /**
   * The axes that a layer normalises over.
   *
   * @param ascending counted from the front, ascending
   * @param asSorted in the order in which Keras's weights have them: sorted as they are written, so
   *     that negative ones come first
   */
  private record Axes(List<Integer> ascending, List<Integer> asSorted) {
    static Axes of(LayerScope scope) {
      List<Integer> sorted = scope.get(AXES).stream().sorted().map(scope::axis).toList();
      if (sorted.isEmpty() || new HashSet<>(sorted).size() != sorted.size()) {
        throw new LayerException(
                scope.name()
                    + "() has "
                    + (sorted.isEmpty() ? "no axes" : "an axis twice in " + scope.get(AXES)),
                "name each axis to normalise over once")
            .about(AXES.name());
      }
      return new Axes(sorted.stream().sorted().toList(), sorted);
    }

    List<Dim> weightShape(LayerScope scope) {
      return asSorted.stream().map(axis -> Dim.of(scope.fixed(axis))).toList();
    }

    List<Dim> sizes(Value x) {
      return ascending.stream().map(axis -> x.type().dim(axis)).toList();
    }

    /** All axes of a tensor, these moved to the end. */
    List<Integer> last(Value x) {
      List<Integer> permutation = new ArrayList<>(axes(x));
      permutation.removeAll(ascending);
      permutation.addAll(ascending);
      return permutation;
    }

    /** The sizes of a tensor on these axes, and 1 on all others. */
    List<Dim> broadcast(Value x) {
      return axes(x).stream()
          .map(axis -> ascending.contains(axis) ? x.type().dim(axis) : Dim.ONE)
          .toList();
    }
  }

  /**
   * {@code LayerNormalization} (Ba et al. 2016): mean 0 and variance 1 over the axes, times {@code
   * gamma}, plus {@code beta}, which have the sizes of the axes. With the deprecated {@code
   * rms_scaling}, only a division by the deviation, times {@code gamma}.
   */
  private static List<Value> layerNormalization(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    Axes axes = Axes.of(scope);
    boolean deviationOnly = scope.get(RMS_SCALING);
    List<Dim> shape =
        scope.get(SCALE) || scope.get(CENTER) || deviationOnly
            ? axes.weightShape(scope)
            : axes.sizes(x);
    if (deviationOnly) {
      Value gamma =
          scope.weight("gamma", GAMMA_INITIALIZER, GAMMA_REGULARIZER, GAMMA_CONSTRAINT, x, shape);
      return List.of(overDeviation(scope, x, axes, emit.reshape(gamma, axes.broadcast(x))));
    }
    Value gamma = emit.reshape(gamma(scope, x, shape), axes.sizes(x));
    Value beta = emit.reshape(beta(scope, x, shape), axes.sizes(x));
    List<Integer> permutation = axes.last(x);
    int first = x.type().rank() - axes.ascending.size();
    Op op = new LayerNormalization(first, scope.get(EPSILON).floatValue());
    Value y = emit.add(op, emit.transpose(x, permutation), gamma, beta);
    return List.of(emit.transposeBack(y, permutation));
  }

  private static Value overDeviation(LayerScope scope, Value x, Axes axes, Value gamma) {
    Emitter emit = scope.emit();
    Value mean = emit.reduce(ReduceFunction.MEAN, x, axes.ascending, true);
    Value centered = emit.minus(x, mean);
    Value squares = emit.times(centered, centered);
    Value variance = emit.reduce(ReduceFunction.MEAN, squares, axes.ascending, true);
    return emit.times(emit.over(x, root(scope, variance)), gamma);
  }

  private static Value root(LayerScope scope, Value square) {
    Emitter emit = scope.emit();
    Value sum = emit.plus(square, emit.scalarLike(square, scope.get(EPSILON)));
    return emit.unary(UnaryFunction.SQRT, sum);
  }

  /**
   * {@code RMSNormalization} (Zhang and Sennrich 2019): {@code x / sqrt(mean(x^2) + epsilon)} over
   * the axes, times {@code scale}, which has the sizes of the axes and, as in Keras, meets the last
   * axes of x whatever the axes are.
   */
  private static List<Value> rmsNormalization(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    Axes axes = Axes.of(scope);
    List<Dim> shape = axes.weightShape(scope);
    int first = x.type().rank() - shape.size();
    Value scale = scope.weight("scale", Initializers.ONES, x, shape);
    if (axes.asSorted.equals(axes(x).subList(first, x.type().rank()))) {
      Op op = new RmsNormalization(first, scope.get(EPSILON).floatValue());
      return List.of(emit.add(op, x, scale));
    }
    for (int i = 0; i < shape.size(); i++) {
      if (!shape.get(i).is(1) && !shape.get(i).equals(x.type().dim(first + i))) {
        throw new LayerException(
                "rms_normalization() multiplies the last axes of "
                    + x.type()
                    + " by its scale "
                    + shape
                    + ", which has the sizes of the axes "
                    + scope.get(AXES)
                    + " and does not fit there",
                "normalise over the last axes, or permute the input")
            .about(AXES.name());
      }
    }
    Value squares = emit.times(x, x);
    Value mean = emit.reduce(ReduceFunction.MEAN, squares, axes.ascending, true);
    return List.of(emit.times(emit.over(x, root(scope, mean)), scale));
  }

  /** {@code UnitNormalization}: length 1 over the axes; what is shorter than 1e-12 is not. */
  private static List<Value> unitNormalization(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    Value length = emit.reduce(ReduceFunction.L2, x, Axes.of(scope).ascending, true);
    Value bound = emit.binary(BinaryFunction.MAX, length, emit.scalarLike(x, 1e-12));
    return List.of(emit.over(x, bound));
  }

  /**
   * {@code SpectralNormalization} (Miyato et al. 2018): the wrapped layer, whose kernel training
   * divides by its largest singular value; inference takes it as it is.
   */
  private static List<Value> spectralNormalization(LayerScope scope) {
    Layer layer = scope.get(LAYER);
    List<Value> outputs = scope.part(layer.kind().name(), layer, scope.inputs());
    TensorType kernel =
        scope
            .declared(layer.kind().name() + "/kernel")
            .or(() -> scope.declared(layer.kind().name() + "/embeddings"))
            .orElseThrow(
                () ->
                    new LayerException(
                            "spectral_normalization() wraps a layer with a kernel or embeddings,"
                                + " and "
                                + layer
                                + "() has neither",
                            "")
                        .about(LAYER.name()));
    Initializer initializer = new Initializer.TruncatedNormal(0, 0.02, OptionalLong.empty());
    scope.statistic(
        "vector_u", initializer, outputs.get(0), List.of(Dim.ONE, kernel.dim(kernel.rank() - 1)));
    // Keras casts back, even what an embedding makes of integers.
    ElementType type = scope.input().type().elementType();
    return outputs.stream().map(output -> scope.emit().cast(output, type)).toList();
  }
}
