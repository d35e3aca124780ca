package dev.lathe.jmh;

import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
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
 * One run of a model on Lathe and on ONNX Runtime. Give the folder of the model with {@code -p
 * folder=PATH}; see {@code docs/performance.md} for where models come from.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ModelBenchmark {
  /** The folder with {@code model.onnx} and {@code test_data_set_0}. */
  @Param("model")
  public String folder = "model";

  /** The engine. */
  @Param({"lathe", "onnxruntime"})
  public String engine = "lathe";

  /** The threads that compute one run. */
  @Param({"1", "2"})
  public int threads = 1;

  private final Arena arena = Arena.ofShared();
  private @Nullable Contender contender;

  /** Loads the model. */
  @Setup(Level.Trial)
  public void load() {
    ModelFolder model = new ModelFolder(Path.of(folder));
    List<Tensor> inputs = model.inputs(arena);
    contender =
        engine.equals("lathe")
            ? new LatheContender(model.model(), inputs, threads)
            : new OnnxRuntimeContender(model.model(), inputs, threads);
  }

  /** One run. */
  @Benchmark
  public void run() {
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
