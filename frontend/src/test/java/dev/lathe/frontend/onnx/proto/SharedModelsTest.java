package dev.lathe.frontend.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Reads every model and every value of the test data beside the repository, where it is there. */
class SharedModelsTest {

  @Test
  void readsAllOfThem() throws IOException {
    Path shared = Path.of("../../shared").toAbsolutePath().normalize();
    Assumptions.assumeTrue(Files.isDirectory(shared), () -> "no test data at " + shared);
    List<Path> models;
    try (Stream<Path> files = Files.walk(shared.toRealPath())) {
      models = files.filter(file -> file.endsWith("model.onnx")).sorted().toList();
    }
    List<String> failures = new ArrayList<>();
    for (Path model : models) {
      try (Arena arena = Arena.ofConfined()) {
        read(model, arena);
      } catch (RuntimeException e) {
        failures.add(model + ": " + e);
      }
    }
    assertThat(models).isNotEmpty();
    assertThat(failures).isEmpty();
  }

  private static void read(Path file, Arena arena) throws IOException {
    GraphProto graph = OnnxReader.readModel(file, arena).graph();
    List<ValueInfoProto> inputs =
        graph.inputs().stream()
            .filter(
                input ->
                    graph.initializers().stream().noneMatch(i -> i.name().equals(input.name())))
            .toList();
    try (Stream<Path> sets = Files.list(file.resolveSibling(""))) {
      for (Path set : sets.filter(Files::isDirectory).toList()) {
        readValues(set, "input_", inputs, arena);
        readValues(set, "output_", graph.outputs(), arena);
      }
    }
  }

  private static void readValues(Path set, String prefix, List<ValueInfoProto> infos, Arena arena) {
    for (int i = 0; i < infos.size(); i++) {
      Path value = set.resolve(prefix + i + ".pb");
      if (Files.exists(value)) {
        assertThat(OnnxReader.readValue(value, infos.get(i).type().orElseThrow(), arena))
            .isNotNull();
      }
    }
  }
}
