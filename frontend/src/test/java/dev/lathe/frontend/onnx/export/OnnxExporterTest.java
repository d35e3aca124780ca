package dev.lathe.frontend.onnx.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lathe.frontend.onnx.OnnxImporter;
import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.frontend.onnx.proto.ModelProto;
import dev.lathe.frontend.onnx.proto.NodeProto;
import dev.lathe.frontend.onnx.proto.OnnxReader;
import dev.lathe.frontend.onnx.proto.TensorProto;
import dev.lathe.frontend.onnx.proto.TypeProto;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Graph;
import dev.lathe.ir.text.IrParser;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What exported files say, beside computing the same. */
class OnnxExporterTest {
  @TempDir Path folder;

  private static final String AFFINE =
      """
      graph "affine" {
        metadata "producer" = "tests"
        parameter "dense/kernel" : f32[400] = splat 3.0
        function "forward"(%x "x": f32[N, 400]) -> ("y", "x again", "twice", "sizes") {
          %w = parameter() {name = "dense/kernel", type = "f32[400]"} : f32[400]
          %p = mul(%x, %w) : f32[N, 400] from ["scale"]
          %s = silu(%p) : f32[N, 400] from ["act", "gate"]
          %n = dims() {dims = [2*N + 1, floordiv(N, 2)]} : i64[2]
          return %s, %x, %s, %n
        }
      }
      """;

  private static Graph affine() {
    return IrParser.parse(AFFINE);
  }

  private ModelProto exported(Graph graph) throws IOException {
    Path file = folder.resolve("model.onnx");
    assertThat(OnnxExporter.export(graph, file)).containsExactly(file);
    return OnnxReader.readModel(file, Arena.ofAuto());
  }

  private static List<String> ops(GraphProto graph) {
    return graph.nodes().stream().map(NodeProto::opType).toList();
  }

  @Test
  void keepsNamesAndSays() throws IOException {
    ModelProto model = exported(affine());
    assertThat(model.irVersion()).isEqualTo(OnnxExporter.IR_VERSION);
    assertThat(model.opset("").orElseThrow()).isEqualTo(OnnxExporter.OPSET);
    assertThat(model.producerName()).isEqualTo("lathe");
    assertThat(model.metadata().toString()).contains("producer", "tests");
    GraphProto graph = model.graph();
    assertThat(graph.name()).isEqualTo("affine");
    assertThat(graph.initializers().get(0).name()).isEqualTo("dense/kernel");
    assertThat(graph.outputs().stream().map(output -> output.name()))
        .containsExactly("y", "x again", "twice", "sizes");
    TypeProto.TensorType x = (TypeProto.TensorType) graph.inputs().get(0).type().orElseThrow();
    assertThat(x.shape().orElseThrow())
        .containsExactly(new TypeProto.NamedDimension("N"), new TypeProto.FixedDimension(400));
    assertThat(graph.nodes().stream().map(NodeProto::name))
        .contains("scale", "act+gate/Sigmoid", "act+gate");
  }

  @Test
  void computesSizesOnceAndFirst() throws IOException {
    assertThat(ops(exported(affine()).graph()))
        .containsExactly(
            "Shape",
            "Mul",
            "Add",
            "Div",
            "Concat",
            "Mul",
            "Sigmoid",
            "Mul",
            "Identity",
            "Identity",
            "Identity");
  }

  @Test
  void findsASymbolInAMultiple() throws IOException {
    Graph graph =
        IrParser.parse(
            """
            graph "g" {
              function "forward"(%x "x": f32[16*H + 1]) -> ("y") {
                %y = dims() {dims = [H]} : i64[1]
                return %y
              }
            }
            """);
    assertThat(ops(exported(graph).graph())).containsExactly("Shape", "Sub", "Div", "Identity");
  }

  @Test
  void leavesSizesThatDependOnDataOpen() throws IOException {
    Graph graph =
        IrParser.parse(
            """
            graph "g" {
              function "forward"(%x "x": f32[N]) -> ("y") {
                %y = non_zero(%x) : i64[1, ?0]
                return %y
              }
            }
            """);
    TypeProto.TensorType y =
        (TypeProto.TensorType) exported(graph).graph().outputs().get(0).type().orElseThrow();
    assertThat(y.shape().orElseThrow())
        .containsExactly(new TypeProto.FixedDimension(1), new TypeProto.UnknownDimension());
  }

  @Test
  void givesTheSameBytesAgain() throws IOException {
    Path one = folder.resolve("one.onnx");
    Path two = folder.resolve("two.onnx");
    OnnxExporter.export(affine(), one);
    OnnxExporter.export(affine(), two);
    assertThat(one).hasSameBinaryContentAs(two);
  }

  @Test
  void putsLargeWeightsIntoAFileOfTheirOwn() throws IOException {
    Path file = folder.resolve("model.onnx");
    Path data = folder.resolve("model.onnx.data");
    Graph graph = affine();
    graph.parameter("dense/kernel", ConstantData.ofFloats(ramp(400)));
    assertThat(OnnxExporter.export(graph, file, 100)).containsExactly(file, data);
    assertThat(data).hasSize(1600);
    try (Arena arena = Arena.ofConfined()) {
      Graph read = OnnxImporter.importModel(file, arena);
      assertThat(read.parameters().get("dense/kernel"))
          .isEqualTo(graph.parameters().get("dense/kernel"));
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(file, data);
    }
  }

  @Test
  void alignsEachLargeWeight() throws IOException {
    Path file = folder.resolve("model.onnx");
    Graph graph =
        IrParser.parse(
            """
            graph "two" {
              parameter "a" : f32[300] = splat 1.0
              parameter "b" : f32[300] = splat 2.0
              function "forward"() -> ("y") {
                %a = parameter() {name = a, type = "f32[300]"} : f32[300]
                %b = parameter() {name = b, type = "f32[300]"} : f32[300]
                %y = add(%a, %b) : f32[300]
                return %y
              }
            }
            """);
    OnnxExporter.export(graph, file, 100);
    assertThat(folder.resolve("model.onnx.data")).hasSize(4096 + 1200);
    try (Arena arena = Arena.ofConfined()) {
      List<TensorProto> tensors = OnnxReader.readModel(file, arena).graph().initializers();
      assertThat(tensors.get(1).data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0)).isEqualTo(2);
    }
  }

  private static float[] ramp(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return values;
  }

  private void refused(String ir, String message) {
    Path file = folder.resolve("refused.onnx");
    assertThatExceptionOfType(ExportException.class)
        .isThrownBy(() -> OnnxExporter.export(IrParser.parse(ir), file))
        .withMessage(message);
    assertThat(file).doesNotExist();
  }

  @Test
  void refusesWhatOnnxCannotSay() {
    refused(
        """
        graph "g" {
          function "forward"(%x "x": f32[2], %s "s": f32[], %z "z": i64[]) -> ("y") {
            %y = quantize_linear(%x, %s, %z) {axis = 0, block_size = 0} : i64[2] from ["q"]
            return %y
          }
        }
        """,
        "g: quantize_linear q: ONNX quantises to integers of 4, 8 and 16 bits, not to i64;"
            + " quantise to one of those, then cast");
    refused(
        """
        graph "g" {
          function "forward"(%x "x": f32[2]) -> ("x") {
            return %x
          }
        }
        """,
        "g: the output 'x' has the name of an input, or none, which ONNX forbids; rename it");
    refused(
        """
        graph "g" {
          function "forward"(%x "x": f32[M*N]) -> ("y") {
            %y = dims() {dims = [N]} : i64[1]
            return %y
          }
        }
        """,
        "g: the size N is that of no input, so nothing says what it is at run time; give it by"
            + " --shape, or to an axis of an input alone");
    assertThatExceptionOfType(ExportException.class)
        .isThrownBy(() -> OnnxExporter.export(new Graph("empty"), folder.resolve("e.onnx")))
        .withMessage("empty: the graph has no function forward; export a whole model");
    Graph bare = affine();
    bare.removeParameter("dense/kernel");
    assertThatExceptionOfType(ExportException.class)
        .isThrownBy(() -> OnnxExporter.export(bare, folder.resolve("e.onnx")))
        .withMessage("affine: the parameter 'dense/kernel' has no data; initialise it");
  }

  @Test
  void saysWhyAFileCannotBeWritten() throws IOException {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> OnnxExporter.export(affine(), folder.resolve("none/x.onnx")))
        .withMessageContaining("there is no such folder");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> OnnxExporter.export(affine(), folder))
        .withMessageContaining("this is a folder; name a file");
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Assumptions.assumeTrue(
        locked.toFile().setWritable(false) && !Files.isWritable(locked),
        "this user may write everywhere");
    assertThatExceptionOfType(AccessDeniedException.class)
        .isThrownBy(() -> OnnxExporter.export(affine(), locked.resolve("x.onnx")))
        .withMessageContaining("the folder cannot be written");
  }
}
