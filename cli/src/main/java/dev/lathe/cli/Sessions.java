package dev.lathe.cli;

import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Several sessions of one model that run at once, each on a thread of its own. */
final class Sessions {
  private Sessions() {}

  /**
   * What all sessions did together.
   *
   * @param timing of every run of every session
   * @param runsPerSecond of all sessions together, by the clock on the wall
   */
  record Result(Timing timing, double runsPerSecond) {}

  /**
   * Runs the sessions for a while. Each is warmed up alone in its thread, until all are; then all
   * begin together.
   *
   * @param count the sessions
   * @param inputs what all of them compute on
   * @param seconds how long
   */
  static Result measure(Model model, int count, Tensor[] inputs, double seconds) {
    List<Callable<long[]>> workers = new ArrayList<>();
    CountDownLatch warm = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      workers.add(() -> work(model, inputs, warm, (long) (seconds * 1e9)));
    }
    long[][] times = new long[count][];
    try (ExecutorService pool = Executors.newFixedThreadPool(count)) {
      List<Future<long[]>> running = workers.stream().map(pool::submit).toList();
      for (int i = 0; i < count; i++) {
        times[i] = running.get(i).get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the measurement was interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("a session failed", e.getCause());
    }
    // Each session ran for the same time, but for its last run.
    double rate =
        Arrays.stream(times).mapToDouble(each -> each.length / new Timing(each).seconds()).sum();
    return new Result(
        new Timing(Arrays.stream(times).flatMapToLong(LongStream::of).toArray()), rate);
  }

  private static long[] work(Model model, Tensor[] inputs, CountDownLatch warm, long nanos)
      throws InterruptedException {
    try (Session session = model.newSession()) {
      @Nullable Tensor[] outputs = new Tensor[model.signature().outputs().size()];
      Runs runs = new Runs(session, inputs, outputs);
      try {
        runs.measure(nanos / 4);
      } finally {
        // Also where it fails: the others need not wait for it.
        warm.countDown();
      }
      warm.await();
      return runs.measure(nanos);
    }
  }
}
