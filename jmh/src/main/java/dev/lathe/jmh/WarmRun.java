package dev.lathe.jmh;

import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Keeps a model loaded and measures a round of runs whenever it is asked: each line of standard
 * input is how many nanoseconds the measured part of the round shall take, each answer the
 * nanoseconds of every run.
 */
public final class WarmRun {
  private static final int MOST_RUNS = 100_000;

  /**
   * How long a round runs before it is measured: the threads of the engine whose turn it was may
   * still wait actively, and its data are in the caches.
   */
  private static final long LEAD_NANOS = 250_000_000;

  private WarmRun() {}

  /** Serves {@code ENGINE MODEL FOLDER THREADS BATCH PRECISION} until standard input ends. */
  public static void main(String[] args) throws IOException {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Arena arena = Arena.ofShared()) {
      List<Tensor> inputs = new ModelFolder(Path.of(args[2])).inputs(Batch.parse(args[4]), arena);
      try (Contender contender =
          Contender.of(
              args[0],
              Path.of(args[1]),
              inputs,
              Integer.parseInt(args[3]),
              ElementType.parse(args[5]))) {
        long[] times = new long[MOST_RUNS];
        String line;
        while ((line = questions.readLine()) != null) {
          int count = measure(contender, Long.parseLong(line.strip()), times);
          StringBuilder answer = new StringBuilder(EngineProcess.ANSWER);
          for (int i = 0; i < count; i++) {
            answer.append(' ').append(times[i]);
          }
          System.out.println(answer);
        }
      }
    }
  }

  private static int measure(Contender contender, long nanos, long[] times) {
    long begin = System.nanoTime() + LEAD_NANOS;
    while (System.nanoTime() < begin) {
      contender.run();
    }
    int count = 0;
    long end = System.nanoTime() + nanos;
    do {
      long start = System.nanoTime();
      contender.run();
      times[count++] = System.nanoTime() - start;
    } while (System.nanoTime() < end && count < times.length);
    return count;
  }
}
