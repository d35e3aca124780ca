package dev.lathe.testing;

import static dev.lathe.ir.ElementType.F32;

import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.ir.op.Window;
import java.util.List;

/** Convolutions that are computed as their definition says, and what may stand behind them. */
public final class DirectCases {
  /** What the names of all begin with. */
  public static final String PREFIX = "direct/";

  private DirectCases() {}

  static List<OpCase> all() {
    return List.of(
        first("3x3", 1, 3, 32, 30, 32, 3, 2, 1),
        first("3x3_batch", 3, 3, 24, 17, 18, 3, 2, 1),
        first("3x3_stride1", 1, 3, 20, 9, 5, 3, 1, 1),
        first("7x7", 1, 3, 64, 29, 31, 7, 2, 3),
        first("11x11", 1, 3, 96, 40, 41, 11, 4, 2),
        first("one_channel", 1, 1, 33, 12, 40, 5, 1, 2),
        first("two_channels", 2, 2, 8, 11, 8, 3, 1, 1),
        first("four_channels", 1, 4, 200, 8, 9, 3, 1, 0),
        first("one_filter", 1, 3, 1, 13, 13, 3, 1, 1),
        first("patches", 1, 3, 192, 32, 32, 16, 16, 0),
        grouped("groups_of_16", 1, 3, 16, 16, 14, 14, 2),
        grouped("groups_of_8_by_16", 2, 5, 8, 16, 9, 11, 2),
        grouped("groups_of_30_by_32", 1, 2, 30, 32, 7, 7, 2),
        grouped("groups_of_3_by_48", 1, 4, 3, 48, 10, 6, 1),
        grouped("groups_of_16_by_64", 1, 2, 16, 64, 5, 30, 2),
        channelsLast(),
        activation("relu", UnaryFunction.RELU),
        activation("hard_swish", UnaryFunction.HARD_SWISH),
        activation("silu", UnaryFunction.SILU),
        first("many_channels", 1, 70, 90, 9, 10, 3, 2, 1),
        first("1x1_stride2", 2, 33, 130, 8, 9, 1, 2, 0),
        residual("residual", true, UnaryFunction.RELU),
        residual("residual_only", false, UnaryFunction.COS),
        twoResiduals());
  }

  private static Window window(long stride, long padding) {
    return new Window(
        List.of(stride, stride),
        List.of(1L, 1L),
        new Padding.Explicit(List.of(padding, padding), List.of(padding, padding)));
  }

  private static OpCase first(
      String name,
      long batch,
      long channels,
      long filters,
      long height,
      long width,
      long kernel,
      long stride,
      long padding) {
    CaseBuilder b = new CaseBuilder(PREFIX + name).tolerance(1e-5);
    Value x = b.input(F32, batch, channels, height, width);
    Value w = b.parameter(F32, filters, channels, kernel, kernel);
    Convolution op = new Convolution(window(stride, padding), 1);
    return batch == 1 ? b.of(op, x, w, b.parameter(F32, filters)) : b.of(op, x, w);
  }

  private static OpCase grouped(
      String name,
      long batch,
      long groups,
      long channels,
      long filters,
      long height,
      long width,
      long stride) {
    CaseBuilder b = new CaseBuilder(PREFIX + name).tolerance(1e-5);
    Value x = b.input(F32, batch, groups * channels, height, width);
    Value w = b.parameter(F32, groups * filters, channels, 3, 3);
    Convolution op = new Convolution(window(stride, 1), (int) groups);
    return batch == 1 ? b.of(op, x, w, b.parameter(F32, groups * filters)) : b.of(op, x, w);
  }

  private static OpCase channelsLast() {
    CaseBuilder b = new CaseBuilder(PREFIX + "channels_last").tolerance(1e-5);
    Value x = b.input(F32, 2, 20, 21, 3);
    Value image = b.add(new Transpose(List.of(0, 3, 1, 2)), x);
    Value w = b.parameter(F32, 24, 3, 5, 5);
    return b.of(new Convolution(window(2, 2), 1), image, w, b.parameter(F32, 24));
  }

  private static OpCase activation(String name, UnaryFunction function) {
    CaseBuilder b = new CaseBuilder(PREFIX + name).tolerance(1e-5);
    Value x = b.input(F32, 1, 3, 23, 24);
    Value w = b.parameter(F32, 40, 3, 3, 3);
    Value y = b.add(new Convolution(window(2, 1), 1), x, w, b.parameter(F32, 40));
    return b.of(new Unary(function), y);
  }

  /** The projection of a residual block, and its sum. */
  private static OpCase residual(String name, boolean bias, UnaryFunction function) {
    CaseBuilder b = new CaseBuilder(PREFIX + name).tolerance(1e-5);
    Value x = b.input(F32, 2, 40, 13, 12);
    Value r = b.input(F32, 2, 72, 7, 6);
    Value w = b.parameter(F32, 72, 40, 1, 1);
    Convolution op = new Convolution(window(2, 0), 1);
    Value y = bias ? b.add(op, x, w, b.parameter(F32, 72)) : b.add(op, x, w);
    return b.of(new Unary(function), b.add(new Binary(BinaryFunction.ADD), y, r));
  }

  /** What the code does not take in is oneDNN's. */
  private static OpCase twoResiduals() {
    CaseBuilder b = new CaseBuilder(PREFIX + "two_residuals").tolerance(1e-5);
    Value x = b.input(F32, 1, 3, 12, 12);
    Value w = b.parameter(F32, 16, 3, 3, 3);
    Value y = b.add(new Convolution(window(2, 1), 1), x, w);
    Value z = b.add(new Binary(BinaryFunction.ADD), y, b.input(F32, 1, 16, 6, 6));
    return b.of(new Binary(BinaryFunction.MUL), z, b.input(F32, 1, 16, 6, 6));
  }
}
