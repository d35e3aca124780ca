package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.Gelu;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.LinalgOp.Attention;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.PoolingOp.AveragePool;
import dev.lathe.ir.op.PoolingOp.MaxPool;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.CoordinateTransform;
import dev.lathe.ir.op.ShapeOp.NearestMode;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import dev.lathe.ir.op.ShapeOp.Transpose;
import java.util.ArrayList;
import java.util.List;

/** Graphs as they are after a reduction of precision: narrow products between conversions. */
final class NarrowCases {
  private static final Convolution POINTWISE =
      new Convolution(ConvolutionCases.window(2, 1, 1, 0), 1);
  private static final Convolution SPATIAL =
      new Convolution(ConvolutionCases.window(2, 1, 1, 1), 1);

  private NarrowCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (ElementType narrow : List.of(BF16, F16)) {
      cases.add(convolution(narrow));
      cases.add(residual(narrow));
      cases.add(wideLayers(narrow));
      cases.add(squeezeAndExcite(narrow));
      cases.add(inception(narrow));
      cases.add(upsampled(narrow));
      cases.add(transformer(narrow));
      cases.add(attention(narrow));
      cases.add(softmaxBetweenProducts(narrow));
      cases.add(joinedWithWide(narrow));
      cases.add(lookup(narrow));
    }
    return cases;
  }

  private static CaseBuilder named(String name, ElementType narrow) {
    // A backend rounds fewer intermediate results than the graph says.
    return new CaseBuilder("narrow/" + name + "_" + narrow)
        .tolerance(narrow == BF16 ? 0x1p-6 : 0x1p-9);
  }

  private static Value to(CaseBuilder b, ElementType type, Value x) {
    return b.add(new Cast(type), x);
  }

  private static Value conv(
      CaseBuilder b, Convolution op, Value x, ElementType type, long... weights) {
    Value w = b.parameter(b.uniformBetween(type, -0.3, 0.3, weights));
    return b.add(op, x, w, b.parameter(F32, weights[0]));
  }

  private static Value image(CaseBuilder b, ElementType narrow, long channels) {
    return to(b, narrow, b.input(F32, 1, channels, 9, 10));
  }

  /** A bias in f32, an activation, and f32 behind it. */
  private static OpCase convolution(ElementType narrow) {
    CaseBuilder b = named("conv_relu", narrow);
    Value y = conv(b, SPATIAL, image(b, narrow, 3), narrow, 16, 3, 3, 3);
    Value relu = b.add(new Unary(UnaryFunction.RELU), y);
    Value z = conv(b, POINTWISE, relu, narrow, 8, 16, 1, 1);
    return b.outputs(List.of(to(b, F32, z)));
  }

  private static OpCase residual(ElementType narrow) {
    CaseBuilder b = named("residual", narrow);
    Value x = conv(b, POINTWISE, image(b, narrow, 16), narrow, 16, 16, 1, 1);
    Value y = b.add(new Unary(UnaryFunction.HARD_SWISH), x);
    Convolution depthwise = new Convolution(ConvolutionCases.window(2, 1, 1, 1), 16);
    Value z = conv(b, depthwise, y, narrow, 16, 1, 3, 3);
    Value sum = b.add(new Binary(BinaryFunction.ADD), z, x);
    Value relu = b.add(new Unary(UnaryFunction.RELU), sum);
    return b.outputs(List.of(to(b, F32, relu), to(b, F32, y)));
  }

  /** Windows of 3 by 3 on many channels, with a residual that is narrow, and one that is not. */
  private static OpCase wideLayers(ElementType narrow) {
    CaseBuilder b = named("wide_layers", narrow);
    Value x = to(b, narrow, b.input(F32, 1, 64, 24, 24));
    Value y = thinWeights(b, x, narrow);
    Value relu = b.add(new Unary(UnaryFunction.RELU), b.add(new Binary(BinaryFunction.ADD), y, x));
    Value z = to(b, F32, thinWeights(b, relu, narrow));
    Value wide = b.input(F32, 1, 64, 24, 24);
    return b.outputs(List.of(to(b, F32, relu), b.add(new Binary(BinaryFunction.ADD), z, wide)));
  }

  private static Value thinWeights(CaseBuilder b, Value x, ElementType type) {
    Value w = b.parameter(b.uniformBetween(type, -0.05, 0.05, 64, 64, 3, 3));
    return b.add(SPATIAL, x, w, b.parameter(F32, 64));
  }

  private static OpCase squeezeAndExcite(ElementType narrow) {
    CaseBuilder b = named("squeeze_and_excite", narrow);
    Value x = conv(b, SPATIAL, image(b, narrow, 4), narrow, 16, 4, 3, 3);
    Value mean = b.add(new Reduce(ReduceFunction.MEAN, List.of(2, 3), true), x);
    Value gate = conv(b, POINTWISE, mean, narrow, 16, 16, 1, 1);
    Value sigmoid = b.add(new Unary(UnaryFunction.SIGMOID), gate);
    Value y = b.add(new Binary(BinaryFunction.MUL), x, sigmoid);
    return b.outputs(List.of(to(b, F32, y)));
  }

  private static OpCase inception(ElementType narrow) {
    CaseBuilder b = named("inception", narrow);
    Value x = image(b, narrow, 8);
    Value left = conv(b, POINTWISE, x, narrow, 16, 8, 1, 1);
    Value right =
        b.add(
            new MaxPool(List.of(3L, 3L), ConvolutionCases.window(2, 1, 1, 1), false, false, false),
            x);
    Value middle =
        b.add(
            new AveragePool(List.of(3L, 3L), ConvolutionCases.window(2, 1, 1, 1), false, false), x);
    return b.outputs(List.of(to(b, F32, b.add(new Concat(1), left, right, middle))));
  }

  private static OpCase upsampled(ElementType narrow) {
    CaseBuilder b = named("upsampled", narrow);
    Value x = conv(b, POINTWISE, image(b, narrow, 8), narrow, 16, 8, 1, 1);
    Resize doubled =
        new Resize(
            ResizeMode.NEAREST,
            CoordinateTransform.ASYMMETRIC,
            NearestMode.FLOOR,
            false,
            -0.75f,
            false,
            false);
    Value large = b.add(doubled, x, b.longs(1, 16, 18, 20));
    ConvolutionTranspose transpose =
        new ConvolutionTranspose(ConvolutionCases.window(2, 2, 1, 0), 1, List.of(0L, 0L));
    Value w = b.parameter(b.uniformBetween(narrow, -0.3, 0.3, 16, 4, 2, 2));
    Value y = b.add(transpose, large, w, b.parameter(F32, 4));
    Value sigmoid = b.add(new Unary(UnaryFunction.SIGMOID), to(b, F32, y));
    return b.outputs(List.of(sigmoid));
  }

  private static Value dense(CaseBuilder b, Value x, ElementType type, long from, long to) {
    Value w = b.parameter(b.uniformBetween(type, -0.3, 0.3, from, to));
    return b.add(new MatMul(false, false), x, w, b.parameter(F32, to));
  }

  private static Value norm(CaseBuilder b, Value x, long channels) {
    return b.add(
        new LayerNormalization(-1, 1e-5f),
        x,
        b.parameter(F32, channels),
        b.parameter(F32, channels));
  }

  /**
   * The sum of a residual and its normalisation in f32, both also as the next product's operand.
   */
  private static OpCase transformer(ElementType narrow) {
    CaseBuilder b = named("transformer", narrow);
    Value x = norm(b, b.input(F32, 2, 5, 32), 32);
    Value y = dense(b, to(b, narrow, x), narrow, 32, 64);
    Value z = dense(b, b.add(new Gelu(false), y), narrow, 64, 32);
    Value sum = b.add(new Binary(BinaryFunction.ADD), to(b, F32, z), x);
    Value last = norm(b, sum, 32);
    return b.outputs(List.of(last, to(b, F32, dense(b, to(b, narrow, last), narrow, 32, 7))));
  }

  /** Heads side by side in the operands, and a mask in f32 that hides keys. */
  private static OpCase attention(ElementType narrow) {
    CaseBuilder b = named("attention", narrow);
    List<Value> heads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Value x = to(b, narrow, b.input(F32, 2, 6, 4, 16));
      heads.add(b.add(new Transpose(List.of(0, 2, 1, 3)), x));
    }
    Value mask =
        b.constant(
            CaseBuilder.tensor(F32, new double[] {0, 0, -3.4e38, 0, -3.4e38, 0}, 1, 1, 1, 6));
    Value y = b.add(new Attention(0.25f), heads.get(0), heads.get(1), heads.get(2), mask);
    Value back = b.add(new Transpose(List.of(0, 2, 1, 3)), y);
    return b.outputs(List.of(to(b, F32, back)));
  }

  private static OpCase softmaxBetweenProducts(ElementType narrow) {
    CaseBuilder b = named("softmax", narrow);
    Value x = dense(b, to(b, narrow, b.input(F32, 3, 4, 16)), narrow, 16, 24);
    Value softmax = b.add(new Softmax(-1), to(b, F32, x));
    return b.outputs(List.of(to(b, F32, dense(b, to(b, narrow, softmax), narrow, 24, 16))));
  }

  /** Narrow numbers that are only joined with f32 ones, and such that are used otherwise too. */
  private static OpCase joinedWithWide(ElementType narrow) {
    CaseBuilder b = named("joined_with_wide", narrow);
    Value x = conv(b, POINTWISE, image(b, narrow, 16), narrow, 16, 16, 1, 1);
    Value wide = b.input(F32, 1, 16, 9, 10);
    Value first = b.add(new Binary(BinaryFunction.ADD), to(b, F32, x), wide);
    Value second = b.add(new Binary(BinaryFunction.MUL), wide, to(b, F32, x));
    Value scaled = b.add(new Binary(BinaryFunction.MUL), to(b, F32, x), b.scalar(F32, 0.3));
    Value exp = b.add(new Unary(UnaryFunction.EXP), to(b, F32, x));
    Value divided = b.add(new Binary(BinaryFunction.DIV), to(b, F32, x), exp);
    return b.outputs(List.of(first, second, scaled, divided, to(b, F32, x)));
  }

  private static OpCase lookup(ElementType narrow) {
    CaseBuilder b = named("lookup", narrow);
    Value rows = b.add(new Gather(0), b.parameter(narrow, 20, 32), b.longs(3, 19, 0, 3));
    Value sum = b.add(new Binary(BinaryFunction.ADD), to(b, F32, rows), b.parameter(F32, 4, 32));
    return b.outputs(List.of(norm(b, sum, 32)));
  }
}
