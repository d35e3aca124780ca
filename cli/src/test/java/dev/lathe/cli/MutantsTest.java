package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files are refused in one line, or compile, and nothing else happens. */
class MutantsTest {
  private static final int MUTANTS = 200;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"light_squeezenet", "bilstm", "gpt_tiny"})
  void damagedModelsAreRefusedInOneLine(String name) throws IOException {
    Path model = SharedData.find("models/" + name + "/model.onnx");
    assumeTrue(model != null, "../shared/models is not there");
    byte[] whole = Files.readAllBytes(model);
    Random random = new Random(name.hashCode());
    Path mutant = folder.resolve("mutant.onnx");
    Path jar = folder.resolve("mutant.jar");
    for (int i = 0; i < MUTANTS; i++) {
      byte[] bytes = mutate(whole, i, random);
      Files.deleteIfExists(mutant);
      Files.write(mutant, bytes);
      CommandResult result = CommandResult.of("compile", mutant, "-o", jar);
      String what = "mutant " + i + " of " + name + ": " + result.err();
      assertThat(result.status()).as(what).isBetween(0, 2);
      assertThat(result.err()).as(what).doesNotContain("internal error");
      if (result.status() == 0) {
        assertThat(result.err()).as(what).isEmpty();
      } else {
        assertThat(result.err()).as(what).startsWith("lathe: error: ");
        assertThat(result.err().lines()).as(what).hasSize(1);
      }
    }
  }

  /** Cut short, or with some bits flipped: those of the structure, as weights hide most places. */
  private static byte[] mutate(byte[] whole, int index, Random random) {
    if (index % 4 == 0) {
      return Arrays.copyOf(whole, random.nextInt(whole.length));
    }
    byte[] bytes = whole.clone();
    int flips = 1 + random.nextInt(3);
    for (int i = 0; i < flips; i++) {
      int end = index % 4 == 1 ? bytes.length : Math.min(bytes.length, 4000);
      int at = index % 4 == 3 ? bytes.length - 1 - random.nextInt(end) : random.nextInt(end);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }
}
