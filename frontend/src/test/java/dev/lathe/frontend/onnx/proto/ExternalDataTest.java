package dev.lathe.frontend.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.OnnxBuilder;
import dev.lathe.frontend.onnx.ProtoWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights in files beside the model. */
class ExternalDataTest {

  @TempDir Path top;
  private Path folder = Path.of("");

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(top.resolve("model"));
  }

  private static ProtoWriter entry(String key, String value) {
    return new ProtoWriter().text(1, key).text(2, value);
  }

  private static ProtoWriter external(String name, String location, String offset) {
    return OnnxBuilder.tensor(name, DataType.FLOAT, 2)
        .message(13, entry("location", location))
        .message(13, entry("offset", offset))
        .message(13, entry("length", "8"))
        .integer(14, 1);
  }

  private Path model(ProtoWriter... tensors) throws IOException {
    OnnxBuilder builder = new OnnxBuilder();
    for (ProtoWriter tensor : tensors) {
      builder.initializer(tensor);
    }
    return Files.write(folder.resolve("model.onnx"), builder.model(17));
  }

  private void refuses(String location, String offset, String... words) throws IOException {
    Path file = model(external("w", location, offset));
    assertThatExceptionOfType(ImportException.class)
        .isThrownBy(() -> OnnxReader.readModel(file, Arena.ofAuto()))
        .satisfies(e -> assertThat(e.getMessage()).contains("'w'").contains(words));
  }

  @Test
  void mapsRangesOfTheFileBeside() throws IOException {
    byte[] data = OnnxBuilder.floatTensor("", OnnxBuilder.dims(4), 1, 2, 3, 4).toBytes();
    Files.write(folder.resolve("w.bin"), Arrays.copyOfRange(data, data.length - 16, data.length));
    Path file = model(external("a", "w.bin", "0"), external("b", "w.bin", "8"));

    try (Arena arena = Arena.ofConfined()) {
      ModelProto model = OnnxReader.readModel(file, arena);
      MemorySegment a = model.graph().initializers().get(0).data();
      MemorySegment b = model.graph().initializers().get(1).data();
      assertThat(a.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED)).containsExactly(1, 2);
      assertThat(b.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED)).containsExactly(3, 4);
      assertThat(b.address() - a.address()).isEqualTo(8);
    }
  }

  @Test
  void refusesPathsThatLeaveTheFolder() throws IOException {
    Path secret = Files.write(top.resolve("secret.bin"), new byte[64]);
    Files.createSymbolicLink(folder.resolve("link.bin"), secret);
    Files.createSymbolicLink(folder.resolve("up"), top);

    refuses(secret.toString(), "0", "absolute");
    refuses("C:\\secret.bin", "0", "absolute");
    refuses("../secret.bin", "0", "leads out");
    refuses("..\\secret.bin", "0", "leads out");
    refuses("a/../../secret.bin", "0", "leads out");
    refuses("link.bin", "0", "link that leads out");
    refuses("up/secret.bin", "0", "link that leads out");
    refuses("nul\0byte", "0", "no valid path");
  }

  @Test
  void refusesMissingAndShortFiles() throws IOException {
    Files.write(folder.resolve("short.bin"), new byte[4]);
    Files.createDirectory(folder.resolve("folder.bin"));

    refuses("none.bin", "0", "no external data file 'none.bin'");
    refuses("short.bin", "0", "'short.bin' has 4 bytes");
    refuses("short.bin", String.valueOf(Long.MAX_VALUE), "has 4 bytes");
    refuses("short.bin", "-1", "offset '-1'");
    refuses("short.bin", "zero", "offset 'zero'");
    refuses("folder.bin", "0", "folder");
    refuses("", "0", "no location");
  }

  @Test
  void refusesALengthThatDisagreesWithTheShape() throws IOException {
    Files.write(folder.resolve("w.bin"), new byte[64]);
    ProtoWriter tensor =
        OnnxBuilder.tensor("w", DataType.FLOAT, 3)
            .message(13, entry("location", "w.bin"))
            .message(13, entry("length", "8"))
            .integer(14, 1);
    Path file = model(tensor);
    assertThatExceptionOfType(ImportException.class)
        .isThrownBy(() -> OnnxReader.readModel(file, Arena.ofAuto()))
        .withMessageContaining("8 bytes of external data");
  }
}
