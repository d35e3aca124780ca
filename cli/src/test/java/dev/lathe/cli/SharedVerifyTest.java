package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs {@code lathe verify} over models and ONNX's backend tests, where they lie beside us. */
class SharedVerifyTest {
  @ParameterizedTest
  @CsvSource({
    "models, reference, ''",
    "models, onednn, ''",
    "models, onednn, --jar",
    "onnx-tests, reference, ''",
    "onnx-tests, onednn, ''",
  })
  void nothingFails(String data, String backend, String option) {
    Path folder = SharedData.find(data);
    assumeTrue(folder != null, "../shared/" + data + " is not there");
    Object[] args = {"verify", folder, "--backend", backend};
    if (!option.isEmpty()) {
      args = new Object[] {"verify", folder, "--backend", backend, option};
    }
    CommandResult result = CommandResult.of(args);
    assertThat(result.out().lines()).noneMatch(line -> line.startsWith("failed"));
    assertThat(result.status()).isZero();
    assertThat(result.out()).containsPattern("[1-9][0-9]* passed, 0 failed, [0-9]+ skipped\n$");
  }
}
