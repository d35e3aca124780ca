package dev.lathe.jmh;

import dev.lathe.passes.PassReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * How long each pass of {@link CompileBenchmark}'s last compilation took, and what came after the
 * passes. Says nothing of other benchmarks.
 */
public final class PassTimes implements InternalProfiler {
  /** What the backend's part of a compilation is called. */
  static final String LOAD = "load";

  /** For JMH. */
  public PassTimes() {}

  @Override
  public String getDescription() {
    return "the time of each pass of a compilation";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    List<ScalarResult> results = new ArrayList<>();
    CompileBenchmark.lastTimes()
        .forEach(
            (name, nanos) ->
                results.add(new ScalarResult(name, nanos / 1e6, "ms", AggregationPolicy.AVG)));
    return results;
  }

  /** Nanoseconds by the names of passes; a pass that ran twice counts for both. */
  static Map<String, Long> of(PassReport report) {
    Map<String, Long> times = new LinkedHashMap<>();
    report.runs().forEach(run -> times.merge(run.pass(), run.nanos(), Long::sum));
    return times;
  }
}
