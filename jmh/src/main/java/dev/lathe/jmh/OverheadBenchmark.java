package dev.lathe.jmh;

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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One run, at batch 1, of models that compute next to nothing: what a call of an engine costs. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class OverheadBenchmark extends EngineState {
  /** The model. */
  @Param({"MLP", "IDENTITY"})
  public GeneratedModel network = GeneratedModel.MLP;

  private @Nullable TemporaryFolder folder;

  /** Writes the model and loads it. */
  @Setup(Level.Trial)
  public void load() {
    TemporaryFolder made = new TemporaryFolder();
    folder = made;
    Path file = made.path().resolve("model.onnx");
    network.write(file);
    load(file, List.of(network.input(arena())));
  }

  /** One run. */
  @Benchmark
  public void run() {
    runOnce();
  }

  /** Deletes the model. */
  @TearDown(Level.Trial)
  public void delete() {
    if (folder != null) {
      folder.close();
    }
  }
}
