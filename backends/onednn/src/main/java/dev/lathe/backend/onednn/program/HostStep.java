package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.Team;
import dev.lathe.backend.onednn.host.HostKernel;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A host kernel at its place in a program, computed by all threads of the program if that is worth
 * it: the first runs are computed by one, and the time of the last of them decides. For use by one
 * thread at a time.
 */
final class HostStep extends Team.Job {
  /** As many runs before the decision: the first ones are interpreted. */
  private static final int TRIALS = 16;

  /** To call a team and wait for it takes about one or two. */
  private static final long WORTH_NANOS = 8_000;

  /** Threads finish at about the same time if the last parts are small. */
  private static final int PARTS_OF_THREAD = 4;

  /** One that is never started: what it may read, any thread may. */
  private static final Thread OTHER = new Thread(() -> {}, "other");

  private final HostKernel kernel;
  private final MemorySegment[] operands;
  private final MemorySegment[] results;
  private final int threads;
  private final long units;
  private final long parts;
  private final AtomicLong next = new AtomicLong();
  private int runs;
  private boolean together;

  HostStep(HostKernel kernel, MemorySegment[] operands, MemorySegment[] results, int threads) {
    this.kernel = kernel;
    this.operands = operands;
    this.results = results;
    this.threads = threads;
    this.units = kernel.units();
    this.parts = Math.min(units, (long) threads * PARTS_OF_THREAD);
  }

  void run() {
    if (runs < TRIALS) {
      long start = System.nanoTime();
      kernel.run(operands, results);
      runs++;
      together = runs == TRIALS && System.nanoTime() - start > WORTH_NANOS;
    } else if (together && areShared(operands) && areShared(results)) {
      next.set(0);
      Team.run(this, threads);
    } else {
      kernel.run(operands, results);
    }
  }

  @Override
  protected void work() {
    long part;
    while ((part = next.getAndIncrement()) < parts) {
      kernel.run(operands, results, units * part / parts, units * (part + 1) / parts);
    }
  }

  /** Whether other threads may use the memory: that of a caller may be confined to one. */
  private static boolean areShared(MemorySegment[] segments) {
    for (MemorySegment segment : segments) {
      if (!segment.isAccessibleBy(OTHER)) {
        return false;
      }
    }
    return true;
  }
}
