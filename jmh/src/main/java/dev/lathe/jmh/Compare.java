package dev.lathe.jmh;

import dev.lathe.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures Lathe beside ONNX Runtime and prints a Markdown table of medians and ratios.
 *
 * <p>Each engine has a process of its own: in one, the threads of both wait actively on the same
 * processors and slow each other down. Both are warmed up, then take turns in short rounds, so that
 * a change of the machine's load meets both; the median is over all runs of all rounds.
 *
 * <p>With {@code --cold}, fresh processes take turns, and what is measured is from before the
 * engine's first class is loaded until the first outputs are there (Lathe's from a compiled jar),
 * and the peak resident memory. With {@code --archive} as well, both engines' processes have the
 * JVM's ahead-of-time cache of an earlier run of the same, and {@code lathe}'s launcher's options.
 *
 * <pre>
 * Compare FOLDER [--threads N] [--seconds S] [--models a,b] [--cold [--archive]] [--report FILE]
 * </pre>
 */
public final class Compare {
  private static final int ROUNDS = 6;
  private static final int COLD_ROUNDS = 9;
  private static final List<String> LAUNCHER_OPTIONS =
      List.of("-XX:+UseSerialGC", "-XX:CompileThresholdScaling=8", "-Xlog:disable");

  private final Path folder;
  private final List<String> arguments;
  private final List<String> table = new ArrayList<>();
  private int threads = 2;
  private double seconds = 3;
  private boolean cold;
  private boolean archive;
  private List<String> only = List.of();
  private @Nullable Path report;

  private Compare(String[] args) {
    this.folder = Path.of(args[0]);
    this.arguments = List.of(args);
    for (int i = 1; i < args.length; i++) {
      switch (args[i]) {
        case "--threads" -> threads = Integer.parseInt(args[++i]);
        case "--seconds" -> seconds = Double.parseDouble(args[++i]);
        case "--models" -> only = Arrays.asList(args[++i].split(",", -1));
        case "--report" -> report = Path.of(args[++i]);
        case "--cold" -> cold = true;
        case "--archive" -> archive = true;
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
  }

  /** Runs the comparison; see the class. */
  public static void main(String[] args) throws IOException {
    if (args.length == 0) {
      throw new IllegalArgumentException(
          "usage: Compare FOLDER [--threads N] [--seconds S] [--models a,b]"
              + " [--cold [--archive]] [--report FILE]");
    }
    new Compare(args).run();
  }

  private void run() throws IOException {
    List<String> columns =
        cold
            ? List.of("model", "lathe ms", "peer ms", "ratio", "lathe peak MB", "peer peak MB")
            : List.of("model", "lathe ms", "peer ms", "ratio", "lathe p90", "peer p90");
    row("| " + String.join(" | ", columns) + " |");
    row("|---".repeat(columns.size()) + "|");
    List<Double> ratios = new ArrayList<>();
    for (ModelFolder model : ModelFolder.below(folder)) {
      if (only.isEmpty() || only.contains(model.name())) {
        ratios.add(cold ? cold(model) : warm(model));
      }
    }
    double mean =
        Statistics.geometricMean(ratios.stream().mapToDouble(Double::doubleValue).toArray());
    row(String.format(Locale.ROOT, "| geometric mean of %d | | | %.3f | | |", ratios.size(), mean));
    if (report != null) {
      List<String> lines = new ArrayList<>(conditions());
      lines.addAll(table);
      Path beside = Files.createTempFile(report.toAbsolutePath().getParent(), "report", ".md");
      Files.write(beside, lines);
      Files.move(beside, report, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** What was measured, where and how, for a report. */
  private List<String> conditions() throws IOException {
    String processor = System.getProperty("os.arch");
    Path info = Path.of("/proc/cpuinfo");
    if (Files.isReadable(info)) {
      for (String line : Files.readAllLines(info)) {
        if (line.startsWith("model name")) {
          processor = line.substring(line.indexOf(':') + 1).strip();
          break;
        }
      }
    }
    return List.of(
        "Compare " + String.join(" ", arguments),
        "",
        processor
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " processors, "
            + threads
            + " threads; Java "
            + Runtime.version()
            + "; the peer is ONNX Runtime "
            + ai.onnxruntime.OrtEnvironment.getEnvironment().getVersion(),
        "");
  }

  private void row(String line) {
    table.add(line);
    System.out.println(line);
  }

  /** Prints the row of a model, and gives the ratio of the medians. */
  private double row(ModelFolder model, long[] ours, long[] theirs, long other, long another) {
    double a = Statistics.median(ours) / 1e6;
    double b = Statistics.median(theirs) / 1e6;
    row(
        String.format(
            Locale.ROOT,
            "| %s | %.3f | %.3f | %.3f | %.3f | %.3f |",
            model.name(),
            a,
            b,
            a / b,
            other / 1e6,
            another / 1e6));
    return a / b;
  }

  private EngineProcess start(
      Class<?> main, List<String> options, String engine, Path source, ModelFolder model) {
    return EngineProcess.start(
        main,
        options,
        engine,
        source.toString(),
        model.path().toString(),
        Integer.toString(threads));
  }

  private double warm(ModelFolder model) {
    try (EngineProcess lathe =
            start(WarmRun.class, List.of(), Contender.LATHE, model.model(), model);
        EngineProcess peer =
            start(WarmRun.class, List.of(), Contender.PEER, model.model(), model)) {
      long round = (long) (seconds * 1e9 / ROUNDS);
      round(lathe, 2 * round);
      round(peer, 2 * round);
      LongStream.Builder ours = LongStream.builder();
      LongStream.Builder theirs = LongStream.builder();
      for (int i = 0; i < ROUNDS; i++) {
        Arrays.stream(round(lathe, round)).forEach(ours);
        Arrays.stream(round(peer, round)).forEach(theirs);
      }
      long[] a = ours.build().toArray();
      long[] b = theirs.build().toArray();
      return row(model, a, b, Statistics.percentile(a, 0.9), Statistics.percentile(b, 0.9));
    }
  }

  private static long[] round(EngineProcess process, long nanos) {
    process.ask(Long.toString(nanos));
    return process.answer();
  }

  private double cold(ModelFolder model) {
    Path jar = compiled(model);
    List<String> ours = archive ? archived(Contender.LATHE, jar, model) : List.of();
    List<String> theirs = archive ? archived(Contender.PEER, model.model(), model) : List.of();
    long[][] a = new long[COLD_ROUNDS][];
    long[][] b = new long[COLD_ROUNDS][];
    for (int i = 0; i < COLD_ROUNDS; i++) {
      a[i] = once(ours, Contender.LATHE, jar, model);
      b[i] = once(theirs, Contender.PEER, model.model(), model);
    }
    return row(
        model,
        column(a, 0),
        column(b, 0),
        Statistics.median(column(a, 1)),
        Statistics.median(column(b, 1)));
  }

  private long[] once(List<String> options, String engine, Path source, ModelFolder model) {
    try (EngineProcess process = start(ColdStart.class, options, engine, source, model)) {
      return process.answer();
    }
  }

  private static long[] column(long[][] rows, int index) {
    return Arrays.stream(rows).mapToLong(row -> row[index]).toArray();
  }

  /** The options of a process that uses the archive that a first such process wrote. */
  private List<String> archived(String engine, Path source, ModelFolder model) {
    Path file = temporary(model, engine + ".aot");
    List<String> training = new ArrayList<>(LAUNCHER_OPTIONS);
    training.add("-XX:AOTCacheOutput=" + file);
    once(training, engine, source, model);
    List<String> options = new ArrayList<>(LAUNCHER_OPTIONS);
    options.add("-XX:AOTCache=" + file);
    return options;
  }

  private static Path compiled(ModelFolder model) {
    Path jar = temporary(model, "model.jar");
    String[] command = {"compile", model.model().toString(), "-o", jar.toString()};
    if (Main.execute(command, System.err, System.err) != 0) {
      throw new IllegalStateException("cannot compile " + model.model());
    }
    return jar;
  }

  /** The name of a file that goes when this process does. */
  private static Path temporary(ModelFolder model, String name) {
    try {
      Path directory = Files.createTempDirectory("lathe-compare-" + model.name());
      Path file = directory.resolve(name);
      directory.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a temporary folder", e);
    }
  }
}
