package dev.lathe.cli;

import dev.lathe.CompileOptions;
import dev.lathe.compiler.BadInputException;
import dev.lathe.compiler.Models;
import dev.lathe.compiler.RandomInputs;
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
  private static final int MOST_PROFILED = 100;
  private static final int MOST_SESSIONS = 1000;

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

  @Option(
      names = "--sessions",
      paramLabel = "K",
      defaultValue = "1",
      description =
          "Sessions that run at once, each with --threads of its own; times are those of all."
              + " Default: 1.")
  private int sessions;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--profile",
      description = "Also list every kernel with its time, code, layouts and source nodes.")
  private boolean profile;

  @Mixin private BackendOption backend = new BackendOption();
  @Mixin private WaitOption wait = new WaitOption();
  @Mixin private SourceOptions source = new SourceOptions();

  /**
   * What was measured.
   *
   * @param load nanoseconds until the model was there
   * @param first nanoseconds of the first run
   * @param runsPerSecond of all sessions
   */
  private record Measurement(long load, long first, Timing timing, double runsPerSecond) {}

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Commands.require(spec);
    if (!(seconds > 0 && seconds <= TimeUnit.DAYS.toSeconds(1))) {
      throw new BadInputException("--seconds must be positive, not " + seconds);
    }
    if (sessions < 1 || sessions > MOST_SESSIONS) {
      throw new BadInputException(
          "--sessions must be from 1 to " + MOST_SESSIONS + ", not " + sessions);
    }
    wait.apply();
    long start = System.nanoTime();
    try (Arena arena = Arena.ofShared();
        Progress progress = Progress.of(command)) {
      Map<String, Tensor> given = Commands.inputs(inputFiles, arena);
      CompileOptions options = backend.applyTo(source.toOptions()).precisionInputs(given);
      try (Model loaded = Models.load(model, options, progress);
          Session session = loaded.newSession()) {
        long load = System.nanoTime() - start;
        Tensor[] inputs = RandomInputs.of(loaded.signature(), given);
        try {
          progress.accept("measuring " + loaded.name());
          Measurement measured = measure(session, inputs, load);
          List<KernelProfile> kernels = List.of();
          if (profile) {
            progress.accept("profiling " + loaded.name());
            kernels = session.profile(profiled(measured.timing()), inputs);
          }
          progress.clear();
          print(command.commandLine().getOut(), session, measured, kernels);
        } finally {
          Arrays.stream(inputs).forEach(Tensor::close);
        }
      }
    }
    return 0;
  }

  private Measurement measure(Session session, Tensor[] inputs, long load) {
    Model loaded = session.model();
    Runs runs = new Runs(session, inputs, new Tensor[loaded.signature().outputs().size()]);
    long first = runs.once();
    if (sessions > 1) {
      Sessions.Result result = Sessions.measure(loaded, sessions, inputs, seconds);
      return new Measurement(load, first, result.timing(), result.runsPerSecond());
    }
    long budget = (long) (seconds * 1e9);
    runs.measure(budget / 4);
    Timing timing = new Timing(runs.measure(budget));
    return new Measurement(load, first, timing, timing.count() / timing.seconds());
  }

  private int profiled(Timing timing) {
    double runs = seconds * 1e3 / Math.max(timing.percentile(0.5), 1e-3);
    return (int) Math.clamp(runs, 1, MOST_PROFILED);
  }

  private void print(
      PrintWriter out, Session session, Measurement measured, List<KernelProfile> kernels)
      throws IOException {
    Timing timing = measured.timing();
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("model", session.model().name());
      result.put("backend", session.model().backend());
      result.put("threads", session.model().threads());
      result.put("sessions", sessions);
      result.put("median_ms", timing.percentile(0.5));
      result.put("p90_ms", timing.percentile(0.9));
      result.put("p99_ms", timing.percentile(0.99));
      result.put("min_ms", timing.min());
      result.put("load_ms", measured.load() / 1e6);
      result.put("first_ms", measured.first() / 1e6);
      result.put("iterations", timing.count());
      result.put("throughput_per_s", measured.runsPerSecond());
      result.put("activation_bytes", session.activationBytes());
      result.put("live_activation_bytes", session.liveActivationBytes());
      if (profile) {
        result.put("kernels", ProfileTable.json(kernels));
      }
      out.print(Commands.json(result));
      return;
    }
    out.printf(
        Locale.ROOT,
        "%s on %s, %s%d thread%s: median %.3f ms, p90 %.3f, p99 %.3f, min %.3f; %.1f runs/s%n",
        session.model().name(),
        session.model().backend(),
        sessions == 1 ? "" : sessions + " sessions of ",
        session.model().threads(),
        session.model().threads() == 1 ? "" : "s",
        timing.percentile(0.5),
        timing.percentile(0.9),
        timing.percentile(0.99),
        timing.min(),
        measured.runsPerSecond());
    out.printf(
        Locale.ROOT,
        "load %.1f ms, first run %.1f ms, %d runs, activations %s%n",
        measured.load() / 1e6,
        measured.first() / 1e6,
        timing.count(),
        Commands.activations(session));
    if (profile) {
      ProfileTable.print(out, kernels);
    }
  }
}
