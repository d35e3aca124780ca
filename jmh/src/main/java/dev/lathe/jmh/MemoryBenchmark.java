package dev.lathe.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The most memory that a fresh process has when it loads a model and runs it twenty times: what
 * {@link PeakMemory} adds to the result. The time is secondary here.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(3)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class MemoryBenchmark extends FreshState {
  private static final int RUNS = 20;

  /** Twenty runs. */
  @Benchmark
  public void loadAndRun() {
    loadAndRun(RUNS);
  }
}
