package dev.lathe.cli;

import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Runs of one session, one after the other, timed one by one. */
final class Runs {
  private static final int FEWEST = 3;

  private final Session session;
  private final Tensor[] inputs;
  private final @Nullable Tensor[] outputs;

  /**
   * @param outputs places for the outputs, which every run writes
   */
  Runs(Session session, Tensor[] inputs, @Nullable Tensor[] outputs) {
    this.session = session;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Nanoseconds of one run. */
  long once() {
    long start = System.nanoTime();
    session.run(inputs, outputs);
    return System.nanoTime() - start;
  }

  /** Nanoseconds of each run of a time, and of some more where it is short. */
  long[] measure(long nanos) {
    long[] times = new long[1024];
    int count = 0;
    long until = System.nanoTime() + nanos;
    while (count < FEWEST || System.nanoTime() < until) {
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      times[count++] = once();
    }
    return Arrays.copyOf(times, count);
  }
}
