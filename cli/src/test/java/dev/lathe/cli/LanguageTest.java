package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.CompileOptions;
import dev.lathe.Lathe;
import dev.lathe.frontend.builder.ModelBuilder;
import dev.lathe.frontend.builder.SymbolicTensor;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Npy;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models in the Lathe language through the commands, and from Java. */
class LanguageTest {
  private static final Path EXAMPLES = Path.of("../examples").toAbsolutePath().normalize();

  @TempDir Path folder;

  private static Tensor random(long... shape) {
    Tensor tensor = Tensor.allocate(ElementType.F32, shape);
    Random random = new Random(3);
    for (long i = 0; i < tensor.elementCount(); i++) {
      tensor.setDouble(i, random.nextDouble());
    }
    return tensor;
  }

  private static void expectProbabilities(Tensor probs, long... shape) {
    assertThat(probs.shape()).isEqualTo(shape);
    double sum = 0;
    for (float each : probs.toFloats()) {
      assertThat(each).isBetween(0f, 1f);
      sum += each;
    }
    assertThat(sum).isBetween(shape[0] - 1e-4, shape[0] + 1e-4);
  }

  @Test
  void anExampleIsCompiledAndRunAsTheReadmeSays() throws IOException {
    Path jar = folder.resolve("mnist.jar");
    CommandResult compiled =
        CommandResult.of("compile", EXAMPLES.resolve("mnist_cnn.lathe"), "-o", jar);
    assertThat(compiled.err()).isEmpty();
    assertThat(compiled.out()).contains("models.MnistCnn");
    Npy.write(folder.resolve("image.npy"), random(3, 28, 28, 1));
    CommandResult run =
        CommandResult.of(
            "run",
            jar,
            "--input",
            "image=" + folder.resolve("image.npy"),
            "--output-dir",
            folder.resolve("out"));
    assertThat(run.err()).isEmpty();
    expectProbabilities(Npy.read(folder.resolve("out/probs.npy")), 3, 10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet50", "mobilenet_v3", "efficientnet_b0"})
  void largeExamplesRun(String name) {
    try (Model model = Lathe.compile(EXAMPLES.resolve(name + ".lathe"));
        Session session = model.newSession()) {
      expectProbabilities(session.run(random(1, 224, 224, 3))[0], 1, 1000);
    }
  }

  @Test
  void anImportedBackboneIsCutAndKeepsItsWeights() throws IOException {
    Path source =
        Files.copy(EXAMPLES.resolve("transfer_learning.lathe"), folder.resolve("t.lathe"));
    CommandResult missing = CommandResult.of("check", source);
    assertThat(missing.status()).isEqualTo(2);
    assertThat(missing.err()).contains("there is no file 'backbone.onnx'");
    CommandResult converted =
        CommandResult.of(
            "convert",
            EXAMPLES.resolve("residual_cnn.lathe"),
            "-O",
            "0",
            "-o",
            folder.resolve("backbone.onnx"));
    assertThat(converted.err()).isEmpty();
    CommandResult checked = CommandResult.of("check", source);
    assertThat(checked.err()).isEmpty();
    assertThat(checked.out()).contains("-> (probs: f32[N, 5])");
    Tensor image = random(2, 32, 32, 3);
    try (Model model = Lathe.compile(source);
        Session session = model.newSession()) {
      expectProbabilities(session.run(image)[0], 2, 5);
    }
  }

  @Test
  void whatIsWrongIsToldWithItsPlace() throws IOException {
    Path source =
        Files.writeString(
            folder.resolve("wrong.lathe"), "model M(x: f32[N, 8]) -> (y) {\n  y = dens(x, 3)\n}\n");
    CommandResult result = CommandResult.of("compile", source, "-o", folder.resolve("m.jar"));
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .contains(
            "error: there is nothing named 'dens'", "wrong.lathe:2:7", "did you mean 'dense'?")
        .contains("lathe: error: " + source + " has an error")
        .doesNotContain("\tat ");
    assertThat(folder.resolve("m.jar")).doesNotExist();
  }

  @Test
  void programsMakeModels() {
    ModelBuilder builder = new ModelBuilder("Tiny");
    SymbolicTensor x = builder.input("x", ElementType.F32, "N", 4);
    builder.output("y", x.dense(3).softmax());
    try (Model model = Lathe.compile(builder.build(), CompileOptions.defaults());
        Session session = model.newSession()) {
      expectProbabilities(session.run(random(2, 4))[0], 2, 3);
    }
  }
}
