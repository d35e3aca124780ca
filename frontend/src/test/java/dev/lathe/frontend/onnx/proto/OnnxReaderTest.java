package dev.lathe.frontend.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.frontend.onnx.OnnxBuilder;
import dev.lathe.frontend.onnx.ProtoWriter;
import dev.lathe.frontend.onnx.proto.AttributeProto.FloatValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.GraphValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.IntsValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.ReferenceValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.TensorValue;
import dev.lathe.frontend.onnx.proto.TypeProto.FixedDimension;
import dev.lathe.frontend.onnx.proto.TypeProto.NamedDimension;
import dev.lathe.frontend.onnx.proto.TypeProto.SequenceType;
import dev.lathe.frontend.onnx.proto.TypeProto.TensorType;
import dev.lathe.frontend.onnx.proto.TypeProto.UnknownDimension;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What well-formed files mean. */
class OnnxReaderTest {

  private static ModelProto read(byte[] file) {
    return OnnxReader.readModel(MemorySegment.ofArray(file), "test.onnx", Arena.ofAuto());
  }

  private static TensorProto initializer(ModelProto model, String name) {
    return model.graph().initializers().stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void readsNodesAttributesAndTypes() {
    ModelProto model = read(TestModels.convolution());

    assertThat(model.producerName()).isEqualTo("lathe-test");
    assertThat(model.opset("ai.onnx")).hasValue(17);
    assertThat(model.opset("com.example")).hasValue(1);
    assertThat(model.opset("com.nobody")).isEmpty();
    NodeProto conv = model.graph().nodes().get(0);
    assertThat(conv.label()).isEqualTo("Conv 'Conv_0'");
    assertThat(conv.inputs()).containsExactly("x", "w", "b");
    AttributeProto pads = conv.attributes().get("pads");
    assertThat(pads).isEqualTo(new AttributeProto("pads", new IntsValue(List.of(1L, 1L, 1L, 1L))));
    AttributeProto alpha = model.graph().nodes().get(1).attributes().get("alpha");
    assertThat(alpha).isEqualTo(new AttributeProto("alpha", new FloatValue(0.1f)));
    assertThat(model.graph().inputs().get(0).type())
        .contains(
            new TensorType(
                DataType.FLOAT,
                Optional.of(
                    List.of(
                        new NamedDimension("N"),
                        new FixedDimension(3),
                        new FixedDimension(8),
                        new UnknownDimension()))));
  }

  @Test
  void readsGraphsFunctionsAndSequences() {
    ModelProto model = read(TestModels.controlFlow());

    assertThat(model.graph().nodes().get(0).attributes().get("then_branch").value())
        .isInstanceOfSatisfying(
            GraphValue.class,
            branch -> assertThat(branch.value().nodes().get(0).opType()).isEqualTo("Neg"));
    FunctionProto twice = model.functions().get(0);
    assertThat(twice.attributes()).containsExactly("by");
    assertThat(twice.nodes().get(0).attributes().get("alpha").value())
        .isEqualTo(new ReferenceValue("by"));
    assertThat(model.graph().inputs().get(2).type().orElseThrow()).isInstanceOf(SequenceType.class);
  }

  @Test
  void decodesEveryTypedField() {
    ModelProto model = read(TestModels.typedFields());

    assertThat(floats(initializer(model, "f"))).containsExactly(1, 2, 3);
    assertThat(floats(initializer(model, "unpacked"))).containsExactly(1.5f, -2);
    assertThat(initializer(model, "d").data().toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED))
        .containsExactly(1, -1);
    assertThat(bytes(initializer(model, "i8"))).containsExactly(-128, 127);
    assertThat(bytes(initializer(model, "f16"))).containsExactly(0, 0x3c, 0, 0xbc);
    assertThat(bytes(initializer(model, "i4"))).containsExactly(0x21, 0x0f);
    assertThat(bytes(initializer(model, "flag"))).containsExactly(0, 1, 1);
    assertThat(initializer(model, "i64").data().toArray(ValueLayout.JAVA_LONG_UNALIGNED))
        .containsExactly(-1, Long.MAX_VALUE);
    assertThat(initializer(model, "s").strings())
        .containsExactly(Bytes.of("ab"), Bytes.of(new byte[] {-1}));
    assertThat(initializer(model, "s").strings().get(1).utf8()).isEmpty();
    assertThat(initializer(model, "none").elements()).isZero();
    assertThat(model.graph().nodes().get(0).attributes().get("value").value())
        .isInstanceOf(TensorValue.class);
  }

  @Test
  void weightsAreSlicesOfTheFile() {
    MemorySegment file = MemorySegment.ofArray(TestModels.convolution());
    ModelProto model = OnnxReader.readModel(file, "test.onnx", Arena.ofAuto());

    assertThat(file.asOverlappingSlice(initializer(model, "w").data())).isPresent();
    MemorySegment typed = MemorySegment.ofArray(TestModels.typedFields());
    ModelProto typedModel = OnnxReader.readModel(typed, "test.onnx", Arena.ofAuto());
    assertThat(typed.asOverlappingSlice(initializer(typedModel, "f").data())).isPresent();
  }

  @Test
  void readsTensorFilesAndSequenceFiles(@TempDir Path folder) throws IOException {
    byte[] tensor = OnnxBuilder.floatTensor("x", new long[] {2}, 1, 2).toBytes();
    Path tensorFile = Files.write(folder.resolve("input_0.pb"), tensor);
    byte[] sequence =
        new ProtoWriter().text(1, "s").integer(2, 1).bytes(3, tensor).bytes(3, tensor).toBytes();
    Path sequenceFile = Files.write(folder.resolve("input_1.pb"), sequence);
    TypeProto tensorType = new TensorType(DataType.FLOAT, Optional.empty());

    try (Arena arena = Arena.ofConfined()) {
      assertThat(OnnxReader.readValue(tensorFile, tensorType, arena))
          .isInstanceOfSatisfying(
              TensorProto.class, value -> assertThat(floats(value)).containsExactly(1, 2));
      TypeProto sequenceType = new SequenceType(Optional.of(tensorType));
      assertThat(OnnxReader.readValue(sequenceFile, sequenceType, arena))
          .isInstanceOfSatisfying(
              SequenceProto.class, value -> assertThat(value.values()).hasSize(2));
    }
  }

  private static float[] floats(TensorProto tensor) {
    return tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  private static byte[] bytes(TensorProto tensor) {
    return tensor.data().toArray(ValueLayout.JAVA_BYTE);
  }
}
