package dev.lathe.jmh;

import dev.lathe.runtime.Tensor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/** One run of a model on Lathe and on ONNX Runtime, each in a process of its own. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ModelBenchmark extends EngineState {
  /** The folder of all models; {@link Benchmarks} sets it. */
  @Param("")
  public String folder = "";

  /** The name of a model in it; {@link Benchmarks} sets it to each. */
  @Param("")
  public String model = "";

  /** The samples of a run; 0 for those of the test data, as where a model fixes them. */
  @Param({"1", "8"})
  public int batch = 1;

  /** Loads the model. */
  @Setup(Level.Trial)
  public void load() {
    ModelFolder files = ModelFolder.in(folder, model);
    Batch samples = Batch.of(files.model(), files.inputs(arena()), batch);
    List<Tensor> inputs = files.inputs(samples, arena());
    load(files.model(), inputs);
  }

  /** One run. */
  @Benchmark
  public void run() {
    runOnce();
  }
}
