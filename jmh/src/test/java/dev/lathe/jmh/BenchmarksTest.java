package dev.lathe.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksTest {
  @Test
  void whatIsNotOursIsLeftToJmh(@TempDir Path folder) throws IOException {
    Files.createFile(Files.createDirectory(folder.resolve("a")).resolve("model.onnx"));
    BenchmarkOptions options =
        BenchmarkOptions.parse(
            "Model", "--models", folder.toString(), "-p", "threads=2", "--report", "out.md", "-f");
    assertThat(options.models()).isEqualTo(folder);
    assertThat(options.report()).isEqualTo(Path.of("out.md"));
    assertThat(options.rest()).containsExactly("Model", "-p", "threads=2", "-f");
    assertThat(BenchmarkOptions.parse()).isEqualTo(new BenchmarkOptions(null, null, List.of()));
  }

  @Test
  void whatIsMissingIsNamed(@TempDir Path folder) {
    assertThatThrownBy(() -> BenchmarkOptions.parse("--report"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--report needs a value");
    assertThatThrownBy(() -> BenchmarkOptions.parse("--models", folder.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            folder
                + " has no folder with a model.onnx; fetch the models first, see"
                + " docs/performance.md");
    assertThatThrownBy(() -> ModelFolder.in("", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no model.onnx; give the folder of the models with --models FOLDER");
    Path absent = folder.resolve("absent.onnx");
    assertThatThrownBy(() -> EngineProcess.compile(absent, folder.resolve("absent.jar")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("there is no such file");
  }

  private static Measured measured(double median, double peak, String... parameters) {
    Map<String, String> named = new TreeMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      named.put(parameters[i], parameters[i + 1]);
    }
    return new Measured("A", new TreeMap<>(named), median, "ms", Map.of("peak", peak));
  }

  @Test
  void enginesOfOneCaseShareARow() {
    BenchmarkReport report =
        new BenchmarkReport(
            List.of(
                measured(1, 100, "model", "a", "with", "lathe"),
                measured(4, 200, "model", "a", "with", "onnxruntime"),
                measured(2, 150, "model", "b", "with", "lathe"),
                measured(3, 100, "model", "c", "with", "lathe"),
                measured(3, 200, "model", "c", "with", "onnxruntime")));
    assertThat(report.markdown(List.of("Java: 25")))
        .isEqualTo(
            """
            - Java: 25

            ## A

            | model | lathe ms | onnxruntime ms | ratio | lathe peak MB | onnxruntime peak MB | ratio of peaks |
            |---|---|---|---|---|---|---|
            | a | 1.000 | 4.000 | 0.250 | 100 | 200 | 0.500 |
            | b | 2.000 |  |  | 150 |  |  |
            | c | 3.000 | 3.000 | 1.000 | 100 | 200 | 0.500 |
            | geometric mean of 2 |  |  | 0.500 |  |  | 0.500 |
            """);
  }

  @Test
  void whatHasNoPeerIsShownWithItsParts() {
    BenchmarkReport report =
        new BenchmarkReport(
            List.of(measured(1, 100, "nodes", "10"), measured(12.34, 150, "nodes", "20")));
    assertThat(report.markdown(List.of()))
        .isEqualTo(
            """

            ## A

            | nodes | whole ms | peak |
            |---|---|---|
            | 10 | 1.0 | 100.0 |
            | 20 | 12.3 | 150.0 |
            """);
  }

  @Test
  void peakMemoryIsThatOfTheProcess() {
    assertThat(PeakMemory.bytes(List.of("Name:\tjava", "VmHWM:\t     12 kB", "VmRSS: 3 kB")))
        .isEqualTo(12 * 1024);
    assertThat(PeakMemory.bytes(List.of("Name:\tjava"))).isZero();
  }
}
