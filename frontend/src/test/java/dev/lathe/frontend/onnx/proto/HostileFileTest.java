package dev.lathe.frontend.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.OnnxBuilder;
import dev.lathe.frontend.onnx.ProtoWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file contains, the reader answers with a model or with one line. */
class HostileFileTest {

  private static final int MUTANTS_OF_EACH = 1000;

  private static ModelProto read(byte[] file) {
    return OnnxReader.readModel(MemorySegment.ofArray(file), "test.onnx", Arena.ofAuto());
  }

  private static void refuses(byte[] file, String... words) {
    assertThatExceptionOfType(ImportException.class)
        .isThrownBy(() -> read(file))
        .satisfies(e -> assertThat(e.getMessage()).startsWith("test.onnx: ").contains(words));
  }

  private static byte[] with(ProtoWriter tensor) {
    return new OnnxBuilder().initializer(tensor).model(17);
  }

  @Test
  void survivesMutants() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20260101);
    int refused = 0;
    for (byte[] original : TestModels.all()) {
      for (int i = 0; i < MUTANTS_OF_EACH; i++) {
        byte[] mutant = mutate(original, random);
        if (!assertTimeoutPreemptively(Duration.ofSeconds(10), () -> isRead(mutant))) {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(MUTANTS_OF_EACH);
  }

  private static boolean isRead(byte[] file) {
    try {
      read(file);
      return true;
    } catch (ImportException e) {
      assertThat(e.getMessage())
          .startsWith("test.onnx: ")
          .doesNotContain("\n")
          .hasSizeLessThan(2000);
      return false;
    }
  }

  private static byte[] mutate(byte[] original, RandomGenerator random) {
    byte[] mutant = original.clone();
    switch (random.nextInt(4)) {
      case 0 -> {
        return Arrays.copyOf(mutant, random.nextInt(mutant.length));
      }
      case 1 -> mutant[random.nextInt(mutant.length)] ^= (byte) (1 << random.nextInt(8));
      case 2 -> {
        for (int i = 0; i < 4; i++) {
          mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
        }
      }
      default -> {
        int from = random.nextInt(mutant.length);
        int to = random.nextInt(mutant.length);
        int length = random.nextInt(Math.min(32, mutant.length - Math.max(from, to)) + 1);
        System.arraycopy(original, from, mutant, to, length);
      }
    }
    return mutant;
  }

  @Test
  void refusesEveryTruncation() {
    for (byte[] original : TestModels.all()) {
      for (int length = 0; length < original.length; length++) {
        byte[] start = Arrays.copyOf(original, length);
        isRead(start);
      }
    }
  }

  @Test
  void refusesClaimsTheFileCannotBack() {
    refuses(
        with(OnnxBuilder.tensor("big", DataType.FLOAT, 1024, 1024, 768)),
        "graph.initializer[0] ('big')",
        "holds no elements",
        "[1024, 1024, 768]");
    refuses(
        with(OnnxBuilder.tensor("big", DataType.INT64, 1 << 30).packed(7, 1, 2)),
        "at most 2 numbers");
    refuses(
        with(OnnxBuilder.tensor("big", DataType.FLOAT, 1 << 30).claim(9, 3L << 30)),
        "raw_data",
        "claims 3221225472 bytes");
    refuses(with(OnnxBuilder.tensor("big", DataType.FLOAT, 1).claim(9, 1L << 40)), "raw_data");
  }

  @Test
  void refusesImpossibleShapes() {
    refuses(with(OnnxBuilder.tensor("t", DataType.FLOAT, 2, -1)), "dimension -1", "negative");
    refuses(
        with(OnnxBuilder.tensor("t", DataType.FLOAT, 1L << 40, 1L << 40)), "more elements than 63");
    refuses(with(OnnxBuilder.tensor("t", DataType.DOUBLE, 1L << 61)), "more elements than 63");
    refuses(
        with(OnnxBuilder.tensor("t", DataType.FLOAT, 0, 1L << 40, 1L << 40)),
        "more elements than 63");
  }

  @Test
  void refusesDataThatDisagreesWithTypeAndShape() {
    refuses(
        with(OnnxBuilder.tensor("t", DataType.FLOAT, 3).bytes(9, new byte[11])),
        "11 bytes of raw_data",
        "12 bytes of type FLOAT");
    refuses(with(OnnxBuilder.tensor("t", DataType.FLOAT, 3).packed(4, 1f, 2f)), "8 bytes");
    refuses(
        with(OnnxBuilder.tensor("t", DataType.FLOAT, 2).packed(7, 1, 2)),
        "int64_data",
        "float_data");
    refuses(with(OnnxBuilder.tensor("t", DataType.INT8, 1).packed(5, 300)), "300", "INT8");
    refuses(
        with(OnnxBuilder.tensor("t", DataType.INT64, 1).packed(7, 1, 2)), "more than 1 numbers");
    refuses(with(OnnxBuilder.tensor("t", DataType.STRING, 2).text(6, "a")), "1 strings");
    refuses(
        with(OnnxBuilder.tensor("t", DataType.FLOAT, 1).packed(4, 1f).bytes(9, new byte[4])),
        "float_data and in raw_data");
    refuses(with(new ProtoWriter().packed(1, 1L).integer(2, 99)), "element type 99");
    refuses(with(new ProtoWriter().packed(1, 1L).bytes(9, new byte[4])), "no data_type");
  }

  @Test
  void refusesDuplicatedAndMissingFields() {
    ProtoWriter graph = new OnnxBuilder().graph();
    refuses(new ProtoWriter().message(7, graph).message(7, graph).toBytes(), "graph", "twice");
    refuses(new ProtoWriter().integer(1, 8).toBytes(), "no graph");
    refuses(new byte[0], "empty");
    refuses("not a model at all".getBytes(StandardCharsets.UTF_8), "byte 0");
    refuses(new OnnxBuilder().node("", "-> y").model(17), "no op_type");
    refuses(
        new OnnxBuilder()
            .node("Add", "a, b -> c", OnnxBuilder.integer("k", 1), OnnxBuilder.integer("k", 2))
            .model(17),
        "Add 'Add_0'",
        "'k' stands there twice");
  }

  @Test
  void refusesDeepNesting() {
    ProtoWriter graph = new OnnxBuilder().graph();
    for (int i = 0; i < 10_000; i++) {
      ProtoWriter attribute = new ProtoWriter().text(1, "body").message(6, graph).integer(20, 5);
      graph = new ProtoWriter().message(1, new ProtoWriter().text(4, "Loop").message(5, attribute));
      if (graph.toBytes().length > 1 << 16) {
        break;
      }
    }
    refuses(new ProtoWriter().message(7, graph).toBytes(), "nested more than 100 deep");
  }

  @Test
  void refusesNamesThatAreNotText() {
    ProtoWriter node = new ProtoWriter().bytes(1, new byte[] {(byte) 0xc3, 0x28}).text(4, "Neg");
    refuses(
        new ProtoWriter().message(7, new ProtoWriter().message(1, node)).toBytes(),
        "graph.node[0].input",
        "UTF-8");
  }

  @Test
  void keepsMessagesToOneLine() {
    byte[] file = with(OnnxBuilder.tensor("two\nlines\u001b[31m", DataType.FLOAT, 3));
    assertThatExceptionOfType(ImportException.class)
        .isThrownBy(() -> read(file))
        .satisfies(
            e -> assertThat(e.getMessage()).doesNotContain("\n", "\u001b").contains("two?lines"));
  }

  @Test
  void namesMissingFilesAndFolders(@TempDir Path folder) {
    for (Path path : List.of(folder, folder.resolve("none.onnx"))) {
      assertThatExceptionOfType(ImportException.class)
          .isThrownBy(() -> OnnxReader.readModel(path, Arena.ofAuto()))
          .withMessageStartingWith(path.toString());
    }
  }

  @Test
  void refusesAValueOfAnotherKind(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("input_0.pb"), new byte[] {1, 2, 3});
    assertThatExceptionOfType(ImportException.class)
        .isThrownBy(
            () -> OnnxReader.readValue(file, new TypeProto.OtherType("map"), Arena.ofAuto()))
        .withMessageContaining("map");
  }
}
