package dev.lathe.jmh;

import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
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
        System.out.println(EngineProcess.ANSWER + " " + time + " " + PeakMemory.bytes());
      }
    }
  }
}
