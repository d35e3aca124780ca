package dev.lathe.jmh;

import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads a model, runs it once, and prints nanoseconds and peak resident bytes. Inputs are read
 * before the clock starts: both engines get them alike.
 */
public final class ColdStart {
  private ColdStart() {}

  /** Runs {@code ENGINE MODEL FOLDER THREADS BATCH} in this process. */
  public static void main(String[] args) {
    Path model = Path.of(args[1]);
    int threads = Integer.parseInt(args[3]);
    try (Arena arena = Arena.ofShared()) {
      List<Tensor> inputs = new ModelFolder(Path.of(args[2])).inputs(Batch.parse(args[4]), arena);
      long start = System.nanoTime();
      try (Contender contender = Contender.of(args[0], model, inputs, threads)) {
        contender.run();
        long time = System.nanoTime() - start;
        System.out.println(EngineProcess.ANSWER + " " + time + " " + peakBytes());
      }
    }
  }

  private static long peakBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) {
          return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read what memory this process took", e);
    }
    return 0;
  }
}
