package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.TestGraphs;
import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.compiler.BadInputException;
import dev.lathe.compiler.Conversion;
import dev.lathe.frontend.onnx.OnnxImporter;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Verifier;
import dev.lathe.passes.PassOptions;
import dev.lathe.passes.Passes;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code lathe convert}. */
class ConvertTest {
  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    model = Files.writeString(folder.resolve("affine.ir"), TestGraphs.AFFINE);
  }

  private static String succeeded(CommandResult result) {
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    return result.out();
  }

  private static void failed(int status, String message, Object... args) {
    CommandResult result = CommandResult.of(args);
    assertThat(result.err()).startsWith("lathe: error: ").contains(message);
    assertThat(result.err().lines().filter(line -> !line.startsWith("Try '"))).hasSize(1);
    assertThat(result.status()).isEqualTo(status);
  }

  @Test
  void convertsToOnnxAndBack() throws IOException {
    Path onnx = folder.resolve("affine.onnx");
    assertThat(succeeded(CommandResult.of("convert", model, "-o", onnx)))
        .matches("\\Q" + onnx + "\\E: ONNX opset 21, [0-9.]+ kB\\n");
    Path ir = folder.resolve("again.IR");
    assertThat(succeeded(CommandResult.of("convert", onnx, "-O", 0, "-o", ir)))
        .startsWith(ir + ": textual IR, ");
    assertThat(Files.readString(ir))
        .contains("\"x.1\": f32[N, 400]", "\"class\"", "\"last_hidden_state\", \"doubled/0\"");
  }

  @Test
  void fixesShapes() throws IOException {
    Path ir = folder.resolve("fixed.ir");
    succeeded(CommandResult.of("convert", model, "-o", ir, "--shape", "x.1=2x400"));
    assertThat(Files.readString(ir)).contains("f32[2, 400]").doesNotContain("[N,");
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    failed(
        2,
        "x.txt: cannot tell what to convert to; name a file that ends in .onnx (an ONNX model),"
            + " .lathe (the Lathe language) or .ir (textual IR)",
        "convert",
        model,
        "-o",
        "x.txt");
    failed(
        2, "none: there is no such folder", "convert", model, "-o", folder.resolve("none/x.onnx"));
    failed(2, "there is no such file", "convert", folder.resolve("a.onnx"), "-o", "x.ir");
    failed(2, "Missing required option: '--output=FILE'", "convert", model);
    Path clash =
        Files.writeString(
            folder.resolve("clash.ir"),
            "graph \"clash\" { function \"forward\"(%x \"x\": f32[2]) -> (\"x\") { return %x } }");
    failed(
        2,
        "clash: the output 'x' has the name of an input",
        "convert",
        clash,
        "-o",
        folder.resolve("clash.onnx"));
  }

  @Test
  void refusesTextThatIsNotReadBack() throws IOException {
    Path weights = folder.resolve("weights");
    try (Arena arena = Arena.ofConfined();
        FileChannel channel =
            FileChannel.open(
                weights,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
      // Nothing of the file but its first page is ever touched.
      MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, 240_000_000, arena);
      memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
      Graph graph = TestGraphs.affine();
      graph.parameter("w", new ConstantData(TensorType.of(ElementType.F32, 60_000_000), memory));
      assertThatExceptionOfType(BadInputException.class)
          .isThrownBy(() -> Conversion.IR.write(graph, folder.resolve("large.ir")))
          .withMessageContaining("large.ir: weights of 240000000 bytes take more than")
          .withMessageContaining("convert to .onnx");
    }
  }

  /** What passes leave is exported as well as what they get. */
  @Test
  void optimizedCasesComputeTheSame() throws IOException {
    List<String> failures = new ArrayList<>();
    Path file = folder.resolve("case.onnx");
    var forms = OpCases.all().iterator();
    for (OpCase each : OpCases.all()) {
      Graph form = forms.next().graph();
      try (Arena arena = Arena.ofShared()) {
        Passes.optimize(form, PassOptions.defaults());
        assertThat(Conversion.ONNX.write(form, file)).containsExactly(file);
        Graph read = OnnxImporter.importModel(file, arena);
        Verifier.verify(read);
        CaseRunner.assertMatches(new ReferenceBackend(), read, each);
      } catch (RuntimeException | AssertionError e) {
        failures.add(each.name() + ": " + e.getMessage());
      }
    }
    assertThat(failures).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void wholeModelsComputeTheSame(int level) throws IOException {
    Path models = SharedData.find("models");
    assumeTrue(models != null, "../shared/models is not there");
    int count = 0;
    try (Stream<Path> found = Files.list(models)) {
      for (Path each : found.sorted().toList()) {
        Path source = each.resolve("model.onnx");
        if (Files.exists(source)) {
          Path copy = Files.createDirectory(folder.resolve(each.getFileName() + "_O" + level));
          Files.createSymbolicLink(
              copy.resolve("test_data_set_0"), each.resolve("test_data_set_0").toRealPath());
          succeeded(
              CommandResult.of("convert", source, "-O", level, "-o", copy.resolve("model.onnx")));
          count++;
        }
      }
    }
    assumeTrue(count > 0, "../shared/models holds no models; see fetch-models.sh there");
    CommandResult result = CommandResult.of("verify", folder, "--backend", "onednn");
    assertThat(result.out()).endsWith(count + " passed, 0 failed, 0 skipped\n");
    assertThat(result.status()).isZero();
  }
}
