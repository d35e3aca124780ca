package dev.lathe.testing;

import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.I8;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.LinalgOp.MatMulInteger;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.QuantizationOp.DynamicQuantizeLinear;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.ir.op.Window;
import java.util.ArrayList;
import java.util.List;

/** Several ops as they stand together in models, which compilers fuse. */
final class PatternCases {
  private PatternCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Op activation :
        List.<Op>of(
            new Unary(UnaryFunction.RELU),
            new Unary(UnaryFunction.SIGMOID),
            new Unary(UnaryFunction.SILU),
            new Unary(UnaryFunction.HARD_SWISH),
            new Unary(UnaryFunction.TANH),
            new Unary(UnaryFunction.MISH),
            new ElementwiseOp.Clamp(0, 6),
            new ElementwiseOp.LeakyRelu(0.1f),
            new ElementwiseOp.HardSigmoid(0.2f, 0.5f),
            new ElementwiseOp.Elu(1),
            new ElementwiseOp.Gelu(false),
            new ElementwiseOp.Gelu(true))) {
      String suffix =
          activation.mnemonic() + (activation.equals(new ElementwiseOp.Gelu(true)) ? "_tanh" : "");
      cases.add(convActivation(suffix, activation));
      cases.add(matMulActivation(suffix, activation));
    }
    cases.add(constantProductPlusInput());
    cases.add(productsOfConstantsAndInputs());
    cases.add(residual());
    cases.add(squeezeAndExcite());
    cases.add(scaledProjection("scaled_projection", 1, 24, 32, false));
    cases.add(scaledProjection("scaled_projection_of_few", 1, 70, 20, false));
    cases.add(scaledProjection("scaled_projection_of_two", 2, 24, 32, false));
    cases.add(scaledProjection("scaled_projection_read_twice", 1, 24, 32, true));
    cases.add(decoder());
    cases.add(inception());
    cases.add(transformer());
    cases.add(windowAttention());
    cases.add(residualOfTransposed());
    cases.add(decomposedLayerNorm());
    cases.add(decomposedGelu());
    cases.add(dynamicQuantizedMatMul());
    cases.add(sharedInput());
    return cases;
  }

  private static Value conv(CaseBuilder b, Value x, int in, int out, int size, int stride) {
    Value w = b.parameter(F32, out, in, size, size);
    Value bias = b.parameter(F32, out);
    return b.add(new Convolution(ConvolutionCases.window(2, stride, 1, size / 2), 1), x, w, bias);
  }

  private static Value batchNormalization(CaseBuilder b, Value x, int channels) {
    return b.add(
        new BatchNormalization(1e-5f),
        x,
        b.parameter(F32, channels),
        b.parameter(F32, channels),
        b.parameter(F32, channels),
        b.parameter(b.uniformBetween(F32, 0.5, 2, channels)));
  }

  private static Value plus(CaseBuilder b, Value x, Value y) {
    return b.add(new Binary(BinaryFunction.ADD), x, y);
  }

  private static Value linear(CaseBuilder b, Value x, int in, int out) {
    Value product = b.add(new MatMul(false, false), x, b.parameter(F32, in, out));
    return plus(b, product, b.parameter(F32, out));
  }

  private static OpCase convActivation(String suffix, Op activation) {
    CaseBuilder b = new CaseBuilder("pattern/conv_" + suffix).roundingOf(F32);
    return b.of(activation, conv(b, b.input(F32, 1, 3, 7, 7), 3, 8, 3, 1));
  }

  private static OpCase matMulActivation(String suffix, Op activation) {
    CaseBuilder b = new CaseBuilder("pattern/matmul_" + suffix).roundingOf(F32);
    return b.of(activation, linear(b, b.input(F32, 5, 12), 12, 9));
  }

  /** What does not depend on inputs is computed once, and what is added to it is not. */
  private static OpCase constantProductPlusInput() {
    CaseBuilder b = new CaseBuilder("pattern/constant_product_plus_input").roundingOf(F32);
    Value product = b.add(new MatMul(false, false), b.parameter(F32, 2, 3), b.parameter(F32, 3, 4));
    Value sum = b.add(new Binary(BinaryFunction.ADD), product, b.input(F32, 2, 4));
    return b.of(new Unary(UnaryFunction.TANH), sum);
  }

  /** The first step of a recurrence on constants alone, the second the same kernel on inputs. */
  private static OpCase productsOfConstantsAndInputs() {
    CaseBuilder b = new CaseBuilder("pattern/products_of_constants_and_inputs").roundingOf(F32);
    Value weights = b.parameter(F32, 3, 3);
    Value first = b.add(new MatMul(false, false), b.parameter(F32, 2, 3), weights);
    Value state = b.add(new Binary(BinaryFunction.SUB), b.input(F32, 2, 3), first);
    return b.of(new MatMul(false, false), state, weights);
  }

  private static OpCase residual() {
    CaseBuilder b = new CaseBuilder("pattern/residual").tolerance(5e-5);
    Op relu = new Unary(UnaryFunction.RELU);
    Value x = b.input(F32, 1, 8, 6, 6);
    Value y = b.add(relu, batchNormalization(b, conv(b, x, 8, 8, 3, 1), 8));
    Value z = batchNormalization(b, conv(b, y, 8, 8, 3, 1), 8);
    return b.of(relu, plus(b, z, x));
  }

  private static OpCase squeezeAndExcite() {
    CaseBuilder b = new CaseBuilder("pattern/squeeze_and_excite").tolerance(5e-5);
    Value x = b.input(F32, 1, 8, 6, 6);
    Value mean = b.add(new Reduce(ReduceFunction.MEAN, List.of(2, 3), true), x);
    Value squeezed = b.add(new Unary(UnaryFunction.RELU), conv(b, mean, 8, 4, 1, 1));
    Value excited = conv(b, squeezed, 4, 8, 1, 1);
    Value gate = b.add(new ElementwiseOp.HardSigmoid(1 / 6f, 0.5f), excited);
    return b.of(new Binary(BinaryFunction.MUL), x, gate);
  }

  /** What squeeze-and-excite scales goes into a convolution of 1 by 1 with a residual. */
  private static OpCase scaledProjection(
      String name, int batch, int channels, int filters, boolean readTwice) {
    CaseBuilder b = new CaseBuilder("pattern/" + name).tolerance(5e-5);
    Value x = b.input(F32, batch, channels, 14, 14);
    Value mean = b.add(new Reduce(ReduceFunction.MEAN, List.of(2, 3), true), x);
    Value gate = b.add(new Unary(UnaryFunction.SIGMOID), conv(b, mean, channels, channels, 1, 1));
    Value scaled = b.add(new Binary(BinaryFunction.MUL), gate, x);
    Value y = conv(b, scaled, channels, filters, 1, 1);
    Value sum = plus(b, y, b.input(F32, batch, filters, 14, 14));
    return readTwice
        ? b.outputs(List.of(sum, b.add(new Unary(UnaryFunction.RELU), scaled)))
        : b.outputs(List.of(sum));
  }

  /** An image enlarged twice, with a function of each element behind each time. */
  private static OpCase decoder() {
    CaseBuilder b = new CaseBuilder("pattern/decoder").tolerance(5e-5);
    Window window = ConvolutionCases.window(2, 2, 1, 0);
    Op enlarge = new ConvolutionOp.ConvolutionTranspose(window, 1, List.of(0L, 0L));
    Value x = b.input(F32, 1, 24, 9, 10);
    Value y = b.add(enlarge, x, b.parameter(F32, 24, 12, 2, 2), b.parameter(F32, 12));
    Value z =
        b.add(enlarge, b.add(new Unary(UnaryFunction.RELU), y), b.parameter(F32, 12, 1, 2, 2));
    return b.of(new Unary(UnaryFunction.SIGMOID), z);
  }

  private static OpCase inception() {
    CaseBuilder b = new CaseBuilder("pattern/inception").tolerance(5e-5);
    Value x = b.input(F32, 1, 6, 7, 7);
    return b.of(
        new Concat(1), conv(b, x, 6, 4, 1, 1), conv(b, x, 6, 5, 3, 1), conv(b, x, 6, 3, 5, 1));
  }

  /** Attention of two heads, then a feed-forward layer, both with residuals. */
  private static OpCase transformer() {
    CaseBuilder b = new CaseBuilder("pattern/transformer").tolerance(5e-5);
    Value x = b.input(F32, 2, 5, 8);
    List<Value> heads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Value split = b.add(new Reshape(false), linear(b, x, 8, 8), b.longs(0, 0, 2, 4));
      heads.add(b.add(new Transpose(i == 1 ? List.of(0, 2, 3, 1) : List.of(0, 2, 1, 3)), split));
    }
    Value product = b.add(new MatMul(false, false), heads.get(0), heads.get(1));
    Value scaled = b.add(new Binary(BinaryFunction.DIV), product, b.scalar(F32, 2));
    Value weights = b.add(new Softmax(-1), plus(b, scaled, b.input(F32, 2, 1, 1, 5)));
    Value mixed = b.add(new MatMul(false, false), weights, heads.get(2));
    Value joined = b.add(new Transpose(List.of(0, 2, 1, 3)), mixed);
    Value flat = b.add(new Reshape(false), joined, b.longs(0, 0, 8));
    Value attended = normalized(b, plus(b, linear(b, flat, 8, 8), x));
    Value hidden = b.add(new ElementwiseOp.Gelu(false), linear(b, attended, 8, 16));
    return b.outputs(List.of(normalized(b, plus(b, linear(b, hidden, 16, 8), attended))));
  }

  /** Attention within as many windows as they have elements, of parts of one projection. */
  private static OpCase windowAttention() {
    CaseBuilder b = new CaseBuilder("pattern/window_attention").tolerance(5e-5);
    Value x = b.add(new Transpose(List.of(0, 2, 1, 3)), b.input(F32, 4, 4, 2, 9));
    List<Value> parts = new ArrayList<>();
    for (long from = 0; from < 9; from += 3) {
      parts.add(b.add(new Slice(List.of(3)), x, b.longs(from), b.longs(from + 3), b.longs(1)));
    }
    Value keys = b.add(new Transpose(List.of(0, 1, 3, 2)), parts.get(1));
    Value scores = b.add(new MatMul(false, false), parts.get(0), keys);
    Value weights = b.add(new Softmax(-1), scores);
    return b.of(new MatMul(false, false), weights, parts.get(2));
  }

  /**
   * What lies transposed is normalised, for which it is copied, and added later: the copy may not
   * be written over in between.
   */
  private static OpCase residualOfTransposed() {
    CaseBuilder b = new CaseBuilder("pattern/residual_of_transposed").tolerance(5e-5);
    Value rows = b.add(new Transpose(List.of(0, 2, 1, 3)), b.input(F32, 8, 2, 3, 2));
    Value pixels = b.add(new Reshape(false), rows, b.longs(1, 8, 3, 4));
    Value turned = b.add(new Transpose(List.of(0, 3, 2, 1)), pixels);
    Value x = b.add(new Reshape(false), turned, b.longs(4, 3, 8));
    return b.outputs(List.of(plus(b, linear(b, normalized(b, x), 8, 8), x)));
  }

  private static Value normalized(CaseBuilder b, Value x) {
    return b.add(new LayerNormalization(-1, 1e-5f), x, b.parameter(F32, 8), b.parameter(F32, 8));
  }

  private static OpCase decomposedLayerNorm() {
    CaseBuilder b = new CaseBuilder("pattern/decomposed_layer_norm").tolerance(5e-5);
    Op mean = new Reduce(ReduceFunction.MEAN, List.of(2), true);
    Value x = b.input(F32, 2, 5, 8);
    Value centred = b.add(new Binary(BinaryFunction.SUB), x, b.add(mean, x));
    Value squares = b.add(new Binary(BinaryFunction.POW), centred, b.scalar(F32, 2));
    Value variance = plus(b, b.add(mean, squares), b.scalar(F32, 1e-5));
    Value deviation = b.add(new Unary(UnaryFunction.SQRT), variance);
    Value normal = b.add(new Binary(BinaryFunction.DIV), centred, deviation);
    Value scaled = b.add(new Binary(BinaryFunction.MUL), normal, b.parameter(F32, 8));
    return b.outputs(List.of(plus(b, scaled, b.parameter(F32, 8))));
  }

  private static OpCase decomposedGelu() {
    CaseBuilder b = new CaseBuilder("pattern/decomposed_gelu").roundingOf(F32);
    Value x = b.inputBetween(F32, -3, 3, 4, 8);
    Value inner = b.add(new Binary(BinaryFunction.DIV), x, b.scalar(F32, 1.4142135));
    Value erf = b.add(new Unary(UnaryFunction.ERF), inner);
    Value doubled = b.add(new Binary(BinaryFunction.MUL), x, plus(b, erf, b.scalar(F32, 1)));
    return b.of(new Binary(BinaryFunction.MUL), doubled, b.scalar(F32, 0.5));
  }

  private static OpCase dynamicQuantizedMatMul() {
    CaseBuilder b = new CaseBuilder("pattern/dynamic_quantized_matmul").roundingOf(F32);
    Value x = b.input(F32, 4, 16);
    List<Value> q = b.block().addAll(new DynamicQuantizeLinear(), List.of(x));
    Value w = LinalgCases.full(b, I8, true, 16, 6);
    Value sums = b.add(new MatMulInteger(), q.get(0), w, q.get(2), b.scalar(I8, 0));
    Value real = b.add(new ElementwiseOp.Cast(ElementType.F32), sums);
    Value scale = b.add(new Binary(BinaryFunction.MUL), q.get(1), b.parameter(F32, 6));
    return b.of(new Binary(BinaryFunction.MUL), real, scale);
  }

  /** A value with several users, some of which are outputs themselves. */
  private static OpCase sharedInput() {
    CaseBuilder b = new CaseBuilder("pattern/shared").roundingOf(F32);
    Value x = conv(b, b.input(F32, 1, 3, 5, 5), 3, 4, 3, 1);
    Value relu = b.add(new Unary(UnaryFunction.RELU), x);
    Value sum = plus(b, x, relu);
    Value bytes = b.add(new ElementwiseOp.Cast(U8), relu);
    return b.outputs(List.of(x, relu, sum, sum, bytes));
  }
}
