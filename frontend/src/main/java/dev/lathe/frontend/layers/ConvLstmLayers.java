package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;
import static dev.lathe.frontend.layers.CommonArguments.ACTIVITY_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.DATA_FORMAT;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.USE_BIAS;
import static dev.lathe.frontend.layers.RecurrentArguments.ACTIVATION;
import static dev.lathe.frontend.layers.RecurrentArguments.RECURRENT_ACTIVATION;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code ConvLSTM1D}, {@code ConvLSTM2D}, {@code ConvLSTM3D} (Shi et al. 2015): an LSTM whose
 * products are convolutions, on {@code [batch, time, D1, …, channels]}, or {@code [batch, time,
 * channels, D1, …]} with {@code data_format: "channels_first"}. States {@code [batch, D1', …,
 * filters]}. Every step is written out, so that the time axis has to be fixed.
 */
final class ConvLstmLayers {
  private static final Argument<Long> FILTERS = required("filters", ArgumentKinds.POSITIVE);
  private static final Argument<String> PADDING =
      optional("padding", ArgumentKinds.oneOf("valid", "same"), "valid");

  private final int axes;
  private final Argument<List<Long>> kernelSize;
  private final Argument<List<Long>> strides;
  private final Argument<List<Long>> dilationRate;

  private ConvLstmLayers(int axes) {
    this.axes = axes;
    this.kernelSize = required("kernel_size", ArgumentKinds.sizePerAxis(axes));
    this.strides = optional("strides", ArgumentKinds.sizePerAxis(axes), 1L);
    this.dilationRate = optional("dilation_rate", ArgumentKinds.sizePerAxis(axes), 1L);
  }

  static void register(LayerIndex index) {
    for (int axes = 1; axes <= 3; axes++) {
      index.add(new ConvLstmLayers(axes).kind());
    }
  }

  /** The number of spatial axes of a layer of this family; 0 for other layers. */
  static int axes(String name) {
    return switch (name) {
      case "conv_lstm1d" -> 1;
      case "conv_lstm2d" -> 2;
      case "conv_lstm3d" -> 3;
      default -> 0;
    };
  }

  private LayerKind kind() {
    return LayerKind.of(
            "conv_lstm" + axes + "d",
            "ConvLSTM" + axes + "D",
            RecurrentLayers::layer,
            FILTERS,
            kernelSize,
            strides,
            PADDING,
            DATA_FORMAT,
            dilationRate,
            ACTIVATION,
            RECURRENT_ACTIVATION,
            USE_BIAS,
            KERNEL_INITIALIZER,
            RecurrentArguments.RECURRENT_INITIALIZER,
            BIAS_INITIALIZER,
            RecurrentArguments.UNIT_FORGET_BIAS,
            KERNEL_REGULARIZER,
            RecurrentArguments.RECURRENT_REGULARIZER,
            BIAS_REGULARIZER,
            ACTIVITY_REGULARIZER,
            KERNEL_CONSTRAINT,
            RecurrentArguments.RECURRENT_CONSTRAINT,
            BIAS_CONSTRAINT,
            RecurrentArguments.DROPOUT,
            RecurrentArguments.RECURRENT_DROPOUT,
            RecurrentArguments.SEED,
            RecurrentArguments.RETURN_SEQUENCES,
            RecurrentArguments.RETURN_STATE,
            RecurrentArguments.GO_BACKWARDS,
            RecurrentArguments.STATEFUL,
            RecurrentArguments.UNROLL,
            RecurrentArguments.ZERO_OUTPUT_FOR_MASK)
        .withInputs(1, "sequence", "initial_state", "initial_cell_state");
  }

  /** The axes that such a layer takes, in words. */
  static String axesOf(Layer layer) {
    List<String> sizes = List.of("length", "height, width", "depth, height, width");
    String space = sizes.get(axes(layer.kind().name()) - 1);
    return layer.arguments().find(DATA_FORMAT).orElse("").equals("channels_first")
        ? "[batch, time, channels, " + space + "]"
        : "[batch, time, " + space + ", channels]";
  }

  /** The cell of a layer of this family, whose weights stand below the scope. */
  static RecurrentCell cell(LayerScope scope) {
    return new ConvLstmLayers(axes(scope.name())).cellOf(scope);
  }

  private RecurrentCell cellOf(LayerScope scope) {
    List<Long> step = scope.get(strides);
    List<Long> dilations = scope.get(dilationRate);
    if (step.stream().anyMatch(each -> each > 1) && dilations.stream().anyMatch(each -> each > 1)) {
      throw new LayerException(
              scope.name() + "() has both strides " + step + " and dilations " + dilations,
              "let one of them be 1")
          .about(dilationRate.name());
    }
    Spatial image = images(scope, scope.input());
    image.expectWindow(
        scope.get(PADDING), scope.get(kernelSize), dilations, scope.input(), image.firstAxis() + 1);
    Value x = image.x();
    long filters = scope.get(FILTERS);
    Value kernel =
        scope.weight(
            "kernel",
            KERNEL_INITIALIZER,
            KERNEL_REGULARIZER,
            KERNEL_CONSTRAINT,
            x,
            kernelShape(scope, image.channels()));
    Value recurrent =
        scope.weight(
            "recurrent_kernel",
            RecurrentArguments.RECURRENT_INITIALIZER,
            RecurrentArguments.RECURRENT_REGULARIZER,
            RecurrentArguments.RECURRENT_CONSTRAINT,
            x,
            kernelShape(scope, filters));
    Optional<Value> bias = Optional.empty();
    if (scope.get(USE_BIAS)) {
      Initializer biases = scope.get(BIAS_INITIALIZER);
      if (scope.get(RecurrentArguments.UNIT_FORGET_BIAS)) {
        biases = new Initializer.UnitForget(biases);
      }
      bias =
          Optional.of(
              scope.weight(
                  "bias",
                  biases,
                  BIAS_REGULARIZER,
                  BIAS_CONSTRAINT,
                  x.type().elementType(),
                  List.of(Dim.of(4 * filters))));
    }
    return new Cell(scope, kernel, recurrent, bias);
  }

  /** The images of all steps, as so many samples. */
  private Spatial images(LayerScope scope, Value sequence) {
    List<Dim> all = sequence.type().shape().dims();
    List<Dim> dims = new ArrayList<>(all.subList(2, all.size()));
    dims.add(0, Emitter.product(all.subList(0, 2)));
    Value folded = scope.emit().reshape(sequence, dims);
    return Spatial.ofFloats(scope.withInputs(List.of(folded)), axes);
  }

  private List<Dim> kernelShape(LayerScope scope, long in) {
    List<Dim> shape = new ArrayList<>(scope.get(kernelSize).stream().map(Dim::of).toList());
    shape.add(Dim.of(in));
    shape.add(Dim.of(4 * scope.get(FILTERS)));
    return shape;
  }

  /**
   * Its steps. Gates, in the order input, forget, cell, output, have their channels behind the
   * batch, as convolutions do; states have them where the layer has them.
   */
  private final class Cell implements RecurrentCell {
    private final LayerScope scope;
    private final Emitter emit;
    private final Value kernel;
    private final Value recurrent;
    private final Optional<Value> bias;

    Cell(LayerScope scope, Value kernel, Value recurrent, Optional<Value> bias) {
      this.scope = scope;
      this.emit = scope.emit();
      this.kernel = kernel;
      this.recurrent = recurrent;
      this.bias = bias;
    }

    @Override
    public Value project(Value x) {
      Window window =
          new Window(
              scope.get(strides),
              scope.get(dilationRate),
              Spatial.padding(scope.get(PADDING), scope.get(kernelSize), scope.get(dilationRate)));
      Value gates = convolved(images(scope, x).toChannelsFirst(), kernel, bias, window);
      List<Dim> dims = new ArrayList<>(gates.type().shape().dims());
      dims.remove(0);
      dims.addAll(0, x.type().shape().dims().subList(0, 2));
      return emit.reshape(gates, dims);
    }

    private Value convolved(Value x, Value weights, Optional<Value> biases, Window window) {
      List<Value> operands = new ArrayList<>(List.of(x, Spatial.kernelLast(scope, weights, axes)));
      biases.ifPresent(operands::add);
      return emit.addAll(new Convolution(window, 1), operands).get(0);
    }

    @Override
    public Step step(Value projected, List<Value> states) {
      List<Long> ones = Spatial.ones(axes);
      Window same = new Window(ones, ones, new Padding.Same(true));
      Value inner = convolved(first(states.get(0)), recurrent, Optional.empty(), same);
      Value all = emit.plus(projected, inner);
      Value input = activated(RECURRENT_ACTIVATION, gate(all, 0));
      Value forget = activated(RECURRENT_ACTIVATION, gate(all, 1));
      Value news = activated(ACTIVATION, gate(all, 2));
      Value output = activated(RECURRENT_ACTIVATION, gate(all, 3));
      Value kept = emit.times(forget, first(states.get(1)));
      Value c = emit.plus(kept, emit.times(input, news));
      Value h = last(emit.times(output, activated(ACTIVATION, c)));
      return new Step(h, List.of(h, last(c)));
    }

    private Value gate(Value all, int index) {
      long filters = scope.get(FILTERS);
      return emit.slice(all, 1, emit.longs(index * filters), emit.longs((index + 1) * filters));
    }

    private Value activated(Argument<Activation> argument, Value x) {
      Optional<Activation> activation = scope.find(argument);
      if (activation.isEmpty()) {
        return x;
      }
      return activation.get().isElementwise()
          ? activation.get().apply(scope, x)
          : first(activation.get().apply(scope, last(x)));
    }

    private Value first(Value x) {
      return image(x).toChannelsFirst();
    }

    private Value last(Value x) {
      return image(x).fromChannelsFirst(x);
    }

    private Spatial image(Value x) {
      return Spatial.of(scope.withInputs(List.of(x)), axes);
    }

    @Override
    public List<Value> zeros(Value x) {
      Spatial image = images(scope, x);
      List<Dim> dims = new ArrayList<>();
      for (int i = 0; i < axes; i++) {
        long stride = scope.get(strides).get(i);
        long reach = (scope.get(kernelSize).get(i) - 1) * scope.get(dilationRate).get(i) + 1;
        dims.add(
            scope.get(PADDING).equals("same")
                ? image.size(i).ceilDiv(stride)
                : image.size(i).plus(stride - reach).floorDiv(stride));
      }
      dims.add(image.channelAxis() == 1 ? 0 : axes, Dim.of(scope.get(FILTERS)));
      Value zeros = RecurrentArguments.zeros(emit, x, dims);
      return List.of(zeros, zeros);
    }
  }
}
