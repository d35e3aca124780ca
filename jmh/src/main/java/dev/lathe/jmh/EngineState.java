package dev.lathe.jmh;

import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What benchmarks of both engines share: which engine, its threads, and a model in it. */
@State(Scope.Benchmark)
public abstract class EngineState {
  /**
   * The engine. JMH runs the combinations of parameters in the order of the parameters' names: by
   * this one the two engines follow each other, and meet about the same load of the machine.
   */
  @Param({Contender.LATHE, Contender.PEER})
  public String with = Contender.LATHE;

  /** The threads that compute one run. */
  @Param({"1", "2"})
  public int threads = 1;

  private final Arena arena = Arena.ofShared();
  private @Nullable Contender contender;

  /** Memory that lasts until the end of the trial. */
  final Arena arena() {
    return arena;
  }

  /** Loads a model into the engine. */
  final void load(Path model, List<Tensor> inputs) {
    contender = Contender.of(with, model, inputs, threads);
  }

  /** Computes all outputs once. */
  final void runOnce() {
    if (contender == null) {
      throw new IllegalStateException("no model is loaded");
    }
    contender.run();
  }

  /** Closes the model. */
  @TearDown(Level.Trial)
  public void close() {
    if (contender != null) {
      contender.close();
    }
    arena.close();
  }
}
