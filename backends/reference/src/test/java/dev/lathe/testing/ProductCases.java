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
import dev.lathe.ir.op.ElementwiseOp.Gelu;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.Window;
import java.util.List;

/** Products of two matrices, and convolutions with windows of 1 by 1, which are such. */
public final class ProductCases {
  /** What the names of all begin with. */
  public static final String PREFIX = "product/";

  private ProductCases() {}

  static List<OpCase> all() {
    return List.of(
        plain("whole", 1, 16, 8, 8, 96),
        plain("two_rows", 1, 5, 2, 1, 17),
        plain("one_column", 1, 3, 5, 5, 1),
        plain("seven_by_seven", 1, 40, 7, 7, 50),
        plain("prime", 1, 13, 1, 23, 31),
        plain("batch", 3, 18, 5, 7, 100),
        plain("one_channel", 2, 1, 6, 6, 48),
        plain("many_units", 1, 24, 40, 41, 72),
        plain("wide", 1, 70, 3, 3, 400),
        plain("one_pixel", 1, 33, 1, 1, 70),
        plain("pixels_of_a_batch", 4, 33, 1, 1, 70),
        behind("relu", new Unary(UnaryFunction.RELU)),
        behind("clamp", new Clamp(-1, 1.5)),
        behind("hard_swish", new Unary(UnaryFunction.HARD_SWISH)),
        behind("sigmoid", new Unary(UnaryFunction.SIGMOID)),
        behind("silu", new Unary(UnaryFunction.SILU)),
        behind("gelu", new Gelu(false)),
        behind("gelu_tanh", new Gelu(true)),
        scaledBehind(),
        matMul("matmul", false, 33, 37, 50),
        matMul("matmul_transposed", true, 8, 64, 96),
        matMul("matmul_of_many_rows", true, 260, 20, 49),
        matMulWithResidual(),
        residual(),
        residualInPlace(),
        residualThatIsReadAgain(),
        squeezed(),
        more(),
        scaled(),
        sequence("windows", 40, 24, 3, 1, 50),
        sequence("windows_apart", 45, 7, 2, 3, 33),
        sequence("windows_of_one", 30, 20, 1, 2, 48),
        sequence("windows_of_one_channel", 500, 1, 10, 5, 64),
        narrow(BF16),
        narrow(F16),
        pairs("whole", 1, 16, 8, 8, 96),
        pairs("two_rows", 1, 6, 2, 1, 17),
        pairs("one_column", 1, 2, 5, 5, 1),
        pairs("seven_by_seven", 1, 40, 7, 7, 50),
        pairs("prime", 1, 22, 1, 23, 31),
        pairs("batch", 3, 18, 5, 7, 100),
        pairs("many_units", 1, 24, 40, 41, 72),
        pairs("wide", 1, 70, 3, 3, 400),
        pairsBehind("relu", new Unary(UnaryFunction.RELU)),
        pairsBehind("clamp", new Clamp(-1, 1.5)),
        pairsBehind("hard_swish", new Unary(UnaryFunction.HARD_SWISH)),
        pairsBehind("sigmoid", new Unary(UnaryFunction.SIGMOID)),
        pairsBehind("silu", new Unary(UnaryFunction.SILU)),
        pairsBehind("gelu", new Gelu(false)),
        matMulOfPairs("matmul", false, 33, 38, 50),
        matMulOfPairs("matmul_transposed", true, 8, 64, 96),
        matMulOfPairs("matmul_of_many_rows", true, 260, 20, 49),
        pairsWithResidual(BF16),
        pairsWithResidual(F32),
        pairsInBf16(),
        halfAPair());
  }

  private static Value convolution(CaseBuilder b, Value x, int in, int out, boolean bias) {
    Value w = b.parameter(F32, out, in, 1, 1);
    Convolution op = new Convolution(ConvolutionCases.window(2, 1, 1, 0), 1);
    return bias ? b.add(op, x, w, b.parameter(F32, out)) : b.add(op, x, w);
  }

  private static CaseBuilder builder(String name) {
    return new CaseBuilder(PREFIX + name).tolerance(1e-5);
  }

  private static OpCase plain(String name, int batch, int in, int height, int width, int out) {
    CaseBuilder b = builder(name);
    Value x = b.input(F32, batch, in, height, width);
    return b.outputs(List.of(convolution(b, x, in, out, batch == 1)));
  }

  /** A sequence whose windows lie side by side where channels lie together. */
  private static OpCase sequence(
      String name, long length, long channels, long size, long stride, long filters) {
    CaseBuilder b = new CaseBuilder(PREFIX + "sequence_" + name).tolerance(1e-5);
    Window window = ConvolutionCases.window(1, stride, 1, 0);
    Value y =
        b.add(
            new Convolution(window, 1),
            b.input(F32, 1, channels, length),
            b.parameter(F32, filters, channels, size),
            b.parameter(F32, filters));
    return b.of(new Gelu(false), y);
  }

  private static OpCase behind(String name, Op op) {
    CaseBuilder b = builder(name);
    return b.of(op, convolution(b, b.input(F32, 1, 20, 9, 10), 20, 70, true));
  }

  /** An activation between factors and numbers that are added. */
  private static OpCase scaledBehind() {
    CaseBuilder b = builder("scaled_behind");
    Value x = convolution(b, b.input(F32, 1, 20, 9, 10), 20, 70, true);
    Value y = b.add(new Unary(UnaryFunction.HARD_SWISH), x);
    Value product = b.add(new Binary(BinaryFunction.MUL), y, b.scalar(F32, 0.7));
    Value sum = b.add(new Binary(BinaryFunction.ADD), product, b.scalar(F32, -0.3));
    return b.of(new Binary(BinaryFunction.MUL), sum, b.scalar(F32, 1.5));
  }

  private static OpCase matMul(String name, boolean transposed, int rows, int inner, int columns) {
    CaseBuilder b = builder(name);
    Value x = b.input(F32, rows, inner);
    Value w = transposed ? b.parameter(F32, columns, inner) : b.parameter(F32, inner, columns);
    MatMul op = new MatMul(false, transposed);
    return transposed ? b.of(op, x, w) : b.of(op, x, w, b.parameter(F32, columns));
  }

  private static OpCase matMulWithResidual() {
    CaseBuilder b = builder("matmul_residual");
    Value x = b.input(F32, 2, 11, 40);
    MatMul op = new MatMul(false, false);
    Value first = b.add(op, x, b.parameter(F32, 40, 40), b.parameter(F32, 40));
    Value second = b.add(op, first, b.parameter(F32, 40, 40), b.parameter(F32, 40));
    return b.of(new Binary(BinaryFunction.ADD), x, second);
  }

  private static OpCase residual() {
    CaseBuilder b = builder("residual");
    Value x = b.input(F32, 2, 20, 9, 7);
    Value sum = b.add(new Binary(BinaryFunction.ADD), convolution(b, x, 20, 20, true), x);
    return b.of(new Unary(UnaryFunction.RELU), sum);
  }

  /** The first result is needed by nobody else, so that the sum may take its place. */
  private static OpCase residualInPlace() {
    CaseBuilder b = builder("residual_in_place");
    Value x = b.input(F32, 1, 20, 9, 7);
    Value first = convolution(b, x, 20, 36, true);
    Value second = convolution(b, x, 20, 36, false);
    Value sum = b.add(new Binary(BinaryFunction.ADD), first, second);
    return b.outputs(List.of(convolution(b, sum, 36, 10, true)));
  }

  private static OpCase residualThatIsReadAgain() {
    CaseBuilder b = builder("residual_that_is_read_again");
    Value x = b.input(F32, 1, 20, 9, 7);
    Value first = convolution(b, x, 20, 20, true);
    Value second = convolution(b, first, 20, 20, true);
    Value sum = b.add(new Binary(BinaryFunction.ADD), first, second);
    return b.outputs(List.of(sum, first));
  }

  /** Both convolutions of squeeze-and-excite. */
  private static OpCase squeezed() {
    CaseBuilder b = builder("squeezed");
    Value x = b.input(F32, 1, 36, 1, 1);
    Value hidden = b.add(new Unary(UnaryFunction.SILU), convolution(b, x, 36, 9, true));
    return b.of(new Unary(UnaryFunction.SIGMOID), convolution(b, hidden, 9, 36, true));
  }

  /** A factor for each channel, which is multiplied into the weights. */
  private static OpCase scaled() {
    CaseBuilder b = builder("scaled");
    Value x = b.input(F32, 1, 20, 12, 12);
    Value y = b.add(new Binary(BinaryFunction.MUL), x, b.input(F32, 1, 20, 1, 1));
    return b.outputs(List.of(convolution(b, y, 20, 60, true)));
  }

  /** More than the code takes in. */
  private static OpCase more() {
    CaseBuilder b = builder("more");
    Value y = convolution(b, b.input(F32, 1, 20, 9, 10), 20, 70, true);
    return b.of(new Unary(UnaryFunction.MISH), y);
  }

  /** A result with a residual that is stored in another type. */
  private static OpCase narrow(ElementType type) {
    CaseBuilder b = new CaseBuilder(PREFIX + "stored_as_" + type).tolerance(0x1p-8);
    Value x = b.input(F32, 1, 55, 9, 11);
    Value y = b.add(new Binary(BinaryFunction.ADD), convolution(b, x, 55, 55, true), x);
    return b.of(new Cast(type), b.add(new Unary(UnaryFunction.RELU), y));
  }

  /** A backend does not round what it sums before the residual and the activation, as the graph. */
  private static CaseBuilder pairsBuilder(String name) {
    return new CaseBuilder(PREFIX + "bf16_" + name).tolerance(0x1p-7);
  }

  private static Value narrowed(CaseBuilder b, long... shape) {
    return b.add(new Cast(BF16), b.input(F32, shape));
  }

  private static Value wide(CaseBuilder b, Value x) {
    return b.add(new Cast(F32), x);
  }

  private static Value convolutionOfPairs(CaseBuilder b, Value x, int in, int out) {
    Convolution op = new Convolution(ConvolutionCases.window(2, 1, 1, 0), 1);
    return b.add(op, x, b.parameter(BF16, out, in, 1, 1), b.parameter(F32, out));
  }

  private static OpCase pairs(String name, int batch, int in, int height, int width, int out) {
    CaseBuilder b = pairsBuilder(name);
    Value x = narrowed(b, batch, in, height, width);
    return b.outputs(List.of(wide(b, convolutionOfPairs(b, x, in, out))));
  }

  private static OpCase pairsBehind(String name, Op op) {
    CaseBuilder b = pairsBuilder(name);
    Value y = convolutionOfPairs(b, narrowed(b, 1, 20, 9, 10), 20, 70);
    return b.of(op, wide(b, y));
  }

  private static OpCase matMulOfPairs(
      String name, boolean transposed, int rows, int inner, int columns) {
    CaseBuilder b = pairsBuilder(name);
    Value x = narrowed(b, rows, inner);
    Value w = transposed ? b.parameter(BF16, columns, inner) : b.parameter(BF16, inner, columns);
    MatMul op = new MatMul(false, transposed);
    Value y = transposed ? b.add(op, x, w) : b.add(op, x, w, b.parameter(F32, columns));
    return b.outputs(List.of(wide(b, y)));
  }

  private static OpCase pairsWithResidual(ElementType type) {
    CaseBuilder b = pairsBuilder("residual_" + type);
    Value x = narrowed(b, 2, 20, 9, 7);
    Value y = convolutionOfPairs(b, x, 20, 20);
    Value sum =
        type == BF16
            ? wide(b, b.add(new Binary(BinaryFunction.ADD), y, x))
            : b.add(new Binary(BinaryFunction.ADD), wide(b, y), b.input(F32, 2, 20, 9, 7));
    return b.of(new Unary(UnaryFunction.RELU), sum);
  }

  /** From narrow numbers to narrow ones, as between products. */
  private static OpCase pairsInBf16() {
    CaseBuilder b = pairsBuilder("chain");
    Value x = convolutionOfPairs(b, narrowed(b, 1, 20, 9, 10), 20, 68);
    Value y = convolutionOfPairs(b, b.add(new Unary(UnaryFunction.RELU), x), 68, 20);
    return b.outputs(List.of(wide(b, y)));
  }

  /** An odd number of channels is none of pairs. */
  private static OpCase halfAPair() {
    CaseBuilder b = pairsBuilder("half_a_pair");
    return b.outputs(List.of(wide(b, convolutionOfPairs(b, narrowed(b, 1, 13, 9, 10), 13, 20))));
  }
}
