package dev.lathe.frontend.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.frontend.ImportException;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that Keras 3 wrote; {@code make.py} among the resources says of which models. */
class KerasFilesTest {
  @TempDir Path folder;

  /** A weight as Keras has it. */
  private record Expected(ParameterSpec spec, double first, double last, double sum) {}

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = KerasFilesTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private Path file(String name) throws IOException {
    return Files.write(folder.resolve(name), resource(name));
  }

  private static List<Expected> expected(String model) throws IOException {
    List<Expected> expected = new ArrayList<>();
    String table = new String(resource(model + ".tsv"), StandardCharsets.UTF_8);
    for (String line : table.split("\n", 0)) {
      String[] cells = line.split("\t", -1);
      ElementType type =
          switch (cells[1]) {
            case "float32" -> ElementType.F32;
            case "bfloat16" -> ElementType.BF16;
            case "int32" -> ElementType.I32;
            default -> throw new AssertionError(cells[1]);
          };
      long[] shape =
          Arrays.stream(cells[2].split(",", -1))
              .filter(size -> !size.isEmpty())
              .mapToLong(Long::parseLong)
              .toArray();
      expected.add(
          new Expected(
              new ParameterSpec(cells[0], TensorType.of(type, shape)),
              Double.parseDouble(cells[3]),
              Double.parseDouble(cells[4]),
              Double.parseDouble(cells[5])));
    }
    return expected;
  }

  private static void check(List<Expected> expected, Map<String, ConstantData> data) {
    assertThat(data).hasSameSizeAs(expected);
    for (Expected weight : expected) {
      ConstantData there = Objects.requireNonNull(data.get(weight.spec.path()));
      assertThat(there.type()).isEqualTo(weight.spec.type());
      double sum = 0;
      for (long i = 0; i < there.elementCount(); i++) {
        sum += there.getDouble(i);
      }
      assertThat(there.getDouble(0)).as(weight.spec.path()).isEqualTo(weight.first);
      assertThat(there.getDouble(there.elementCount() - 1)).isEqualTo(weight.last);
      assertThat(sum).isCloseTo(weight.sum, within(1e-6));
    }
  }

  private static WeightMatch match(List<Expected> expected, Path file, Arena arena) {
    return WeightMatcher.match(
        expected.stream().map(Expected::spec).toList(), WeightFile.open(file, arena));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convolutions.weights.h5",
        "convolutions.npz",
        "recurrent.weights.h5",
        "recurrent.npz",
        "recurrent.safetensors",
        "cells.weights.h5",
        "cells.npz",
        "attention.weights.h5",
        "attention.npz",
        "normalizations.weights.h5",
        "normalizations.npz",
        "nested.weights.h5",
        "nested.model.h5",
        "nested.npz",
        "subclassed.weights.h5",
        "subclassed.npz",
        "bfloat16.weights.h5",
        "bfloat16.safetensors",
      })
  void everyWeightFindsItsParameter(String name) throws IOException {
    List<Expected> expected = expected(name.substring(0, name.indexOf('.')));
    try (Arena arena = Arena.ofConfined()) {
      WeightMatch match = match(expected, file(name), arena);
      assertThat(match.missing()).isEmpty();
      assertThat(match.illShaped()).isEmpty();
      assertThat(match.extra()).isEmpty();
      check(expected, match.load());
    }
  }

  /** Until it kept the names of layers, Keras 3 wrote the same files without them. */
  @ParameterizedTest
  @ValueSource(strings = {"convolutions", "recurrent", "cells", "attention", "normalizations"})
  void namesAreNotNeeded(String model) throws IOException {
    List<Expected> expected = expected(model);
    try (Arena arena = Arena.ofConfined()) {
      WeightMatch match = match(expected, unnamed(model), arena);
      assertThat(match.isComplete()).as("%s", match.report()).isTrue();
      assertThat(match.extra()).isEmpty();
      check(expected, match.load());
    }
  }

  private Path unnamed(String model) throws IOException {
    String latin = new String(resource(model + ".weights.h5"), StandardCharsets.ISO_8859_1);
    // The attribute gets another name; its header has no checksum.
    String changed = latin.replace("name\0\0\0\0", "none\0\0\0\0");
    assertThat(changed).isNotEqualTo(latin);
    return Files.write(
        folder.resolve(model + ".unnamed.h5"), changed.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void withoutNamesWhatIsAmbiguousIsNotGuessed() throws IOException {
    List<Expected> expected = expected("nested");
    try (Arena arena = Arena.ofConfined()) {
      WeightMatch match = match(expected, unnamed("nested"), arena);
      assertThat(match.missing().stream().map(ParameterSpec::path))
          .contains("dense_3/kernel", "dense_3/bias");
      assertThat(match.report().get(1)).contains("left over in the file: 'layers/functional/");
    }
  }

  @Test
  void theNumbersOfAnotherProcessAreReported() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      WeightMatch match = match(expected("convolutions"), file("convolutions.weights.h5"), arena);
      assertThat(match.report()).hasSize(1);
      assertThat(match.report().get(0))
          .startsWith("20 weights are matched by order: conv2d/kernel from ")
          .contains("conv2d_1/bias from 'layers/conv2d_1/vars/1'")
          .doesNotContain("head");
    }
  }

  @Test
  void aLayerWithOneWeightMoreIsNotTakenByNumber() throws IOException {
    List<Expected> expected = new ArrayList<>(expected("convolutions"));
    // Of the second batch normalisation, the file has no gamma.
    int at = 0;
    while (!expected.get(at).spec.path().equals("batch_normalization_1/beta")) {
      at++;
    }
    ParameterSpec gamma =
        new ParameterSpec("batch_normalization_1/gamma", TensorType.of(ElementType.F32, 3));
    expected.add(at, new Expected(gamma, 0, 0, 0));
    try (Arena arena = Arena.ofConfined()) {
      WeightMatch match = match(expected, file("convolutions.weights.h5"), arena);
      assertThat(match.missing()).extracting(ParameterSpec::path).contains(gamma.path());
      assertThat(match.extra())
          .extracting(StoredWeight::path)
          .contains("layers/batch_normalization_1/vars/0");
    }
  }

  @Test
  void groupsThatContainThemselvesAreRefused() throws IOException {
    byte[] bytes = resource("nested.weights.h5");
    String latin = new String(bytes, StandardCharsets.ISO_8859_1);
    // Every group in every table becomes the root, whose own entry is in the superblock.
    for (int at = latin.indexOf("SNOD"); at >= 0; at = latin.indexOf("SNOD", at + 1)) {
      for (int entry = at + 8; bytes[entry + 16] == 1; entry += 40) {
        System.arraycopy(bytes, 56 + 8, bytes, entry + 8, 32);
      }
    }
    refuses(bytes, "its groups are nested without end");
  }

  @Test
  void aFileIsNotReadForEver() throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
    MeteredChannel few = new MeteredChannel(bytes, 2, 100);
    for (int i = 0; i < 2; i++) {
      assertThat(few.position(4).read(ByteBuffer.allocate(8))).isEqualTo(4);
    }
    assertThat(few.read(ByteBuffer.allocate(8))).isEqualTo(-1);
    assertThatThrownBy(() -> few.position(0).read(ByteBuffer.allocate(1)))
        .hasMessage("its offsets lead in circles");
    MeteredChannel little = new MeteredChannel(bytes, 100, 10);
    assertThat(little.read(ByteBuffer.allocate(8))).isEqualTo(8);
    assertThatThrownBy(() -> little.position(0).read(ByteBuffer.allocate(8)))
        .hasMessage("its offsets lead in circles");
    assertThatThrownBy(() -> little.position(-1)).hasMessage("an offset is negative");
  }

  @Test
  void whatKerasDoesNotWriteIsRefused() throws IOException {
    byte[] bytes = resource("bfloat16.weights.h5");
    refuses(Arrays.copyOf(bytes, 1000), "this HDF5 file cannot be read", "model.save_weights");
    String latin = new String(bytes, StandardCharsets.ISO_8859_1);
    refuses(
        latin.replace("bfloat16", "whatever").getBytes(StandardCharsets.ISO_8859_1),
        "dataset 'layers/dense/vars/0': elements of HDF5 type StringData with 2 bytes are not read",
        "cast the weights to float32");
    refuses(
        latin.replace("\0vars\0", "\0vans\0").getBytes(StandardCharsets.ISO_8859_1),
        "a file of Keras's weights has no such entry here");
  }

  private void refuses(byte[] bytes, String... message) throws IOException {
    Path file = Files.write(folder.resolve("hostile.h5"), bytes);
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> Mutations.readAll(file, arena))
          .isInstanceOf(ImportException.class)
          .hasMessageStartingWith(file.toString())
          .hasMessageContainingAll(message);
    }
  }

  @Test
  void mutatedFilesAreReadOrRefusedInOneLine() throws IOException {
    Path file = folder.resolve("mutated.h5");
    Mutations.check(resource("recurrent.weights.h5"), file, 300);
    Mutations.check(resource("recurrent.safetensors"), folder.resolve("mutated.st"), 2000);
  }
}
