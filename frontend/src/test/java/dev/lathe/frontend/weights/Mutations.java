package dev.lathe.frontend.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.frontend.ImportException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Damages files in many ways and sees that each is read or refused. */
final class Mutations {
  private Mutations() {}

  /** Reads every element of a file. */
  static double readAll(Path file, Arena arena) {
    double sum = 0;
    for (StoredWeight weight : WeightFile.open(file, arena).weights().values()) {
      long count = weight.data().elementCount();
      for (long i = 0; i < count; i++) {
        sum += weight.data().getDouble(i);
      }
    }
    return sum;
  }

  /** Writes {@code count} damaged forms of a file, one after the other, and reads each. */
  static void check(byte[] whole, Path file, int count) {
    Random random = new Random(42);
    int refused = 0;
    for (int i = 0; i < count; i++) {
      byte[] bytes = damaged(whole, random);
      try (Arena arena = Arena.ofConfined()) {
        Files.write(file, bytes);
        readAll(file, arena);
      } catch (ImportException e) {
        refused++;
        assertThat(e).hasMessageStartingWith(file.toString());
        assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(2000);
        assertThat(e.getMessage()).doesNotContain("Exception").doesNotContain(": null");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    assertThat(refused).isGreaterThan(count / 10);
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes =
        random.nextInt(8) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
    for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          switch (random.nextInt(5)) {
            case 0 -> (byte) random.nextInt();
            case 1 -> (byte) 0xff;
            case 2 -> 0;
            case 3 -> bytes[random.nextInt(bytes.length)];
            default -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
          };
    }
    return bytes;
  }
}
