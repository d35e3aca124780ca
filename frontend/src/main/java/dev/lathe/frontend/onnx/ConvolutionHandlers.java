package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionInteger;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Convolutions; {@code auto_pad} and defaults of the window end here. */
final class ConvolutionHandlers {

  private ConvolutionHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("Conv", ConvolutionHandlers::conv);
    handlers.add("ConvInteger", ConvolutionHandlers::convInteger);
    handlers.add("QLinearConv", ConvolutionHandlers::qLinearConv);
    handlers.add("ConvTranspose", ConvolutionHandlers::convTranspose);
  }

  /** {@code Conv}-22. */
  private static List<Value> conv(OnnxNode node) {
    Convolution op = new Convolution(window(node, node.type(1)), groups(node));
    return List.of(node.emit().addAll(op, operands(node, 0, 1, 2)).get(0));
  }

  private static List<Value> operands(OnnxNode node, int... inputs) {
    List<Value> operands = new ArrayList<>();
    for (int input : inputs) {
      Value value = node.optional(input);
      if (value != null) {
        operands.add(value);
      }
    }
    return operands;
  }

  private static int groups(OnnxNode node) {
    return node.attributes().small("group", 1);
  }

  /** {@code ConvInteger}-10. */
  private static List<Value> convInteger(OnnxNode node) {
    Value x = node.in(0);
    Value w = node.in(1);
    return List.of(
        integerConvolution(
            node,
            x,
            w,
            MatrixHandlers.zeroPoint(node, 2, x),
            MatrixHandlers.zeroPoint(node, 3, w)));
  }

  private static Value integerConvolution(
      OnnxNode node, Value x, Value w, Value xZero, Value wZero) {
    return node.emit()
        .add(new ConvolutionInteger(window(node, w.type()), groups(node)), x, w, xZero, wZero);
  }

  /**
   * {@code QLinearConv}-10: the integer convolution plus an i32 bias, scaled to real numbers and
   * quantised again. Inputs: x, its scale and zero point; w, its scale and zero point; those of y;
   * the bias.
   */
  private static List<Value> qLinearConv(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    Value w = node.in(3);
    int axes = w.type().rank() - 2;
    Value sums =
        integerConvolution(
            node, x, w, MatrixHandlers.zeroPoint(node, 2, x), MatrixHandlers.zeroPoint(node, 5, w));
    Value bias = node.optional(8);
    if (bias != null) {
      sums = emit.plus(sums, emit.trailing(emit.cast(bias, ElementType.I32), axes));
    }
    Value wScale = emit.cast(node.in(4), ElementType.F32);
    if (wScale.type().rank() == 1 && !wScale.type().dim(0).is(1)) {
      wScale = emit.trailing(wScale, axes);
    }
    Value scale = emit.times(emit.asScalar(emit.cast(node.in(1), ElementType.F32)), wScale);
    return List.of(MatrixHandlers.requantize(node, sums, scale, 6, 7));
  }

  /** The window of a convolution, whose size is that of the weights. */
  private static Window window(OnnxNode node, TensorType weights) {
    return window(node, kernel(node, weights).size());
  }

  private static List<Long> kernel(OnnxNode node, TensorType weights) {
    if (weights.rank() < 3) {
      throw node.invalid("weights are " + weights + " and need a spatial axis");
    }
    List<Long> kernel = new ArrayList<>();
    for (Dim dim : weights.shape().dims().subList(2, weights.rank())) {
      if (!dim.isFixed()) {
        throw node.unsupported("weights of type " + weights, "give them a fixed size");
      }
      kernel.add(dim.value());
    }
    List<Long> stated = node.attributes().integers("kernel_shape", kernel);
    if (!stated.equals(kernel)) {
      throw node.invalid("kernel_shape " + stated + " disagrees with weights " + weights);
    }
    return kernel;
  }

  /** The attributes strides, dilations, pads and auto_pad of a window over so many axes. */
  static Window window(OnnxNode node, int axes) {
    return new Window(
        each(node, "strides", axes), each(node, "dilations", axes), padding(node, axes));
  }

  private static List<Long> each(OnnxNode node, String name, int axes) {
    List<Long> values = node.attributes().integers(name, Collections.nCopies(axes, 1L));
    if (values.size() != axes) {
      throw node.attributes().refuse(name, "is " + values + " for " + axes + " spatial axes");
    }
    return values;
  }

  private static Padding padding(OnnxNode node, int axes) {
    String auto = node.attributes().text("auto_pad", "NOTSET");
    return switch (auto) {
      case "SAME_UPPER" -> new Padding.Same(true);
      case "SAME_LOWER" -> new Padding.Same(false);
      case "VALID" -> Padding.Explicit.none(axes);
      case "NOTSET", "" -> explicit(node, axes);
      default ->
          throw node.attributes()
              .refuse("auto_pad", "is none of NOTSET, VALID, SAME_UPPER, SAME_LOWER");
    };
  }

  private static Padding.Explicit explicit(OnnxNode node, int axes) {
    List<Long> pads = node.attributes().integers("pads", Collections.nCopies(2 * axes, 0L));
    if (pads.size() != 2 * axes) {
      throw node.attributes().refuse("pads", "is " + pads + " for " + axes + " spatial axes");
    }
    return new Padding.Explicit(pads.subList(0, axes), pads.subList(axes, 2 * axes));
  }

  /** {@code ConvTranspose}-22: {@code output_shape} and {@code auto_pad} become numbers. */
  private static List<Value> convTranspose(OnnxNode node) {
    List<Long> kernel = kernel(node, node.type(1));
    int axes = kernel.size();
    List<Long> strides = each(node, "strides", axes);
    List<Long> dilations = each(node, "dilations", axes);
    List<Long> added = node.attributes().integers("output_padding", Collections.nCopies(axes, 0L));
    if (added.size() != axes) {
      throw node.attributes()
          .refuse("output_padding", "is " + added + " for " + axes + " spatial axes");
    }
    String auto = node.attributes().text("auto_pad", "NOTSET");
    List<Long> output = node.attributes().integers("output_shape");
    boolean same = auto.equals("SAME_UPPER") || auto.equals("SAME_LOWER");
    Padding.Explicit padding;
    if (output != null || same) {
      List<Long> begin = new ArrayList<>();
      List<Long> end = new ArrayList<>();
      for (int i = 0; i < axes; i++) {
        long extent = added.get(i) + (kernel.get(i) - 1) * dilations.get(i) + 1;
        long total =
            output == null
                ? Math.max(0, extent - strides.get(i))
                : strides.get(i) * (inputSize(node, i) - 1)
                    + extent
                    - outputSize(node, output, i, axes);
        long less = Math.floorDiv(total, 2);
        begin.add(auto.equals("SAME_UPPER") ? less : total - less);
        end.add(auto.equals("SAME_UPPER") ? total - less : less);
      }
      padding = new Padding.Explicit(begin, end);
    } else {
      padding = (Padding.Explicit) padding(node, axes);
    }
    ConvolutionTranspose op =
        new ConvolutionTranspose(new Window(strides, dilations, padding), groups(node), added);
    return List.of(node.emit().addAll(op, operands(node, 0, 1, 2)).get(0));
  }

  private static long inputSize(OnnxNode node, int axis) {
    Dim size = node.type(0).dim(axis + 2);
    if (!size.isFixed()) {
      throw node.unsupported(
          "output_shape and an input of type " + node.type(0), "fix the input's shape");
    }
    return size.value();
  }

  private static long outputSize(OnnxNode node, List<Long> output, int axis, int axes) {
    // Some writers give the whole shape, batch and channels included.
    if (output.size() != axes && output.size() != axes + 2) {
      throw node.attributes()
          .refuse("output_shape", "is " + output + " for " + axes + " spatial axes");
    }
    return output.get(output.size() - axes + axis);
  }
}
