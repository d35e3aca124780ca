package dev.lathe.frontend.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.frontend.onnx.proto.OnnxReader;
import dev.lathe.frontend.onnx.proto.ValueInfoProto;
import dev.lathe.ir.Verifier;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Reads and imports the test data beside the repository, where it is there. */
class SharedModelsTest {

  /** What Lathe says of a model it understands and cannot run; anything else is a fault. */
  private static final Pattern HONEST =
      Pattern.compile(".*(unsupported operator|not supported|computed when the model runs).*");

  private static List<Path> models() throws IOException {
    Path shared = Path.of("../../shared").toAbsolutePath().normalize();
    Assumptions.assumeTrue(Files.isDirectory(shared), () -> "no test data at " + shared);
    try (Stream<Path> files = Files.walk(shared.toRealPath())) {
      return files.filter(file -> file.endsWith("model.onnx")).sorted().toList();
    }
  }

  @Test
  void readsAllOfThem() throws IOException {
    List<String> failures = new ArrayList<>();
    List<Path> models = models();
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

  @Test
  void importsThemOrSaysWhatIsMissing() throws IOException {
    List<String> failures = new ArrayList<>();
    int imported = 0;
    for (Path model : models()) {
      try (Arena arena = Arena.ofConfined()) {
        Verifier.verify(OnnxImporter.importModel(model, arena));
        imported++;
      } catch (ImportException e) {
        if (!HONEST.matcher(String.valueOf(e.getMessage())).matches()) {
          failures.add(String.valueOf(e.getMessage()));
        }
      } catch (RuntimeException e) {
        failures.add(model + ": " + e);
      }
    }
    assertThat(failures).isEmpty();
    assertThat(imported).isGreaterThan(900);
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
