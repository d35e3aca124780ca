package dev.lathe.frontend.onnx;

import static dev.lathe.frontend.onnx.OnnxBuilder.dims;
import static dev.lathe.frontend.onnx.OnnxBuilder.ints;
import static dev.lathe.frontend.onnx.OnnxBuilder.number;
import static dev.lathe.frontend.onnx.OnnxBuilder.reference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.frontend.onnx.proto.ModelProto;
import dev.lathe.frontend.onnx.proto.OnnxReader;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Signature, weights, names, functions and refusals. */
class OnnxImporterTest {

  @Test
  void keepsTheSignature() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, "batch size", 3, "?", -1)
            .input("y:0", DataType.FLOAT, "batch size", 3, 1, 1)
            .node("Add", "x, y:0 -> sum/1")
            .output("sum/1", DataType.FLOAT, "N", 3, "H", "W")
            .model(17);

    Function forward = ImportFixture.forward(file);

    assertThat(forward.inputNames()).containsExactly("x", "y:0");
    assertThat(forward.outputNames()).containsExactly("sum/1");
    assertThat(forward.input("x").type()).hasToString("f32[batch_size, 3, x_2, x_3]");
    assertThat(forward.outputs().get(0).type()).hasToString("f32[batch_size, 3, x_2, x_3]");
  }

  @Test
  void tellsSymbolsThatFallTogetherApart() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, "a b", "a-b", "max", "7")
            .node("Neg", "x -> y")
            .output("y", DataType.FLOAT, 1, 1, 1, 1)
            .model(17);

    assertThat(ImportFixture.types(file)).containsExactly("f32[a_b, a_b_1, max_1, _7]");
  }

  @Test
  void weightsAreParametersAndNumbersConstants() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 1, 4)
            .floats("w", dims(4, 5), 0.5f)
            .floats("half", dims(), 0.5f)
            .node("MatMul", "x, w -> h")
            .node("Mul", "h, half -> y")
            .output("y", DataType.FLOAT, 1, 5)
            .model(17);

    Graph graph = ImportFixture.graph(file);

    assertThat(graph.parameters()).containsOnlyKeys("w");
    assertThat(ImportFixture.ops(graph.forward().body())).containsExactly("matmul", "mul");
  }

  @Test
  void anInputWithAnInitializerIsNoInput() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 4)
            .input("w", DataType.FLOAT, 4)
            .floats("w", dims(4), 1)
            .node("Add", "x, w -> y")
            .output("y", DataType.FLOAT, 4)
            .model(9);

    assertThat(ImportFixture.forward(file).inputNames()).containsExactly("x");
  }

  @Test
  void recordsSourceNodes() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 4)
            .node("", "Relu", "act/1", "x -> h")
            .node("", "Neg", "", "h -> y")
            .output("y", DataType.FLOAT, 4)
            .model(17);

    Node first = ImportFixture.forward(file).body().first();
    assertThat(first).isNotNull();
    assertThat(first.provenance()).containsExactly("act/1");
    assertThat(first.result().name()).isEqualTo("h");
    assertThat(first.next().provenance()).containsExactly("Neg:y");
  }

  @Test
  void inlinesFunctionsWithTheirAttributes() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 4)
            .node("com.example", "Leaky", "call", "x -> y", number("slope", 0.25f))
            .output("y", DataType.FLOAT, 4)
            .function(
                "com.example",
                "Leaky",
                "v -> w",
                17,
                body -> {
                  OnnxBuilder.functionAttribute(body, "slope");
                  OnnxBuilder.functionNode(body, "Neg", "v -> n");
                  OnnxBuilder.functionNode(
                      body, "LeakyRelu", "n -> w", reference("alpha", 1, "slope"));
                })
            .opset("com.example", 1)
            .model(17);

    assertThat(ImportFixture.ops(file)).containsExactly("neg", "leaky_relu");
    var leaky = ImportFixture.find(file, dev.lathe.ir.op.ElementwiseOp.LeakyRelu.class);
    assertThat(leaky.alpha()).isEqualTo(0.25f);
    Node first = ImportFixture.forward(file).body().first();
    assertThat(first.provenance()).containsExactly("call/Neg:n");
  }

  @Test
  void refusesAFunctionThatCallsItself() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 4)
            .node("com.example", "F", "call", "x -> y")
            .output("y", DataType.FLOAT, 4)
            .function(
                "com.example",
                "F",
                "v -> w",
                17,
                body ->
                    body.message(
                        7,
                        new ProtoWriter()
                            .text(1, "v")
                            .text(2, "w")
                            .text(4, "F")
                            .text(7, "com.example")))
            .model(17);

    ImportFixture.refuses(file).withMessageContaining("does one call itself");
  }

  @Test
  void listsAllUnsupportedOperatorsAtOnce() {
    OnnxBuilder branch = new OnnxBuilder().node("com.example", "Deep", "d", "x -> a").outputs("a");
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 4)
            .input("c", DataType.BOOL)
            .node("Fancy", "x -> a")
            .node("Fancy", "a -> b")
            .node(
                "If",
                "c -> d",
                OnnxBuilder.graph("then_branch", branch),
                OnnxBuilder.graph("else_branch", branch))
            .output("b", DataType.FLOAT, 4)
            .model(17);

    ImportFixture.refuses(file)
        .withMessageContaining("2 unsupported operators")
        .withMessageContaining("ai.onnx.Fancy ×2 (Fancy 'Fancy_0', Fancy 'Fancy_1')")
        .withMessageContaining("com.example.Deep ×2");
  }

  @Test
  void saysWhichNodeIsWrong() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 2, 3)
            .input("y", DataType.FLOAT, 4, 5)
            .node("", "MatMul", "product", "x, y -> z")
            .output("z", DataType.FLOAT, 2, 5)
            .model(17);

    ImportFixture.refuses(file)
        .withMessageContaining("test.onnx: MatMul 'product' (byte ")
        .withMessageContaining("3 and 4 differ");
  }

  @Test
  void refusesNamesNobodyMakes() {
    ImportFixture.refuses(new OnnxBuilder().node("Neg", "x -> y").outputs("y").model(17))
        .withMessageContaining("there is no value 'x'");
    ImportFixture.refuses(new OnnxBuilder().outputs("y").model(17))
        .withMessageContaining("there is no value 'y'");
  }

  @Test
  void refusesNamesMadeTwice() {
    OnnxBuilder twice =
        new OnnxBuilder().input("x", DataType.FLOAT, 4).node("Neg", "x -> y").node("Abs", "x -> y");
    ImportFixture.refuses(twice.outputs("y").model(17))
        .withMessageContaining("Abs 'Abs_1'")
        .withMessageContaining("the value 'y' is made a second time");
    OnnxBuilder weights =
        new OnnxBuilder().floats("w", dims(1), 1).floats("w", dims(1), 2).outputs("w");
    ImportFixture.refuses(weights.model(17))
        .withMessageContaining("initializer 'w': the name is given twice");
  }

  @Test
  void refusesInputsItCannotType() {
    ImportFixture.refuses(
            new OnnxBuilder()
                .input("s", DataType.STRING, 1)
                .node("Identity", "s -> t")
                .outputs("t")
                .model(17))
        .withMessageContaining("element type STRING");
    ImportFixture.refuses(
            new OnnxBuilder()
                .input("x", new ProtoWriter().message(1, new ProtoWriter().integer(1, 1)))
                .node("Neg", "x -> y")
                .outputs("y")
                .model(17))
        .withMessageContaining("how many dimensions");
  }

  private static ImportOptions shapes(Map<String, Shape> shapes) {
    return new ImportOptions(shapes, Map.of());
  }

  @Test
  void aGivenShapeBindsTheDimensionsThatOtherInputsShare() {
    byte[] file =
        new OnnxBuilder()
            .input("ids", DataType.FLOAT, "N", "L")
            .input("mask", DataType.FLOAT, "N", "L", "other")
            .node("Neg", "mask -> y")
            .node("Neg", "ids -> z")
            .outputs("y", "z")
            .model(17);
    ModelProto model =
        OnnxReader.readModel(MemorySegment.ofArray(file), "test.onnx", Arena.ofAuto());

    Graph graph = OnnxImporter.lower(model, "test.onnx", shapes(Map.of("ids", Shape.of(2, 7))));

    assertThat(graph.forward().inputs().get(1).type()).hasToString("f32[2, 7, other]");
  }

  @Test
  void takesDataFromTheCaller() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 1, 3)
            .input("axes", DataType.INT64, 1)
            .node("Squeeze", "x, axes -> y")
            .output("y", DataType.FLOAT, 3)
            .model(17);
    ModelProto model =
        OnnxReader.readModel(MemorySegment.ofArray(file), "test.onnx", Arena.ofAuto());
    ConstantData axes = ConstantData.ofLongs(0);

    Graph graph =
        OnnxImporter.lower(model, "test.onnx", new ImportOptions(Map.of(), Map.of("axes", axes)));

    assertThat(graph.forward().inputNames()).containsExactly("x", "axes");
    assertThat(graph.forward().outputs().get(0).type()).hasToString("f32[3]");
    assertThatExceptionOfType(ImportException.class)
        .isThrownBy(() -> OnnxImporter.lower(model, "test.onnx", ImportOptions.NONE))
        .withMessageContaining("axes computed when the model runs");
  }

  @Test
  void takesShapesFromTheCaller() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, "N", 3)
            .node("Neg", "x -> y")
            .output("y", DataType.FLOAT, "N", 3)
            .model(17);
    ModelProto model =
        OnnxReader.readModel(MemorySegment.ofArray(file), "test.onnx", Arena.ofAuto());

    Graph graph = OnnxImporter.lower(model, "test.onnx", shapes(Map.of("x", Shape.of(7, 3))));

    assertThat(graph.forward().outputs().get(0).type()).hasToString("f32[7, 3]");
    for (Map<String, Shape> wrong :
        List.of(Map.of("x", Shape.of(7, 4)), Map.of("x", Shape.of(7)), Map.of("z", Shape.of(7)))) {
      assertThatExceptionOfType(ImportException.class)
          .isThrownBy(() -> OnnxImporter.lower(model, "test.onnx", shapes(wrong)));
    }
  }

  @Test
  void questionMarksAreSizesOfTheirOwn() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, "?", 3, "?")
            .node("Neg", "x -> y")
            .output("y", DataType.FLOAT, "?", 3, "?")
            .model(17);
    ModelProto model =
        OnnxReader.readModel(MemorySegment.ofArray(file), "test.onnx", Arena.ofAuto());

    Graph graph = OnnxImporter.lower(model, "test.onnx", ImportOptions.NONE);

    assertThat(graph.forward().outputs().get(0).type()).hasToString("f32[x_0, 3, x_2]");
  }

  @Test
  void unusedNodesAreDropped() {
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 4, 4)
            .node("Transpose", "x -> t", ints("perm", 1, 0))
            .node("Neg", "x -> y")
            .output("y", DataType.FLOAT, 4, 4)
            .model(17);

    assertThat(ImportFixture.ops(file)).containsExactly("neg");
  }
}
