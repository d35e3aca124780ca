package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.CompileOptions;
import dev.lathe.Lathe;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.RandomInputs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models written back in the Lathe language compute what they did. */
class DecompileTest {
  private static final Map<String, Long> SIZES =
      Map.of("N", 2L, "S", 7L, "K", 6L, "H", 6L, "W", 9L);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mlp",
        "mnist_cnn",
        "lenet5",
        "wake_word_cnn",
        "residual_cnn",
        "mobilenet_v3",
        "text_classifier",
        "transformer_encoder",
        "attention_pooling",
        "super_resolution"
      })
  void examplesComeBack(String name) throws IOException {
    Path source = Path.of("../examples/" + name + ".lathe");
    Path target = folder.resolve(name + ".lathe");
    CommandResult result = CommandResult.of("convert", source, "-o", target);
    assertThat(result.err()).isEmpty();
    List<Tensor> inputs = inputs(source);
    Path weights = folder.resolve(name + ".safetensors");
    List<Tensor> expected = run(source, CompileOptions.defaults(), inputs);
    List<Tensor> actual = run(target, CompileOptions.defaults().weights(weights), inputs);
    for (int i = 0; i < expected.size(); i++) {
      // Sums of whole networks in another order.
      CaseRunner.assertClose(name, actual.get(i), expected.get(i), 1e-4);
    }
    assertThat(Files.readString(target)).contains("model ");
    assertThat(CommandResult.of("format", "--check", target).status()).isZero();
  }

  private static List<Tensor> run(Path source, CompileOptions options, List<Tensor> inputs) {
    try (Model model = Lathe.compile(source, options);
        Session session = model.newSession()) {
      return List.of(session.run(inputs.toArray(Tensor[]::new)));
    }
  }

  private static List<Tensor> inputs(Path source) {
    return RandomInputs.of(Lathe.importModel(source, Arena.ofAuto()), SIZES);
  }

  @Test
  void whatHasNoWordsIsNamedAtOnce() throws IOException {
    Path target = folder.resolve("tagger.lathe");
    CommandResult result =
        CommandResult.of("convert", Path.of("../examples/bilstm_tagger.lathe"), "-o", target);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .startsWith("lathe: error: the Lathe language has no words for lstm")
        .contains("convert to .onnx or .ir");
    assertThat(target).doesNotExist();
  }
}
