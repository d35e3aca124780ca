package dev.lathe.frontend.onnx;

import static dev.lathe.frontend.onnx.OnnxBuilder.dims;
import static dev.lathe.frontend.onnx.OnnxBuilder.integer;
import static dev.lathe.frontend.onnx.OnnxBuilder.ints;
import static dev.lathe.frontend.onnx.OnnxBuilder.number;
import static dev.lathe.frontend.onnx.OnnxBuilder.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.frontend.onnx.OnnxBuilder.Attribute;
import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.RecurrentOp.Activation;
import dev.lathe.ir.op.RecurrentOp.Lstm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Optional inputs, implicit defaults and odd forms of operators, made explicit. */
class OperatorFormsTest {

  private static OnnxBuilder onX(Object... dims) {
    return new OnnxBuilder().input("x", DataType.FLOAT, dims);
  }

  private static byte[] model(
      OnnxBuilder builder, String op, String inputs, Attribute... attributes) {
    return builder.node(op, inputs + " -> y", attributes).outputs("y").model(17);
  }

  @Test
  void convolutionsResolveAutoPad() {
    OnnxBuilder same = onX("N", 3, "H", 7).floats("w", dims(4, 3, 3, 3), 1);
    byte[] file =
        model(same, "Conv", "x, w", text("auto_pad", "SAME_LOWER"), ints("strides", 2, 2));
    assertThat(ImportFixture.find(file, Convolution.class).window().padding())
        .isEqualTo(new Padding.Same(false));
    assertThat(ImportFixture.types(file)).containsExactly("f32[N, 4, floordiv(H + 1, 2), 4]");
    OnnxBuilder wrong = onX(1, 3, 7, 7).floats("w", dims(4, 3, 3, 3), 1);
    ImportFixture.refuses(model(wrong, "Conv", "x, w", ints("kernel_shape", 5, 5)))
        .withMessageContaining("kernel_shape [5, 5] disagrees");
    OnnxBuilder short1 = onX(1, 3, 7, 7).floats("w", dims(4, 3, 3, 3), 1);
    ImportFixture.refuses(model(short1, "Conv", "x, w", ints("strides", 1)))
        .withMessageContaining("attribute 'strides' is [1] for 2 spatial axes");
  }

  @Test
  void transposedConvolutionsResolveOutputShape() {
    OnnxBuilder sized = onX(1, 1, 3, 3).floats("w", dims(1, 2, 3, 3), 1);
    byte[] file =
        model(
            sized,
            "ConvTranspose",
            "x, w",
            ints("strides", 3, 2),
            ints("output_shape", 10, 8),
            ints("output_padding", 1, 1));
    assertThat(ImportFixture.types(file)).containsExactly("f32[1, 2, 10, 8]");
    OnnxBuilder same = onX(1, 1, "H", 3).floats("w", dims(1, 2, 3, 3), 1);
    byte[] auto =
        model(same, "ConvTranspose", "x, w", ints("strides", 2, 2), text("auto_pad", "SAME_UPPER"));
    assertThat(ImportFixture.types(auto)).containsExactly("f32[1, 2, 2*H, 6]");
    Padding.Explicit padding =
        (Padding.Explicit) ImportFixture.find(auto, ConvolutionTranspose.class).window().padding();
    assertThat(padding).isEqualTo(new Padding.Explicit(List.of(0L, 0L), List.of(1L, 1L)));
  }

  @Test
  void vectorsAreMatricesForAProduct() {
    OnnxBuilder row = onX(3).floats("w", dims(3, 5), 1);
    assertThat(ImportFixture.types(model(row, "MatMul", "x, w"))).containsExactly("f32[5]");
    OnnxBuilder dot = onX(3).floats("w", dims(3), 1);
    assertThat(ImportFixture.types(model(dot, "MatMul", "x, w"))).containsExactly("f32[]");
  }

  @Test
  void gemmScalesOnlyWhereItMust() {
    OnnxBuilder plain = onX(2, 3).floats("w", dims(4, 3), 1).floats("b", dims(4), 1);
    assertThat(ImportFixture.ops(model(plain, "Gemm", "x, w, b", integer("transB", 1))))
        .containsExactly("matmul");
    OnnxBuilder scaled = onX(2, 3).floats("w", dims(3, 4), 1).floats("b", dims(4), 1);
    assertThat(
            ImportFixture.ops(
                model(scaled, "Gemm", "x, w, b", number("alpha", 0.5f), number("beta", 2))))
        .containsExactly("matmul", "mul", "mul", "add");
  }

  @Test
  void missingZeroPointsAreZero() {
    OnnxBuilder quantised =
        new OnnxBuilder()
            .input("x", DataType.UINT8, 2, 3)
            .initializer(OnnxBuilder.byteTensor("w", DataType.INT8, dims(3, 1), 1, 2, 3));
    assertThat(ImportFixture.types(model(quantised, "MatMulInteger", "x, w")))
        .containsExactly("i32[2, 1]");
    OnnxBuilder real = onX(2, 3).floats("s", dims(), 0.5f);
    assertThat(ImportFixture.types(model(real, "QuantizeLinear", "x, s")))
        .containsExactly("u8[2, 3]");
  }

  @Test
  void recurrentLayersGetBiasesAndStates() {
    OnnxBuilder layer =
        onX("B", 5, 4).floats("w", dims(1, 12, 4), 1).floats("r", dims(1, 12, 3), 1);
    byte[] file =
        layer
            .node(
                "LSTM",
                "x, w, r -> y, h, c",
                integer("layout", 1),
                integer("hidden_size", 3),
                OnnxBuilder.texts("activations", "HardSigmoid", "Tanh", "ScaledTanh"),
                OnnxBuilder.numbers("activation_alpha", 0.3f, 2),
                OnnxBuilder.numbers("activation_beta", 0.4f, 3))
            .outputs("y", "h", "c")
            .model(17);
    assertThat(ImportFixture.types(file))
        .containsExactly("f32[B, 5, 1, 3]", "f32[B, 1, 3]", "f32[B, 1, 3]");
    assertThat(ImportFixture.find(file, Lstm.class).activations())
        .containsExactly(
            new Activation("hardsigmoid", 0.3f, 0.4f),
            new Activation("tanh", 0, 0),
            new Activation("scaledtanh", 2, 3));
  }

  @Test
  void normalizationsGetTheirBias() {
    OnnxBuilder layer = onX(2, 4).floats("s", dims(4), 1);
    assertThat(ImportFixture.ops(model(layer, "LayerNormalization", "x, s")))
        .containsExactly("layer_normalization");
    OnnxBuilder training =
        onX(2, 4, 3)
            .floats("s", dims(4), 1)
            .floats("b", dims(4), 1)
            .floats("m", dims(4), 1)
            .floats("v", dims(4), 1);
    byte[] file =
        training
            .node("BatchNormalization", "x, s, b, m, v -> y, m2, v2", integer("training_mode", 1))
            .outputs("y", "m2", "v2")
            .model(17);
    assertThat(ImportFixture.types(file)).containsExactly("f32[2, 4, 3]", "f32[4]", "f32[4]");
  }

  @Test
  void dropoutIsNothingAtInference() {
    byte[] file = onX(2, 3).node("Dropout", "x -> y, mask").outputs("y", "mask").model(13);
    assertThat(ImportFixture.ops(file)).containsExactly("expand");
    assertThat(ImportFixture.types(file)).containsExactly("f32[2, 3]", "bool[2, 3]");
    OnnxBuilder training =
        onX(2)
            .floats("ratio", dims(), 0.5f)
            .initializer(OnnxBuilder.byteTensor("on", DataType.BOOL, dims(), 1));
    ImportFixture.refuses(model(training, "Dropout", "x, ratio, on"))
        .withMessageContaining("training_mode");
  }

  @Test
  void constantsOfAShapeStayOneNumber() {
    OnnxBuilder huge = new OnnxBuilder().longs("shape", dims(3), 1 << 20, 1 << 20, 1 << 20);
    byte[] file = model(huge, "ConstantOfShape", "shape");
    assertThat(ImportFixture.types(file)).containsExactly("f32[1048576, 1048576, 1048576]");
    OnnxBuilder unknown = new OnnxBuilder().input("shape", DataType.INT64, 1_000_000_000);
    ImportFixture.refuses(model(unknown, "ConstantOfShape", "shape"))
        .withMessageContaining("at most 64");
  }

  @Test
  void flattenKeepsSymbols() {
    assertThat(ImportFixture.types(model(onX("N", 3, "H", "W"), "Flatten", "x")))
        .containsExactly("f32[N, 3*H*W]");
    assertThat(ImportFixture.types(model(onX("N", 3, "H", 2), "Flatten", "x", integer("axis", 0))))
        .containsExactly("f32[1, 6*H*N]");
  }

  @Test
  void einsumIsMatrixProducts() {
    OnnxBuilder two = onX("B", "H", "T", 8).input("k", DataType.FLOAT, "B", "H", "S", 8);
    assertThat(
            ImportFixture.types(model(two, "Einsum", "x, k", text("equation", "bhtd,bhsd->bhts"))))
        .containsExactly("f32[B, H, T, S]");
    assertThat(
            ImportFixture.types(
                model(onX(3, 4, 4), "Einsum", "x", text("equation", "...ii->...i"))))
        .containsExactly("f32[3, 4]");
    assertThat(ImportFixture.types(model(onX(3, 4), "Einsum", "x", text("equation", "ij"))))
        .containsExactly("f32[3, 4]");
    ImportFixture.refuses(model(onX(3, 4), "Einsum", "x", text("equation", "ijk->i")))
        .withMessageContaining("'ijk->i' has the term 'ijk' for a tensor of rank 2");
  }

  @Test
  void attributesOfTheWrongKindAreNamed() {
    ImportFixture.refuses(model(onX(3), "LeakyRelu", "x", integer("alpha", 1)))
        .withMessageContaining("LeakyRelu 'LeakyRelu_0'")
        .withMessageContaining("attribute 'alpha' must be a float");
    ImportFixture.refuses(model(onX(3), "Neg", "")).withMessageContaining("input 0 is missing");
  }
}
