package dev.lathe.frontend.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.frontend.layers.Argument;
import dev.lathe.frontend.layers.Functions;
import dev.lathe.frontend.layers.LayerKind;
import dev.lathe.frontend.layers.Layers;
import dev.lathe.frontend.layers.Written;
import dev.lathe.ir.Verifier;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The reference says what is so: its examples compile, and its lists are complete. */
class LanguageReferenceTest {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern EXAMPLE = Pattern.compile("```lathe\\n(.*?)```", Pattern.DOTALL);

  @TestFactory
  Stream<DynamicTest> examplesOfTheReferenceCompile() throws IOException {
    Matcher matcher = EXAMPLE.matcher(Files.readString(DOCS.resolve("language.md")));
    List<String> examples = new ArrayList<>();
    while (matcher.find()) {
      examples.add(matcher.group(1));
    }
    assertThat(examples).hasSizeGreaterThan(6);
    return examples.stream()
        .map(
            text ->
                DynamicTest.dynamicTest(text.lines().findFirst().orElse(""), () -> check(text)));
  }

  private static void check(String text) {
    LatheCompiler.Result result =
        LatheCompiler.read(Source.of("language.md", text), null, Arena.ofAuto());
    assertThat(result.diagnostics().stream().map(Diagnostic::render)).isEmpty();
    assertThat(result.models()).isNotEmpty();
    result
        .models()
        .values()
        .forEach(model -> Verifier.verify(model.withWeights(Map.of(), Arena.ofAuto())));
  }

  @Test
  void theListOfLayersAndFunctionsIsComplete() throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("# Layers and tensor functions\n\n");
    text.append("Names, arguments, defaults and semantics are those of Keras 3.15. ");
    text.append("This list is checked by a test, which also writes it: ");
    text.append(
        "`-Dgolden.bless=true -Dtest=LanguageReferenceTest,EditorGrammarTest`.\n\n## Layers\n\n");
    text.append("| layer | Keras | inputs | arguments |\n|---|---|---|---|\n");
    Layers.all().values().forEach(kind -> row(text, kind, true));
    text.append("\n## Tensor functions\n\nArguments are those of `keras.ops`.\n\n");
    text.append("| function | inputs | arguments |\n|---|---|---|\n");
    Functions.all().values().forEach(kind -> row(text, kind, false));
    text.append('\n').append(Files.readString(Path.of("src/test/resources/not-yet.md")));
    Path file = DOCS.resolve("layers.md");
    if (Boolean.getBoolean("golden.bless")) {
      Files.writeString(file, text.toString());
    }
    assertThat(text.toString()).isEqualTo(Files.readString(file));
  }

  private static void row(StringBuilder text, LayerKind kind, boolean isLayer) {
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < kind.inputs().size(); i++) {
      boolean isOptional = i >= kind.fewestInputs() && !kind.variadic();
      inputs.add(kind.inputs().get(i) + (isOptional ? "?" : ""));
    }
    List<String> arguments = new ArrayList<>();
    for (Argument<?> argument : kind.signature().arguments()) {
      boolean isTraining =
          argument.name().endsWith("_regularizer") || argument.name().endsWith("_constraint");
      if (!isTraining) {
        arguments.add(
            argument.isRequired()
                ? argument.name()
                : argument.name() + ": " + Written.text(argument.fallback()));
      }
    }
    text.append("| `").append(kind.name()).append("` | ");
    if (isLayer) {
      text.append(kind.kerasName()).append(" | ");
    }
    text.append(String.join(", ", inputs)).append(kind.variadic() ? ", …" : "").append(" | ");
    text.append(String.join(", ", arguments).replace("|", "\\|")).append(" |\n");
  }
}
