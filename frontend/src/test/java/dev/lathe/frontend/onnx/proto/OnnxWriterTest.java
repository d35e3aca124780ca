package dev.lathe.frontend.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is written is what was read. */
class OnnxWriterTest {

  private static ModelProto read(byte[] bytes) {
    return OnnxReader.readModel(MemorySegment.ofArray(bytes), "test", Arena.ofAuto());
  }

  private static byte[] write(ModelProto model) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OnnxWriter.write(model, ExternalData.none(), out);
    return out.toByteArray();
  }

  /** The records as text, without where they stood in the file and what memory holds them. */
  private static String text(ModelProto model) {
    return model
        .toString()
        .replaceAll("offset=\\d+", "")
        .replaceAll("MemorySegment\\{[^}]*byteSize: (\\d+)[^}]*}", "$1 bytes");
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    for (byte[] model : TestModels.all()) {
      ModelProto first = read(model);
      byte[] written = write(first);
      ModelProto second = read(written);
      assertThat(text(second)).isEqualTo(text(first));
      assertThat(write(second)).isEqualTo(written);
    }
  }

  @Test
  void keepsTheDataOfTensors() throws IOException {
    ModelProto model = read(write(read(TestModels.convolution())));
    TensorProto bias = model.graph().initializers().get(1);
    assertThat(bias.dims()).containsExactly(4L);
    assertThat(
            bias.data()
                .mismatch(read(TestModels.convolution()).graph().initializers().get(1).data()))
        .isEqualTo(-1);
  }

  @Test
  void refusesTypesThatAreNotReadEither() {
    TypeProto map = new TypeProto.OtherType("map");
    GraphProto graph =
        new GraphProto(
            "g",
            List.of(),
            List.of(),
            List.of(),
            List.of(new ValueInfoProto("x", Optional.of(map))),
            List.of(),
            List.of());
    ModelProto model = new ModelProto(10, List.of(), "", "", "", 0, graph, List.of(), List.of());
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> write(model))
        .withMessage("types of kind map are not written");
  }
}
