package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.HardSigmoid;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.Window;
import java.util.List;

/** Convolutions of every channel with a window of its own, and what may stand behind them. */
public final class DepthwiseCases {
  /** What the names of all begin with. */
  public static final String PREFIX = "depthwise/";

  private DepthwiseCases() {}

  static List<OpCase> all() {
    return List.of(
        plain("3x3", shape(1, 32, 14, 14), 3, 3, 1, 1, 1),
        plain("3x3_stride2", shape(1, 48, 15, 14), 3, 3, 2, 1, 1),
        plain("5x5", shape(1, 24, 9, 30), 5, 5, 1, 2, 2),
        plain("5x5_stride2", shape(2, 40, 11, 12), 5, 5, 2, 2, 1),
        plain("7x7", shape(1, 17, 7, 7), 7, 7, 1, 3, 3),
        plain("valid", shape(1, 33, 6, 20), 3, 3, 1, 0, 0),
        plain("few_channels", shape(3, 3, 10, 9), 3, 3, 1, 1, 1),
        plain("one_channel", shape(1, 1, 9, 9), 3, 3, 1, 1, 1),
        plain("one_pixel", shape(1, 20, 1, 1), 3, 3, 1, 1, 1),
        plain("wide", shape(1, 5, 3, 70), 1, 9, 1, 0, 4),
        plain("tall", shape(1, 16, 21, 4), 5, 1, 3, 2, 0),
        plain("much_padding", shape(1, 16, 4, 4), 3, 3, 1, 1, 6),
        plain("rows_of_padding", shape(1, 16, 4, 4), 3, 3, 1, 3, 1),
        plain("large", shape(1, 96, 40, 41), 3, 3, 1, 1, 1),
        behind("relu", new Unary(UnaryFunction.RELU)),
        behind("clamp", new Clamp(-1, 1.5)),
        behind("hard_swish", new Unary(UnaryFunction.HARD_SWISH)),
        behind("hard_sigmoid", new HardSigmoid(0.2f, 0.5f)),
        behind("sigmoid", new Unary(UnaryFunction.SIGMOID)),
        behind("silu", new Unary(UnaryFunction.SILU)),
        behind("tanh", new Unary(UnaryFunction.TANH)),
        moreAtTheEnd(),
        residual(),
        narrow(BF16),
        narrow(F16));
  }

  private static long[] shape(long... dims) {
    return dims;
  }

  private static Window window(long stride, long top, long bottom, long left, long right) {
    return new Window(
        List.of(stride, stride),
        List.of(1L, 1L),
        new Padding.Explicit(List.of(top, left), List.of(bottom, right)));
  }

  private static OpCase plain(
      String name, long[] x, long rows, long columns, long stride, long padRows, long padColumns) {
    CaseBuilder b = new CaseBuilder(PREFIX + name).tolerance(1e-5);
    long channels = x[1];
    Value input = b.input(F32, x);
    Value w = b.parameter(F32, channels, 1, rows, columns);
    Window window = window(stride, padRows, padRows, padColumns, padColumns);
    Convolution op = new Convolution(window, (int) channels);
    return x[0] == 1 ? b.of(op, input, w, b.parameter(F32, channels)) : b.of(op, input, w);
  }

  private static OpCase moreAtTheEnd() {
    CaseBuilder b = new CaseBuilder(PREFIX + "more_at_the_end").tolerance(1e-5);
    Value x = b.input(F32, 1, 16, 14, 15);
    return b.of(new Convolution(window(2, 0, 1, 1, 2), 16), x, b.parameter(F32, 16, 1, 3, 3));
  }

  private static Value convolution(CaseBuilder b, Value x, long channels) {
    return b.add(
        new Convolution(window(1, 1, 1, 1, 1), (int) channels),
        x,
        b.parameter(F32, channels, 1, 3, 3),
        b.parameter(F32, channels));
  }

  private static OpCase behind(String name, Op op) {
    CaseBuilder b = new CaseBuilder(PREFIX + name).tolerance(1e-5);
    return b.of(op, convolution(b, b.inputBetween(F32, -20, 20, 1, 36, 11, 10), 36));
  }

  private static OpCase residual() {
    CaseBuilder b = new CaseBuilder(PREFIX + "residual").tolerance(1e-5);
    Value x = b.input(F32, 1, 36, 11, 10);
    Value y = convolution(b, x, 36);
    return b.of(new Binary(BinaryFunction.ADD), y, x);
  }

  /** A result that is stored in another type. */
  private static OpCase narrow(ElementType type) {
    CaseBuilder b = new CaseBuilder(PREFIX + "stored_as_" + type).tolerance(0x1p-8);
    Value x = b.input(F32, 1, 41, 11, 10);
    Value y = b.add(new Unary(UnaryFunction.SILU), convolution(b, x, 41));
    return b.of(new Cast(type), y);
  }
}
