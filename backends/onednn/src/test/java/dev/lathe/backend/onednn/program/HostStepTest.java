package dev.lathe.backend.onednn.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.backend.onednn.host.HostKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HostStepTest {
  private static final int UNITS = 1003;
  private static final int RUNS = 60;

  /** Counts in each unit's place, slowly enough that several threads are worth it. */
  private static class Counting implements HostKernel {
    final Set<Thread> threads = Collections.synchronizedSet(new HashSet<>());

    @Override
    public long units() {
      return UNITS;
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      run(operands, results, 0, UNITS);
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
      threads.add(Thread.currentThread());
      for (long unit = from; unit < to; unit++) {
        double sum = 0;
        for (int i = 0; i < 100; i++) {
          sum += Math.sin(i + operands[0].get(ValueLayout.JAVA_INT, 0));
        }
        int count = results[0].getAtIndex(ValueLayout.JAVA_INT, unit);
        results[0].setAtIndex(ValueLayout.JAVA_INT, unit, sum > 1e9 ? -1 : count + 1);
      }
    }
  }

  private static void runsEachUnitOnce(Counting kernel, Arena arena) {
    MemorySegment[] operands = {arena.allocate(4)};
    MemorySegment[] results = {arena.allocate(4L * UNITS)};
    HostStep step = new HostStep(kernel, operands, results, 2);
    for (int run = 0; run < RUNS; run++) {
      step.run();
    }
    assertThat(results[0].toArray(ValueLayout.JAVA_INT)).containsOnly(RUNS);
  }

  @Test
  void unitsAreSharedAndEachIsComputedOnce() {
    Counting kernel = new Counting();
    runsEachUnitOnce(kernel, Arena.ofAuto());
    assertThat(kernel.threads).contains(Thread.currentThread());
  }

  @Test
  void memoryOfOneThreadIsUsedByThatThreadOnly() {
    Counting kernel = new Counting();
    try (Arena arena = Arena.ofConfined()) {
      runsEachUnitOnce(kernel, arena);
    }
    assertThat(kernel.threads).containsExactly(Thread.currentThread());
  }

  @Test
  void threadsHaveTeamsOfTheirOwn() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Boolean>> all =
          threads.invokeAll(
              IntStream.range(0, 8)
                  .<Callable<Boolean>>mapToObj(
                      _ ->
                          () -> {
                            runsEachUnitOnce(new Counting(), Arena.ofAuto());
                            return true;
                          })
                  .toList());
      for (Future<Boolean> each : all) {
        assertThat(each.get()).isTrue();
      }
    }
  }

  @Test
  void whatFailsInAnyThreadIsThrownInTheCallers() {
    AtomicInteger left = new AtomicInteger(RUNS * UNITS);
    HostKernel kernel =
        new Counting() {
          @Override
          public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
            super.run(operands, results, from, to);
            if (left.addAndGet((int) (from - to)) < UNITS / 2) {
              throw new IllegalArgumentException("index 7 is out of range");
            }
          }
        };
    HostStep step =
        new HostStep(
            kernel,
            new MemorySegment[] {Arena.ofAuto().allocate(4)},
            new MemorySegment[] {Arena.ofAuto().allocate(4L * UNITS)},
            2);
    for (int run = 0; run < RUNS - 1; run++) {
      step.run();
    }
    assertThatThrownBy(step::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("index 7 is out of range");
    assertThatThrownBy(step::run).isInstanceOf(IllegalArgumentException.class);
  }
}
