package dev.lathe.backend.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads that share the work of one op. What each task computes does not depend on which
 * thread runs it, so results are the same for every number of threads.
 */
final class Workers implements AutoCloseable {
  /** Does all work on the thread of the caller. */
  static final Workers CALLER = new Workers(1);

  /** Elements that one task of {@link #forRanges} covers. */
  private static final int GRAIN = 1 << 14;

  private final int threads;
  private final @Nullable ForkJoinPool pool;

  Workers(int threads) {
    this.threads = threads;
    this.pool = threads == 1 ? null : new ForkJoinPool(threads);
  }

  /**
   * Runs {@code task} once for each number from 0 to {@code count - 1}, in no certain order.
   *
   * @throws RuntimeException what the task threw; of several failures, that of the least number
   */
  void forEach(int count, IntConsumer task) {
    if (pool == null || count < 2) {
      for (int i = 0; i < count; i++) {
        task.accept(i);
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    SortedMap<Integer, RuntimeException> failures = new ConcurrentSkipListMap<>();
    Runnable share =
        () -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            try {
              task.accept(i);
            } catch (RuntimeException e) {
              failures.put(i, e);
            }
          }
        };
    List<ForkJoinTask<?>> tasks = new ArrayList<>();
    for (int t = 0; t < Math.min(threads, count); t++) {
      tasks.add(pool.submit(share));
    }
    // All must have ended before any failure is passed on: they read memory of the caller.
    tasks.forEach(ForkJoinTask::quietlyJoin);
    tasks.forEach(ForkJoinTask::join);
    if (!failures.isEmpty()) {
      throw failures.get(failures.firstKey());
    }
  }

  /** A part of a range of numbers: from the first on, without the second. */
  interface Range {
    void accept(int from, int to);
  }

  /** Divides the numbers from 0 to {@code count - 1} into ranges and runs {@code task} on each. */
  void forRanges(int count, Range task) {
    int ranges = Math.ceilDiv(count, GRAIN);
    forEach(ranges, i -> task.accept(i * GRAIN, (int) Math.min(count, (i + 1L) * GRAIN)));
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
  }
}
