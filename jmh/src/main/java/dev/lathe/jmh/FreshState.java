package dev.lathe.jmh;

import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What benchmarks of fresh processes share: a model that no engine of this process has met. For
 * Lathe another process compiles it to a jar; this one loads the frontend for nobody.
 */
@State(Scope.Benchmark)
public abstract class FreshState {
  /** The engine; see {@link EngineState#with}. */
  @Param({Contender.LATHE, Contender.PEER})
  public String with = Contender.LATHE;

  /** The threads that compute one run. */
  @Param("2")
  public int threads = 2;

  /** The folder of all models; {@link Benchmarks} sets it. */
  @Param("")
  public String folder = "";

  /** The name of a model in it; {@link Benchmarks} sets it to each. */
  @Param("")
  public String model = "";

  private final Arena arena = Arena.ofShared();
  private final TemporaryFolder temporary = new TemporaryFolder();
  private Path source = Path.of("");
  private List<Tensor> inputs = List.of();
  private @Nullable Contender contender;

  /** Compiles the model where the engine is Lathe, and reads the inputs. */
  @Setup(Level.Trial)
  public void prepare() {
    ModelFolder files = ModelFolder.in(folder, model);
    source = files.model();
    if (with.equals(Contender.LATHE)) {
      source = temporary.path().resolve("model.jar");
      EngineProcess.compile(files.model(), source);
    }
    inputs = files.inputs(arena);
  }

  /** Loads the model and runs it so many times. */
  final void loadAndRun(int runs) {
    Contender loaded = Contender.of(with, source, inputs, threads);
    contender = loaded;
    for (int i = 0; i < runs; i++) {
      loaded.run();
    }
  }

  /** Closes the model. */
  @TearDown(Level.Iteration)
  public void unload() {
    if (contender != null) {
      contender.close();
      contender = null;
    }
  }

  /** Deletes what was compiled. */
  @TearDown(Level.Trial)
  public void close() {
    arena.close();
    temporary.close();
  }
}
