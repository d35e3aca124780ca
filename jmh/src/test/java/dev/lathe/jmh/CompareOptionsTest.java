package dev.lathe.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompareOptionsTest {
  @Test
  void allIsMeasuredWarmWhereOnlyTheFolderIsGiven() {
    CompareOptions options = CompareOptions.parse("models");
    assertThat(options.folder()).isEqualTo(Path.of("models"));
    assertThat(options.threads()).isEqualTo(2);
    assertThat(options.seconds()).isEqualTo(3);
    assertThat(options.batch()).isZero();
    assertThat(options.only()).isEmpty();
    assertThat(options.cold()).isFalse();
    assertThat(options.archive()).isFalse();
    assertThat(options.precision()).isEqualTo(ElementType.F32);
    assertThat(options.report()).isNull();
  }

  @Test
  void everyOptionIsRead() {
    CompareOptions options =
        CompareOptions.parse(
            "models --threads 1 --seconds 0.5 --batch 8 --models a,b --cold --archive --report out.md"
                .split(" ", -1));
    assertThat(options.threads()).isEqualTo(1);
    assertThat(options.seconds()).isEqualTo(0.5);
    assertThat(options.batch()).isEqualTo(8);
    assertThat(options.only()).containsExactly("a", "b");
    assertThat(options.cold()).isTrue();
    assertThat(options.archive()).isTrue();
    assertThat(options.report()).isEqualTo(Path.of("out.md"));
  }

  @ParameterizedTest
  @CsvSource({"f32,F32", "bf16,BF16", "f16,F16"})
  void thePrecisionIsLathes(String text, ElementType expected) {
    assertThat(CompareOptions.parse("models", "--precision", text).precision()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--cold                 | the folder of the models must come first",
        "models --fast          | there is no option --fast",
        "models --threads       | --threads needs a value",
        "models --threads two   | --threads must be a number, not two",
        "models --threads 0     | --threads must be above 0 and below 1000000, not 0",
        "models --threads 1.5   | --threads must be a whole number, not 1.5",
        "models --batch 0       | --batch must be above 0 and below 1000000, not 0",
        "models --seconds NaN   | --seconds must be above 0 and below 1000000, not NaN",
        "models --precision     | --precision needs a value",
        "models --precision f64 | --precision must be f32, bf16 or f16, not f64",
        "models --cold --precision bf16 | --cold is measured in f32 alone: leave --precision bf16"
            + " away",
        "models --archive       | --archive is about cold starts: give --cold as well",
      })
  void whatIsNotUnderstoodIsNamed(String arguments, String message) {
    assertThatThrownBy(() -> CompareOptions.parse(arguments.split(" ", -1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void modelsAreThoseNamed(@TempDir Path folder) throws IOException {
    for (String name : new String[] {"b", "a", "c"}) {
      Files.createFile(Files.createDirectory(folder.resolve(name)).resolve("model.onnx"));
    }
    Files.createDirectory(folder.resolve("empty"));
    assertThat(CompareOptions.parse(folder.toString()).models())
        .extracting(ModelFolder::name)
        .containsExactly("a", "b", "c");
    assertThat(CompareOptions.parse(folder.toString(), "--models", "c,a").models())
        .extracting(ModelFolder::name)
        .containsExactly("a", "c");
    assertThatThrownBy(() -> CompareOptions.parse(folder.toString(), "--models", "d").models())
        .hasMessage("there is no d/model.onnx in " + folder + "; it has [a, b, c]");
    Path empty = folder.resolve("empty");
    assertThatThrownBy(() -> CompareOptions.parse(empty.toString()).models())
        .hasMessage("no folder in " + empty + " has a model.onnx");
    Path absent = folder.resolve("absent");
    assertThatThrownBy(() -> CompareOptions.parse(absent.toString()).models())
        .hasMessage(absent + " is no folder");
  }
}
