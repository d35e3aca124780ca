package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lathe.CompileOptions;
import dev.lathe.Lathe;
import dev.lathe.backend.onednn.OneDnnBackend;
import dev.lathe.compiler.PrecisionErrors;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --precision}, from the option to the numbers that come out. */
class PrecisionTest {
  private static final String MODEL =
      """
      graph "net" {
        parameter "w" : f32[384, 4, 3, 3] = dense [W]
        parameter "v" : f32[40, 384, 1, 1] = dense [V]
        parameter "b" : f32[384] = splat 0.1
        function "forward"(%x "x": f32[N, 4, 8, 8]) -> ("y") {
          %w = parameter() {name = w, type = "f32[384, 4, 3, 3]"} : f32[384, 4, 3, 3]
          %v = parameter() {name = v, type = "f32[40, 384, 1, 1]"} : f32[40, 384, 1, 1]
          %b = parameter() {name = b, type = "f32[384]"} : f32[384]
          %p = conv(%x, %w, %b) {strides = [1, 1], dilations = [1, 1], pads_begin = [1, 1], \
      pads_end = [1, 1], groups = 1} : f32[N, 384, 8, 8]
          %r = relu(%p) : f32[N, 384, 8, 8]
          %y = conv(%r, %v) {strides = [1, 1], dilations = [1, 1], pads_begin = [0, 0], \
      pads_end = [0, 0], groups = 1} : f32[N, 40, 8, 8]
          return %y
        }
      }
      """;

  private static final String NOTHING =
      """
      graph "nothing" {
        function "forward"(%x "x": f32[2, 3]) -> ("y") {
          %y = relu(%x) : f32[2, 3]
          return %y
        }
      }
      """;

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    Random random = new Random(7);
    model =
        Files.writeString(
            folder.resolve("net.ir"),
            MODEL
                .replace("[W]", numbers(random, 384 * 36))
                .replace("[V]", numbers(random, 40 * 384)));
  }

  private static String numbers(Random random, int count) {
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(Float.toString(random.nextFloat() - 0.5f));
    }
    return numbers.toString();
  }

  private static void assumeFastBf16() {
    assumeTrue(
        new OneDnnBackend().multiplies(ElementType.BF16), "this processor does not multiply bf16");
  }

  @Test
  void compiledJarIsSmallerAndItsErrorIsReported() throws IOException {
    assumeFastBf16();
    Path wide = folder.resolve("wide.jar");
    Path narrow = folder.resolve("narrow.jar");
    Path report = folder.resolve("report.json");
    assertThat(CommandResult.of("compile", model, "-o", wide).status()).isZero();
    CommandResult result =
        CommandResult.of("compile", model, "-o", narrow, "--precision", "bf16", "--report", report);
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .containsPattern(
            "bf16 against f32 on random inputs: y is off by \\S+ of its range at most, by \\S+");
    Map<String, Object> precision = precision(report);
    assertThat(precision).containsEntry("type", "bf16").containsEntry("reduced", 3);
    assertThat(precision.get("errors").toString()).contains("max_of_range", "rms_relative");
    assertThat(Files.size(narrow)).isLessThan(Files.size(wide) - 5000);
    float[] exact = outputs(wide);
    float[] rounded = outputs(narrow);
    assertThat(rounded).isNotEqualTo(exact);
    assertClose(rounded, exact);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> precision(Path report) throws IOException {
    return (Map<String, Object>)
        JSON.std.mapFrom(Files.readString(report)).getOrDefault("precision", Map.of());
  }

  private static Tensor input() {
    float[] elements = new float[2 * 4 * 64];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (i * 37 % 101) / 100f;
    }
    return Tensor.of(elements, 2, 4, 8, 8);
  }

  private static float[] outputs(Path jar) {
    try (Model loaded = Model.load(jar)) {
      return outputs(loaded);
    }
  }

  private static float[] outputs(Model loaded) {
    try (Session session = loaded.newSession();
        Tensor x = input()) {
      return session.run(new Tensor[] {x})[0].toFloats();
    }
  }

  private static void assertClose(float[] actual, float[] expected) {
    float most = 0;
    for (float value : expected) {
      most = Math.max(most, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isBetween(expected[i] - most / 64, expected[i] + most / 64);
    }
  }

  /** No product of bf16 numbers is off by less than a millionth. */
  @Test
  void productsGoBackToF32UntilTheErrorIsWithinItsLimit() throws IOException {
    assumeFastBf16();
    Path wide = folder.resolve("wide.jar");
    Path narrow = folder.resolve("narrow.jar");
    Path report = folder.resolve("report.json");
    assertThat(CommandResult.of("compile", model, "-o", wide).status()).isZero();
    CommandResult result =
        CommandResult.of(
            "compile",
            model,
            "-o",
            narrow,
            "--precision",
            "bf16",
            "--precision-error",
            "1e-6",
            "--report",
            report);
    assertThat(result.err())
        .containsPattern(
            "note: net: bf16 against f32 on random inputs would be off by \\S+, more than"
                + " 1.0e-06: 2 of 2 products, 100% of their operations, stay f32, which leaves 0");
    assertThat(outputs(narrow)).isEqualTo(outputs(wide));
  }

  @Test
  void aLimitBetweenTheErrorsOfProductsKeepsSomeInF32() {
    assumeFastBf16();
    CompileOptions options = CompileOptions.defaults().precision(ElementType.BF16);
    double all = error(options.precisionError(1));
    assertThat(all).isBetween(1e-4, 1e-2);
    double some = error(options.precisionError(0.8 * all));
    assertThat(some).isBetween(1e-6, 0.8 * all);
  }

  private double error(CompileOptions options) {
    return PrecisionErrors.measure(model, options, Map.of(), _ -> {}).worst();
  }

  @Test
  void theErrorThatIsAllowedIsPositive() {
    CommandResult result =
        CommandResult.of("bench", model, "--precision", "bf16", "--precision-error", "0");
    assertThat(result.err()).contains("the error of a reduced precision must be positive, not 0.0");
    assertThat(result.status()).isEqualTo(ErrorHandler.BAD_INPUT);
  }

  @Test
  void oneDnnComputesWhatTheReferenceDoes() {
    assumeFastBf16();
    CompileOptions options = CompileOptions.defaults().precision(ElementType.BF16);
    try (Model onednn = Lathe.compile(model, options);
        Model reference = Lathe.compile(model, options.backend("reference"))) {
      assertClose(outputs(onednn), outputs(reference));
    }
  }

  @Test
  void aTypeThatTheProcessorDoesNotMultiplyIsComputedInF32() throws IOException {
    assumeFalse(new OneDnnBackend().multiplies(ElementType.F16), "this processor multiplies f16");
    CommandResult result =
        CommandResult.of(
            "bench",
            model,
            "--precision",
            "f16",
            "--seconds",
            "0.01",
            "--profile",
            "--threads",
            "1");
    assertThat(result.err())
        .contains("net: this processor has no instructions for f16, and computes in f32");
    assertThat(result.out()).doesNotContain("f16:");
    assertThat(result.status()).isZero();
  }

  @Test
  void otherTypesAreRefused() {
    for (String type : new String[] {"f17", "i8", ""}) {
      CommandResult result = CommandResult.of("bench", model, "--precision", type);
      assertThat(result.err()).startsWith("lathe: error: ").contains("must be f32", "bf16 or f16");
      assertThat(result.status()).isEqualTo(ErrorHandler.BAD_INPUT);
    }
    assertThatThrownBy(() -> CompileOptions.defaults().precision(ElementType.F64))
        .hasMessage("the precision must be f32 (as the model says), bf16 or f16, not f64");
  }

  @Test
  void aModelWithNothingToReduceIsCompiledAndSaysSo() throws IOException {
    Path nothing = Files.writeString(folder.resolve("nothing.ir"), NOTHING);
    CommandResult result =
        CommandResult.of(
            "compile", nothing, "-o", folder.resolve("nothing.jar"), "--precision", "bf16");
    assertThat(result.err()).contains("there is nothing to reduce to bf16");
    assertThat(result.out()).doesNotContain("against f32");
    assertThat(result.status()).isZero();
  }

  @Test
  void aGivenInputThatDoesNotFitIsAnError() throws IOException {
    CommandResult result =
        CommandResult.of(
            "compile",
            model,
            "-o",
            folder.resolve("net.jar"),
            "--precision",
            "bf16",
            "--input",
            "x");
    assertThat(result.err()).contains("--input takes NAME=FILE, not 'x'");
    assertThat(result.status()).isEqualTo(ErrorHandler.BAD_INPUT);
  }
}
