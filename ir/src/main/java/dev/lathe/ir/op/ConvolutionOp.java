package dev.lathe.ir.op;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.ArrayList;
import java.util.List;

/** Convolutions over one, two or three spatial axes, channels second. */
public sealed interface ConvolutionOp extends Op {

  /** How the window slides. */
  Window window();

  /** The number of groups into which channels are divided. */
  int groups();

  /** Refuses a data operand without as many spatial axes as the window has, and odd weights. */
  private void expectOperands(Operands operands) {
    int rank = window().axes() + 2;
    operands.expectRank(0, rank);
    operands.expectRank(1, rank);
    if (groups() < 1) {
      throw new TypeException("groups must be at least 1, not " + groups());
    }
  }

  private void expectBias(Operands operands, int index, Dim channels) {
    if (operands.size() > index) {
      operands.expectRank(index, 1);
      operands.expectEqual(
          operands.type(index).dim(0), channels, "bias length and output channels");
    }
  }

  private Shape outputShape(Operands operands) {
    TensorType x = operands.type(0);
    TensorType w = operands.type(1);
    Dim inputChannels = w.dim(1).times(groups());
    operands.expectEqual(
        x.dim(1), inputChannels, "channels of the input and of the weights times groups");
    if (w.dim(0).isFixed() && w.dim(0).value() % groups() != 0) {
      throw new TypeException(
          "output channels " + w.dim(0) + " are not divisible by " + groups() + " groups");
    }
    List<Dim> dims = new ArrayList<>(List.of(x.dim(0), w.dim(0)));
    for (int i = 0; i < window().axes(); i++) {
      dims.add(window().outputSize(i, x.dim(i + 2), w.dim(i + 2).value(), false));
    }
    return new Shape(dims);
  }

  /**
   * Convolution (ONNX {@code Conv}-11). Operands: x {@code [N, C, D1, …]}, weights {@code [M,
   * C/groups, K1, …]}, and a bias {@code [M]}, or none. Result {@code [N, M, O1, …]}.
   */
  record Convolution(Window window, int groups) implements ConvolutionOp {
    @Override
    public String mnemonic() {
      return "conv";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2, 3);
      ((ConvolutionOp) this).expectOperands(operands);
      operands.expectFloat(0);
      operands.expectSameElementType(0, 1);
      ((ConvolutionOp) this).expectBias(operands, 2, operands.type(1).dim(0));
      return List.of(operands.type(0).withShape(((ConvolutionOp) this).outputShape(operands)));
    }
  }

  /**
   * Convolution of 8-bit integers with 32-bit sums (ONNX {@code ConvInteger}-10). Operands: x
   * {@code [N, C, D1, …]}, weights {@code [M, C/groups, K1, …]}, each i8 or u8; the zero point of
   * x, a scalar; the zero point of the weights, a scalar or {@code [M]}. Padding stands for the
   * zero point. Result i32.
   */
  record ConvolutionInteger(Window window, int groups) implements ConvolutionOp {
    @Override
    public String mnemonic() {
      return "conv_integer";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(4);
      ((ConvolutionOp) this).expectOperands(operands);
      for (int i = 0; i < 2; i++) {
        operands.expectElementType(i, ElementType.I8, ElementType.U8);
        operands.expectSameElementType(i, i + 2);
      }
      operands.expectRank(2, 0);
      return List.of(new TensorType(ElementType.I32, ((ConvolutionOp) this).outputShape(operands)));
    }
  }

  /**
   * Transposed convolution (ONNX {@code ConvTranspose}-11). Operands: x {@code [N, C, D1, …]},
   * weights {@code [C, M/groups, K1, …]}, and a bias {@code [M]}, or none. Result {@code [N, M, O1,
   * …]} with {@code O = stride*(D-1) + outputPadding + (K-1)*dilation + 1 - padBegin - padEnd}.
   *
   * @param window its padding is explicit
   */
  record ConvolutionTranspose(Window window, int groups, List<Long> outputPadding)
      implements ConvolutionOp {
    public ConvolutionTranspose {
      outputPadding = List.copyOf(outputPadding);
      if (!(window.padding() instanceof Padding.Explicit)
          || outputPadding.size() != window.axes()) {
        throw new IllegalArgumentException(
            "a transposed convolution needs explicit padding, and output padding for each axis");
      }
    }

    @Override
    public String mnemonic() {
      return "conv_transpose";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2, 3);
      ((ConvolutionOp) this).expectOperands(operands);
      operands.expectFloat(0);
      operands.expectSameElementType(0, 1);
      TensorType x = operands.type(0);
      TensorType w = operands.type(1);
      operands.expectEqual(x.dim(1), w.dim(0), "channels of the input and of the weights");
      Dim channels = w.dim(1).times(groups);
      ((ConvolutionOp) this).expectBias(operands, 2, channels);
      List<Dim> dims = new ArrayList<>(List.of(x.dim(0), channels));
      Padding.Explicit padding = (Padding.Explicit) window.padding();
      for (int i = 0; i < window.axes(); i++) {
        long kernel = (w.dim(i + 2).value() - 1) * window.dilations().get(i) + 1;
        long extra = outputPadding.get(i) + kernel - padding.begin().get(i) - padding.end().get(i);
        dims.add(x.dim(i + 2).minus(Dim.ONE).times(window.strides().get(i)).plus(extra));
      }
      return List.of(x.withShape(new Shape(dims)));
    }
  }
}
