package dev.lathe.jmh;

import dev.lathe.ir.Graph;
import dev.lathe.passes.PassOptions;
import dev.lathe.passes.Passes;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelOptions;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A graph from the frontend's hands to a program that is ready to run: the passes, and the
 * backend's lowering, packing of weights and making of primitives. {@link PassTimes} adds the time
 * of every part.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class CompileBenchmark {
  private static volatile Map<String, Long> lastTimes = Map.of();

  /** What kind of graph. */
  @Param({"RESIDUAL", "ATTENTION", "WIDE"})
  public GeneratedGraph graph = GeneratedGraph.RESIDUAL;

  /** Its nodes, parameters and constants included. */
  @Param({"100", "1000", "5000", "20000"})
  public int nodes = 100;

  private @Nullable Arena arena;
  private @Nullable Graph made;
  private @Nullable Model model;

  /** Nanoseconds of the parts of the last compilation in this process. */
  static Map<String, Long> lastTimes() {
    return lastTimes;
  }

  /** Makes the graph, which passes change. */
  @Setup(Level.Invocation)
  public void make() {
    Arena memory = Arena.ofShared();
    arena = memory;
    made = graph.make(nodes, memory);
  }

  /** Compiles it. */
  @Benchmark
  public void compile() {
    Graph input = Objects.requireNonNull(made);
    Map<String, Long> times = PassTimes.of(Passes.optimize(input, PassOptions.defaults()));
    long start = System.nanoTime();
    model = Model.of(input, ModelOptions.defaults().threads(2), Objects.requireNonNull(arena));
    times.put(PassTimes.LOAD, System.nanoTime() - start);
    lastTimes = times;
  }

  /** Frees it. */
  @TearDown(Level.Invocation)
  public void free() {
    if (model != null) {
      model.close();
    }
  }
}
