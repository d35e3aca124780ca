package dev.lathe.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** The most resident memory that a benchmark's process has had, as Linux counts it. */
public final class PeakMemory implements InternalProfiler {
  /** The name of the result, in megabytes. */
  static final String LABEL = "peak";

  /** For JMH. */
  public PeakMemory() {}

  @Override
  public String getDescription() {
    return "the most resident memory of the process";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    return List.of(new ScalarResult(LABEL, bytes() / 1e6, "MB", AggregationPolicy.MAX));
  }

  /** The most resident memory of this process so far; 0 where the system does not say. */
  static long bytes() {
    Path status = Path.of("/proc/self/status");
    try {
      return Files.isReadable(status) ? bytes(Files.readAllLines(status)) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read what memory this process took", e);
    }
  }

  static long bytes(List<String> status) {
    for (String line : status) {
      if (line.startsWith("VmHWM:")) {
        return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return 0;
  }
}
