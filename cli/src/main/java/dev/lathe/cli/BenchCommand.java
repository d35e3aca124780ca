package dev.lathe.cli;

import dev.lathe.compiler.BadInputException;
import dev.lathe.compiler.Models;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.spi.KernelProfile;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lathe bench}. */
@Command(
    name = "bench",
    description = {
      "Measures how long one run of a model takes.",
      "",
      "Inputs are random unless given. After a warm-up, runs are timed one by one."
    },
    footer = {"", "Example:", "  lathe bench mnist.onnx --shape image=1x1x28x28 --threads 2"},
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  private static final int FEWEST_RUNS = 3;
  private static final int MOST_PROFILED = 100;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "The model: .onnx, .ir or a compiled .jar.")
  private Path model = Path.of("");

  @Option(
      names = "--input",
      paramLabel = "NAME=FILE",
      description = "An input, from a .npy file or an ONNX .pb file.")
  private List<String> inputFiles = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "3",
      description = "How long to measure. Default: 3.")
  private double seconds;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--profile",
      description = "Also list every kernel with its time, code, layouts and source nodes.")
  private boolean profile;

  @Mixin private BackendOption backend = new BackendOption();
  @Mixin private SourceOptions source = new SourceOptions();

  /** What was measured, in nanoseconds. */
  private static final class Timing {
    private final long load;
    private final long first;
    private final long[] sorted;

    Timing(long load, long first, long[] sorted) {
      this.load = load;
      this.first = first;
      this.sorted = sorted;
    }

    double percentile(double fraction) {
      // The nearest rank: the smallest time that this fraction of all runs does not exceed.
      int rank = (int) Math.ceil(fraction * sorted.length);
      return sorted[Math.max(rank, 1) - 1] / 1e6;
    }
  }

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Commands.require(spec);
    if (!(seconds > 0 && seconds <= TimeUnit.DAYS.toSeconds(1))) {
      throw new BadInputException("--seconds must be positive, not " + seconds);
    }
    long start = System.nanoTime();
    try (Arena arena = Arena.ofShared();
        Progress progress = Progress.of(command);
        Model loaded = Models.load(model, backend.applyTo(source.toOptions()), progress);
        Session session = loaded.newSession()) {
      long load = System.nanoTime() - start;
      Tensor[] inputs = RandomInputs.of(loaded.signature(), Commands.inputs(inputFiles, arena));
      try {
        progress.accept("measuring " + loaded.name());
        Timing timing = measure(session, inputs, load);
        List<KernelProfile> kernels = List.of();
        if (profile) {
          progress.accept("profiling " + loaded.name());
          kernels = session.profile(profiled(timing), inputs);
        }
        progress.clear();
        print(command.commandLine().getOut(), session, timing, kernels);
      } finally {
        Arrays.stream(inputs).forEach(Tensor::close);
      }
    }
    return 0;
  }

  private Timing measure(Session session, Tensor[] inputs, long load) {
    Tensor[] outputs = new Tensor[session.model().signature().outputs().size()];
    long first = time(session, inputs, outputs);
    long budget = (long) (seconds * 1e9);
    long warmUntil = System.nanoTime() + budget / 4;
    for (int i = 0; i < FEWEST_RUNS || System.nanoTime() < warmUntil; i++) {
      session.run(inputs, outputs);
    }
    long[] times = new long[1024];
    int count = 0;
    long until = System.nanoTime() + budget;
    while (count < FEWEST_RUNS || System.nanoTime() < until) {
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      times[count++] = time(session, inputs, outputs);
    }
    long[] sorted = Arrays.copyOf(times, count);
    Arrays.sort(sorted);
    return new Timing(load, first, sorted);
  }

  private static long time(Session session, Tensor[] inputs, Tensor[] outputs) {
    long start = System.nanoTime();
    session.run(inputs, outputs);
    return System.nanoTime() - start;
  }

  private int profiled(Timing timing) {
    double runs = seconds * 1e3 / Math.max(timing.percentile(0.5), 1e-3);
    return (int) Math.clamp(runs, 1, MOST_PROFILED);
  }

  private void print(PrintWriter out, Session session, Timing timing, List<KernelProfile> kernels)
      throws IOException {
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("model", session.model().name());
      result.put("backend", session.model().backend());
      result.put("threads", session.model().threads());
      result.put("median_ms", timing.percentile(0.5));
      result.put("p90_ms", timing.percentile(0.9));
      result.put("p99_ms", timing.percentile(0.99));
      result.put("min_ms", timing.sorted[0] / 1e6);
      result.put("load_ms", timing.load / 1e6);
      result.put("first_ms", timing.first / 1e6);
      result.put("iterations", timing.sorted.length);
      result.put("throughput_per_s", throughput(timing));
      result.put("activation_bytes", session.activationBytes());
      if (profile) {
        result.put("kernels", ProfileTable.json(kernels));
      }
      out.print(Commands.json(result));
      return;
    }
    out.printf(
        Locale.ROOT,
        "%s on %s, %d thread%s: median %.3f ms, p90 %.3f, p99 %.3f, min %.3f; %.1f runs/s%n",
        session.model().name(),
        session.model().backend(),
        session.model().threads(),
        session.model().threads() == 1 ? "" : "s",
        timing.percentile(0.5),
        timing.percentile(0.9),
        timing.percentile(0.99),
        timing.sorted[0] / 1e6,
        throughput(timing));
    out.printf(
        Locale.ROOT,
        "load %.1f ms, first run %.1f ms, %d runs, activations %s%n",
        timing.load / 1e6,
        timing.first / 1e6,
        timing.sorted.length,
        Commands.bytes(session.activationBytes()));
    if (profile) {
      ProfileTable.print(out, kernels);
    }
  }

  private static double throughput(Timing timing) {
    return timing.sorted.length / (Arrays.stream(timing.sorted).sum() / 1e9);
  }
}
