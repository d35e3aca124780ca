package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;
import static dev.lathe.frontend.layers.ArgumentKinds.POSITIVE;
import static dev.lathe.frontend.layers.ArgumentKinds.oneOf;
import static dev.lathe.frontend.layers.ArgumentKinds.perAxis;
import static dev.lathe.frontend.layers.ArgumentKinds.sizePerAxis;
import static dev.lathe.frontend.layers.CommonArguments.ACTIVATION;
import static dev.lathe.frontend.layers.CommonArguments.ACTIVITY_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.DATA_FORMAT;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.USE_BIAS;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Convolutions over one, two or three spatial axes. */
final class ConvolutionLayers {
  private static final Argument<Long> FILTERS = required("filters", POSITIVE);
  private static final Argument<Long> GROUPS = optional("groups", POSITIVE, 1L);
  private static final Argument<Long> DEPTH_MULTIPLIER = optional("depth_multiplier", POSITIVE, 1L);
  private static final Argument<Initializer> DEPTHWISE_INITIALIZER =
      CommonArguments.initializer("depthwise_initializer", "glorot_uniform");
  private static final Argument<Initializer> POINTWISE_INITIALIZER =
      CommonArguments.initializer("pointwise_initializer", "glorot_uniform");
  private static final Argument<Penalty> DEPTHWISE_REGULARIZER =
      CommonArguments.regularizer("depthwise_regularizer");
  private static final Argument<Penalty> POINTWISE_REGULARIZER =
      CommonArguments.regularizer("pointwise_regularizer");
  private static final Argument<Penalty> DEPTHWISE_CONSTRAINT =
      CommonArguments.constraint("depthwise_constraint");
  private static final Argument<Penalty> POINTWISE_CONSTRAINT =
      CommonArguments.constraint("pointwise_constraint");

  /** The arguments whose kind depends on the number of spatial axes. */
  private final int axes;

  private final Argument<List<Long>> kernelSize;
  private final Argument<List<Long>> strides;
  private final Argument<List<Long>> dilationRate;
  private final Argument<List<Long>> outputPadding;
  private final Argument<String> padding;
  private final Argument<String> paddingOrCausal;

  private ConvolutionLayers(int axes) {
    this.axes = axes;
    this.kernelSize = required("kernel_size", sizePerAxis(axes));
    this.strides = optional("strides", sizePerAxis(axes), 1L);
    this.dilationRate = optional("dilation_rate", sizePerAxis(axes), 1L);
    this.outputPadding = optional("output_padding", perAxis(axes, 0, "integer of at least 0"));
    this.padding = optional("padding", oneOf("valid", "same"), "valid");
    this.paddingOrCausal =
        axes == 1 ? optional("padding", oneOf("valid", "same", "causal"), "valid") : padding;
  }

  static void register(LayerIndex index) {
    for (int axes = 1; axes <= 3; axes++) {
      new ConvolutionLayers(axes).add(index);
    }
  }

  private void add(LayerIndex index) {
    String rank = axes + "d";
    String kerasRank = axes + "D";
    index.add(
        LayerKind.of(
            "conv" + rank,
            "Conv" + kerasRank,
            this::convolution,
            FILTERS,
            kernelSize,
            strides,
            paddingOrCausal,
            DATA_FORMAT,
            dilationRate,
            GROUPS,
            ACTIVATION,
            USE_BIAS,
            KERNEL_INITIALIZER,
            BIAS_INITIALIZER,
            KERNEL_REGULARIZER,
            BIAS_REGULARIZER,
            ACTIVITY_REGULARIZER,
            KERNEL_CONSTRAINT,
            BIAS_CONSTRAINT));
    index.add(
        LayerKind.of(
            "conv" + rank + "_transpose",
            "Conv" + kerasRank + "Transpose",
            this::transposed,
            FILTERS,
            kernelSize,
            strides,
            padding,
            axes == 3 ? DATA_FORMAT : outputPadding,
            axes == 3 ? outputPadding : DATA_FORMAT,
            dilationRate,
            ACTIVATION,
            USE_BIAS,
            KERNEL_INITIALIZER,
            BIAS_INITIALIZER,
            KERNEL_REGULARIZER,
            BIAS_REGULARIZER,
            ACTIVITY_REGULARIZER,
            KERNEL_CONSTRAINT,
            BIAS_CONSTRAINT));
    if (axes < 3) {
      addSeparable(index, rank, kerasRank);
    }
  }

  private void addSeparable(LayerIndex index, String rank, String kerasRank) {
    index.add(
        LayerKind.of(
            "depthwise_conv" + rank,
            "DepthwiseConv" + kerasRank,
            this::depthwise,
            kernelSize,
            strides,
            padding,
            DEPTH_MULTIPLIER,
            DATA_FORMAT,
            dilationRate,
            ACTIVATION,
            USE_BIAS,
            DEPTHWISE_INITIALIZER,
            BIAS_INITIALIZER,
            DEPTHWISE_REGULARIZER,
            BIAS_REGULARIZER,
            ACTIVITY_REGULARIZER,
            DEPTHWISE_CONSTRAINT,
            BIAS_CONSTRAINT));
    index.add(
        LayerKind.of(
            "separable_conv" + rank,
            "SeparableConv" + kerasRank,
            this::separable,
            FILTERS,
            kernelSize,
            strides,
            padding,
            DATA_FORMAT,
            dilationRate,
            DEPTH_MULTIPLIER,
            ACTIVATION,
            USE_BIAS,
            DEPTHWISE_INITIALIZER,
            POINTWISE_INITIALIZER,
            BIAS_INITIALIZER,
            DEPTHWISE_REGULARIZER,
            POINTWISE_REGULARIZER,
            BIAS_REGULARIZER,
            ACTIVITY_REGULARIZER,
            DEPTHWISE_CONSTRAINT,
            POINTWISE_CONSTRAINT,
            BIAS_CONSTRAINT));
  }

  private Window window(LayerScope scope) {
    String how = scope.get(paddingOrCausal);
    return new Window(
        scope.get(strides),
        scope.get(dilationRate),
        Spatial.padding(how, scope.get(kernelSize), scope.get(dilationRate)));
  }

  private List<Dim> kernelShape(LayerScope scope, long in, long out) {
    List<Dim> shape = new ArrayList<>(scope.get(kernelSize).stream().map(Dim::of).toList());
    shape.add(Dim.of(in));
    shape.add(Dim.of(out));
    return shape;
  }

  private static Value bias(LayerScope scope, Value like, long channels) {
    return scope.weight(
        "bias",
        BIAS_INITIALIZER,
        BIAS_REGULARIZER,
        BIAS_CONSTRAINT,
        like,
        List.of(Dim.of(channels)));
  }

  private List<Value> finished(LayerScope scope, Spatial image, Value y) {
    // What looks at single elements stands beside the convolution, which can take it in.
    boolean isElementwise = scope.find(ACTIVATION).map(Activation::isElementwise).orElse(true);
    return List.of(
        isElementwise
            ? image.fromChannelsFirst(CoreLayers.activated(scope, y))
            : CoreLayers.activated(scope, image.fromChannelsFirst(y)));
  }

  /**
   * {@code Conv1D}, {@code Conv2D}, {@code Conv3D}: a kernel {@code [K1, …, C/groups, filters]}
   * slid over the input.
   */
  private List<Value> convolution(LayerScope scope) {
    Spatial image = Spatial.ofFloats(scope, axes);
    image.expectWindow(scope.get(paddingOrCausal), scope.get(kernelSize), scope.get(dilationRate));
    long channels = image.channels();
    long groups = scope.get(GROUPS);
    long filters = scope.get(FILTERS);
    if (channels % groups != 0 || filters % groups != 0) {
      throw new LayerException(
              "the groups of "
                  + scope.name()
                  + "() divide channels and filters, and "
                  + groups
                  + " does not divide "
                  + (channels % groups != 0 ? channels + " channels" : filters + " filters"),
              "")
          .about("groups");
    }
    Value kernel =
        scope.weight(
            "kernel",
            KERNEL_INITIALIZER,
            KERNEL_REGULARIZER,
            KERNEL_CONSTRAINT,
            image.x(),
            kernelShape(scope, channels / groups, filters));
    List<Value> operands =
        new ArrayList<>(List.of(image.toChannelsFirst(), Spatial.kernelLast(scope, kernel, axes)));
    if (scope.get(USE_BIAS)) {
      operands.add(bias(scope, image.x(), filters));
    }
    Convolution op = new Convolution(window(scope), Math.toIntExact(groups));
    return finished(scope, image, scope.emit().addAll(op, operands).get(0));
  }

  /** {@code DepthwiseConv1D}, {@code DepthwiseConv2D}: a kernel {@code [K1, …, C, multiplier]}. */
  private List<Value> depthwise(LayerScope scope) {
    Spatial image = Spatial.ofFloats(scope, axes);
    List<Value> operands = depthwiseOperands(scope, image, "kernel");
    long channels = image.channels();
    if (scope.get(USE_BIAS)) {
      operands.add(bias(scope, image.x(), channels * scope.get(DEPTH_MULTIPLIER)));
    }
    Convolution op = new Convolution(window(scope), Math.toIntExact(channels));
    return finished(scope, image, scope.emit().addAll(op, operands).get(0));
  }

  /** The input, and the kernel as {@code [C*multiplier, 1, K1, …]}. */
  private List<Value> depthwiseOperands(LayerScope scope, Spatial image, String name) {
    image.expectWindow(scope.get(paddingOrCausal), scope.get(kernelSize), scope.get(dilationRate));
    long channels = image.channels();
    long multiplier = scope.get(DEPTH_MULTIPLIER);
    Value kernel =
        scope.weight(
            name,
            DEPTHWISE_INITIALIZER,
            DEPTHWISE_REGULARIZER,
            DEPTHWISE_CONSTRAINT,
            image.x(),
            kernelShape(scope, channels, multiplier));
    List<Integer> permutation = new ArrayList<>(List.of(axes, axes + 1));
    List<Dim> shape = new ArrayList<>(List.of(Dim.of(channels * multiplier), Dim.ONE));
    for (int i = 0; i < axes; i++) {
      permutation.add(i);
      shape.add(Dim.of(scope.get(kernelSize).get(i)));
    }
    Value weights = scope.emit().reshape(scope.emit().transpose(kernel, permutation), shape);
    return new ArrayList<>(List.of(image.toChannelsFirst(), weights));
  }

  /**
   * {@code SeparableConv1D}, {@code SeparableConv2D}: a depthwise convolution, then one of size 1
   * over its channels.
   */
  private List<Value> separable(LayerScope scope) {
    Spatial image = Spatial.ofFloats(scope, axes);
    List<Value> operands = depthwiseOperands(scope, image, "depthwise_kernel");
    long channels = image.channels();
    long filters = scope.get(FILTERS);
    Value deep =
        scope
            .emit()
            .addAll(new Convolution(window(scope), Math.toIntExact(channels)), operands)
            .get(0);
    List<Dim> shape = new ArrayList<>(Collections.nCopies(axes, Dim.ONE));
    shape.add(Dim.of(channels * scope.get(DEPTH_MULTIPLIER)));
    shape.add(Dim.of(filters));
    Value pointwise =
        scope.weight(
            "pointwise_kernel",
            POINTWISE_INITIALIZER,
            POINTWISE_REGULARIZER,
            POINTWISE_CONSTRAINT,
            image.x(),
            shape);
    List<Value> second = new ArrayList<>(List.of(deep, Spatial.kernelLast(scope, pointwise, axes)));
    if (scope.get(USE_BIAS)) {
      second.add(bias(scope, image.x(), filters));
    }
    Value y = scope.emit().addAll(new Convolution(Window.unit(axes), 1), second).get(0);
    return finished(scope, image, y);
  }

  /**
   * {@code Conv1DTranspose}, {@code Conv2DTranspose}, {@code Conv3DTranspose}: the gradient of a
   * convolution, with a kernel {@code [K1, …, filters, C]}.
   */
  private List<Value> transposed(LayerScope scope) {
    Spatial image = Spatial.ofFloats(scope, axes);
    long channels = image.channels();
    long filters = scope.get(FILTERS);
    Value kernel =
        scope.weight(
            "kernel",
            KERNEL_INITIALIZER,
            KERNEL_REGULARIZER,
            KERNEL_CONSTRAINT,
            image.x(),
            kernelShape(scope, filters, channels));
    List<Value> operands =
        new ArrayList<>(List.of(image.toChannelsFirst(), Spatial.kernelLast(scope, kernel, axes)));
    if (scope.get(USE_BIAS)) {
      operands.add(bias(scope, image.x(), filters));
    }
    return finished(scope, image, scope.emit().addAll(transposedOp(scope), operands).get(0));
  }

  /** What of the full result Keras crops, or adds where that is negative. */
  private ConvolutionTranspose transposedOp(LayerScope scope) {
    List<Long> begin = new ArrayList<>();
    List<Long> end = new ArrayList<>();
    List<Long> added = new ArrayList<>();
    for (int i = 0; i < axes; i++) {
      long stride = scope.get(strides).get(i);
      long reach = (scope.get(kernelSize).get(i) - 1) * scope.get(dilationRate).get(i) + 1;
      int axis = i;
      Long extra = scope.find(outputPadding).map(list -> list.get(axis)).orElse(null);
      if (extra != null && extra >= stride) {
        throw new LayerException(
                "'output_padding' of "
                    + scope.name()
                    + "() is "
                    + extra
                    + " where the stride is "
                    + stride
                    + ", and it must be less",
                "leave it out for the size that 'padding' gives")
            .about("output_padding");
      }
      long left;
      long right;
      if (scope.get(padding).equals("valid")) {
        left = reach - 1;
        right = reach - 1 + (extra == null ? Math.max(reach, stride) - reach : extra);
      } else {
        long total =
            extra == null ? stride + reach - 2 : reach + Math.floorMod(reach, 2L) - 2 + extra;
        left = Math.min(Math.ceilDiv(total, 2), reach - 1);
        right = total - left;
      }
      begin.add(reach - 1 - left);
      end.add(Math.max(0, reach - 1 - right));
      added.add(Math.max(0, right - reach + 1));
    }
    Window window =
        new Window(scope.get(strides), scope.get(dilationRate), new Padding.Explicit(begin, end));
    return new ConvolutionTranspose(window, 1, added);
  }
}
