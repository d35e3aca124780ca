package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.F32;

import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import java.util.List;

/**
 * Convolutions with windows of 3 by 3 that are large enough for Winograd's algorithm to pay, with
 * what may stand behind them.
 */
public final class WinogradCases {
  /** What the names of all begin with. */
  public static final String PREFIX = "winograd/";

  /** What the names of those begin with whose images are bf16. */
  public static final String NARROW = PREFIX + "bf16_";

  private WinogradCases() {}

  static List<OpCase> all() {
    return List.of(
        plain("same", 1, 24, 14, 17, 40, 1, 1),
        plain("valid", 1, 16, 19, 14, 32, 0, 0),
        plain("more_at_the_end", 1, 33, 13, 13, 35, 0, 1),
        plain("wide_padding", 1, 20, 11, 18, 48, 2, 2),
        plain("batch", 3, 32, 9, 10, 32, 1, 1),
        plain("one_tile_wide", 2, 24, 40, 3, 24, 1, 1),
        plain("several_steps", 1, 16, 110, 94, 48, 1, 1),
        grouped("groups", 2, 32, 40),
        grouped("three_groups", 3, 33, 35),
        relu(),
        clamp(),
        residual("residual", true),
        residual("residual_only", false),
        residualThatIsReadAgain(),
        twoResiduals(),
        silu(),
        narrow(true),
        narrow(false));
  }

  private static Value convolution(
      CaseBuilder b, Value x, int in, int out, long begin, long end, boolean bias) {
    Value w = b.parameter(F32, out, in, 3, 3);
    Convolution op = new Convolution(ConvolutionCases.window(2, 1, 1, begin, end), 1);
    return bias ? b.add(op, x, w, b.parameter(F32, out)) : b.add(op, x, w);
  }

  private static CaseBuilder builder(String name) {
    return new CaseBuilder(PREFIX + name).tolerance(1e-5);
  }

  private static OpCase plain(
      String name, int batch, int in, int height, int width, int out, long begin, long end) {
    CaseBuilder b = builder(name);
    Value x = b.input(F32, batch, in, height, width);
    return b.outputs(List.of(convolution(b, x, in, out, begin, end, batch == 1)));
  }

  private static OpCase grouped(String name, int groups, long in, long out) {
    CaseBuilder b = builder(name);
    Value x = b.input(F32, 2, groups * in, 14, 15);
    Value w = b.parameter(F32, groups * out, in, 3, 3);
    Convolution op = new Convolution(ConvolutionCases.window(2, 1, 1, 1, 1), groups);
    Value y = b.add(op, x, w, b.parameter(F32, groups * out));
    return b.of(new Unary(UnaryFunction.RELU), y);
  }

  private static OpCase relu() {
    CaseBuilder b = builder("relu");
    Value y = convolution(b, b.input(F32, 1, 24, 16, 16), 24, 24, 1, 1, true);
    return b.of(new Unary(UnaryFunction.RELU), y);
  }

  private static OpCase clamp() {
    CaseBuilder b = builder("clamp");
    Value y = convolution(b, b.input(F32, 1, 24, 15, 16), 24, 24, 1, 1, true);
    return b.of(new Clamp(-5, 7.5), y);
  }

  private static OpCase residual(String name, boolean relu) {
    CaseBuilder b = builder(name);
    Value x = b.input(F32, 2, 24, 15, 14);
    Value y = b.add(new Unary(UnaryFunction.RELU), convolution(b, x, 24, 24, 1, 1, true));
    Value z = convolution(b, y, 24, 24, 1, 1, false);
    Value sum = b.add(new Binary(BinaryFunction.ADD), x, z);
    return relu
        ? b.of(new Unary(UnaryFunction.RELU), sum)
        : b.of(new Unary(UnaryFunction.ABS), sum);
  }

  private static OpCase residualThatIsReadAgain() {
    CaseBuilder b = builder("residual_that_is_read_again");
    Value x = convolution(b, b.input(F32, 1, 24, 16, 16), 24, 24, 1, 1, true);
    Value y = b.add(new Binary(BinaryFunction.ADD), convolution(b, x, 24, 24, 1, 1, true), x);
    return b.of(new Binary(BinaryFunction.MUL), y, x);
  }

  private static OpCase twoResiduals() {
    CaseBuilder b = builder("two_residuals");
    Value x = b.input(F32, 1, 24, 16, 16);
    Value y = b.add(new Unary(UnaryFunction.COS), x);
    Value z = b.add(new Binary(BinaryFunction.ADD), convolution(b, x, 24, 24, 1, 1, true), x);
    return b.of(new Binary(BinaryFunction.ADD), z, y);
  }

  /** Images of bf16, of channels that fill no vector, with a residual that is as narrow or not. */
  private static OpCase narrow(boolean residual) {
    String name = NARROW + (residual ? "residual" : "wide_residual");
    CaseBuilder b = new CaseBuilder(name).tolerance(0x1p-6);
    Value x = b.add(new Cast(BF16), b.input(F32, 1, 72, 26, 27));
    Value y = b.add(new Unary(UnaryFunction.RELU), narrowConvolution(b, x, 72, 88));
    Value z = narrowConvolution(b, y, 88, 72);
    Unary relu = new Unary(UnaryFunction.RELU);
    if (residual) {
      Value sum = b.add(relu, b.add(new Binary(BinaryFunction.ADD), z, x));
      return b.of(new Cast(F32), b.add(new Unary(UnaryFunction.ABS), sum));
    }
    Value wide = b.add(new Cast(F32), z);
    Value sum = b.add(new Binary(BinaryFunction.ADD), wide, b.input(F32, 1, 72, 26, 27));
    return b.of(relu, sum);
  }

  private static Value narrowConvolution(CaseBuilder b, Value x, int in, int out) {
    Value w = b.parameter(b.uniformBetween(BF16, -0.05, 0.05, out, in, 3, 3));
    Convolution op = new Convolution(ConvolutionCases.window(2, 1, 1, 1, 1), 1);
    return b.add(op, x, w, b.parameter(F32, out));
  }

  private static OpCase silu() {
    CaseBuilder b = builder("silu");
    Value y = convolution(b, b.input(F32, 1, 24, 16, 16), 24, 24, 1, 1, true);
    Value gate = b.add(new Unary(UnaryFunction.SIGMOID), y);
    return b.of(new Binary(BinaryFunction.MUL), y, gate);
  }
}
