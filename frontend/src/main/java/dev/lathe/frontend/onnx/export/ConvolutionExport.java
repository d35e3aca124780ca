package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Convolutions. */
final class ConvolutionExport {
  private ConvolutionExport() {}

  static void write(ConvolutionOp op, NodeExport out) {
    switch (op) {
      case ConvolutionOp.Convolution o -> {
        NodeExport in = out.within(Types.IEEE);
        List<String> inputs = new ArrayList<>(in.insFrom(0));
        inputs.set(0, WindowExport.cropped(in, inputs.get(0), o.window(), in.element()));
        windowed(in.op("Conv", inputs), o, in).results();
      }
      case ConvolutionOp.ConvolutionInteger o -> {
        List<String> inputs = new ArrayList<>(out.insFrom(0));
        ElementType type = out.type(0).elementType();
        inputs.set(0, WindowExport.cropped(out, inputs.get(0), o.window(), type));
        windowed(out.op("ConvInteger", inputs), o, out).results();
      }
      case ConvolutionOp.ConvolutionTranspose o -> transposed(o, out.within(Types.IEEE));
    }
  }

  private static List<Long> kernel(NodeExport in) {
    TensorType weights = in.type(1);
    List<Long> kernel = new ArrayList<>();
    for (int i = 2; i < weights.rank(); i++) {
      kernel.add(weights.dim(i).value());
    }
    return kernel;
  }

  private static OpBuilder windowed(OpBuilder op, ConvolutionOp convolution, NodeExport in) {
    return WindowExport.attributes(op, convolution.window(), kernel(in), in.type(0))
        .integer("group", convolution.groups());
  }

  /**
   * {@code ConvTranspose}-11. Padding crops its result, so negative padding adds zeros around it,
   * before the bias. Output padding of a stride or more, which ONNX forbids, is as much padding
   * less at the end.
   */
  private static void transposed(ConvolutionTranspose given, NodeExport in) {
    ConvolutionTranspose op = isSmall(given) ? given : withoutOutputPadding(given);
    Padding.Explicit padding = (Padding.Explicit) op.window().padding();
    if (!WindowExport.isNegative(padding)) {
      convolution(op, in, in.insFrom(0)).results();
      return;
    }
    String inner = convolution(op, in, List.of(in.in(0), in.in(1))).step();
    List<Long> added = new ArrayList<>(List.of(0L, 0L));
    padding.begin().forEach(pad -> added.add(Math.max(-pad, 0)));
    added.addAll(List.of(0L, 0L));
    padding.end().forEach(pad -> added.add(Math.max(-pad, 0)));
    if (in.operands() == 2) {
      in.results("Pad", inner, in.longs(added), in.number(0));
      return;
    }
    String whole = in.step("Pad", inner, in.longs(added), in.number(0));
    List<Long> channels = new ArrayList<>(List.of(1L, -1L));
    channels.addAll(Collections.nCopies(op.window().axes(), 1L));
    String bias = in.step("Reshape", in.in(2), in.longs(channels));
    in.results("Add", whole, bias);
  }

  private static boolean isSmall(ConvolutionTranspose op) {
    return IntStream.range(0, op.window().axes())
        .allMatch(
            i ->
                op.outputPadding().get(i) == 0
                    || op.outputPadding().get(i) < op.window().strides().get(i));
  }

  private static ConvolutionTranspose withoutOutputPadding(ConvolutionTranspose op) {
    Window window = op.window();
    Padding.Explicit padding = (Padding.Explicit) window.padding();
    List<Long> end = new ArrayList<>();
    for (int i = 0; i < window.axes(); i++) {
      end.add(padding.end().get(i) - op.outputPadding().get(i));
    }
    return new ConvolutionTranspose(
        new Window(
            window.strides(), window.dilations(), new Padding.Explicit(padding.begin(), end)),
        op.groups(),
        Collections.nCopies(window.axes(), 0L));
  }

  private static OpBuilder convolution(
      ConvolutionTranspose op, NodeExport in, List<String> inputs) {
    return windowed(in.op("ConvTranspose", inputs), op, in)
        .integers("output_padding", op.outputPadding());
  }
}
