package dev.lathe.jmh;

import dev.lathe.cli.Main;
import dev.lathe.ir.ElementType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

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
 * <p>Inputs are the test data as they are, or with {@code --batch} so many samples of them, where a
 * model leaves the batch open; the table says which shapes were run.
 *
 * <p>With {@code --precision}, Lathe computes in bf16 or f16 and its peer in f32 as always, and the
 * table has the error of Lathe's worst output against its own f32.
 *
 * <p>{@code --report} writes the same table into a file, under the machine, the versions and the
 * commands it came from.
 *
 * <pre>
 * Compare FOLDER [--threads N] [--seconds S] [--batch N] [--models a,b] [--cold [--archive]]
 *     [--precision f32|bf16|f16] [--report FILE.md]
 * </pre>
 */
public final class Compare {
  private static final int ROUNDS = 6;
  private static final int COLD_ROUNDS = 9;
  private static final List<String> LAUNCHER_OPTIONS =
      List.of("-XX:+UseSerialGC", "-XX:CompileThresholdScaling=8", "-Xlog:disable");

  private final CompareOptions options;

  private Compare(CompareOptions options) {
    this.options = options;
  }

  /** Runs the comparison; see the class. Ends with 2 where the arguments are not understood. */
  public static void main(String[] args) throws IOException {
    CompareOptions options;
    List<ModelFolder> models;
    try {
      options = CompareOptions.parse(args);
      models = options.models();
    } catch (IllegalArgumentException e) {
      System.err.println("Compare: " + e.getMessage());
      System.err.println(CompareOptions.USAGE);
      System.exit(2);
      return;
    }
    Report report = new Compare(options).run(models);
    if (options.report() != null) {
      Files.writeString(options.report(), report.markdown(Conditions.of(options, args)));
    }
  }

  /**
   * What is measured.
   *
   * @param shapes of its inputs, for the table
   */
  private record Subject(ModelFolder folder, Batch batch, String shapes) {
    static Subject of(ModelFolder folder, int batch) {
      try (Arena arena = Arena.ofShared()) {
        Batch rows = Batch.of(folder.model(), folder.inputs(arena), batch);
        return new Subject(folder, rows, Batch.shapes(folder.inputs(rows, arena)));
      }
    }

    String name() {
      return folder.name();
    }

    Path model() {
      return folder.model();
    }
  }

  private Report run(List<ModelFolder> models) {
    Report report = new Report(options.cold() ? "peak MB" : "p90 ms", isReduced());
    System.out.println(report.header());
    for (ModelFolder model : models) {
      Subject subject = Subject.of(model, options.batch());
      System.out.println(options.cold() ? cold(subject, report) : warm(subject, report));
    }
    System.out.println(report.mean());
    return report;
  }

  private boolean isReduced() {
    return options.precision() != ElementType.F32;
  }

  private EngineProcess start(
      Class<?> main, List<String> jvm, String engine, Path source, Subject model) {
    return EngineProcess.start(
        main,
        jvm,
        engine,
        source.toString(),
        model.folder().path().toString(),
        Integer.toString(options.threads()),
        model.batch().toString(),
        options.precision().text());
  }

  /** The error of Lathe's outputs, as a process of its own finds it; 0 in f32. */
  private double error(Subject model) {
    if (!isReduced()) {
      return 0;
    }
    try (EngineProcess process =
        start(RoundingError.class, List.of(), Contender.LATHE, model.model(), model)) {
      return RoundingError.parse(process.answer());
    }
  }

  private String warm(Subject model, Report report) {
    double error = error(model);
    try (EngineProcess lathe =
            start(WarmRun.class, List.of(), Contender.LATHE, model.model(), model);
        EngineProcess peer =
            start(WarmRun.class, List.of(), Contender.PEER, model.model(), model)) {
      long round = (long) (options.seconds() * 1e9 / ROUNDS);
      round(lathe, 2 * round);
      round(peer, 2 * round);
      LongStream.Builder ours = LongStream.builder();
      LongStream.Builder theirs = LongStream.builder();
      for (int i = 0; i < ROUNDS; i++) {
        Arrays.stream(round(lathe, round)).forEach(ours);
        Arrays.stream(round(peer, round)).forEach(theirs);
      }
      return report.add(
          model.name(),
          model.shapes(),
          figures(ours.build().toArray()),
          figures(theirs.build().toArray()),
          error);
    }
  }

  private static Report.Figures figures(long[] nanos) {
    return new Report.Figures(
        Statistics.median(nanos) / 1e6, Statistics.percentile(nanos, 0.9) / 1e6);
  }

  private static long[] round(EngineProcess process, long nanos) {
    process.ask(Long.toString(nanos));
    return process.answer();
  }

  private String cold(Subject model, Report report) {
    boolean archive = options.archive();
    Path jar = compiled(model);
    List<String> ours = archive ? archived(Contender.LATHE, jar, model) : List.of();
    List<String> theirs = archive ? archived(Contender.PEER, model.model(), model) : List.of();
    long[][] a = new long[COLD_ROUNDS][];
    long[][] b = new long[COLD_ROUNDS][];
    for (int i = 0; i < COLD_ROUNDS; i++) {
      a[i] = once(ours, Contender.LATHE, jar, model);
      b[i] = once(theirs, Contender.PEER, model.model(), model);
    }
    return report.add(model.name(), model.shapes(), coldFigures(a), coldFigures(b), 0);
  }

  /** Of rows of nanoseconds and bytes. */
  private static Report.Figures coldFigures(long[][] rows) {
    return new Report.Figures(
        Statistics.median(column(rows, 0)) / 1e6, Statistics.median(column(rows, 1)) / 1e6);
  }

  private long[] once(List<String> jvm, String engine, Path source, Subject model) {
    try (EngineProcess process = start(ColdStart.class, jvm, engine, source, model)) {
      return process.answer();
    }
  }

  private static long[] column(long[][] rows, int index) {
    return Arrays.stream(rows).mapToLong(row -> row[index]).toArray();
  }

  /** The options of a process that uses the archive that a first such process wrote. */
  private List<String> archived(String engine, Path source, Subject model) {
    Path file = temporary(model, engine + ".aot");
    List<String> training = new ArrayList<>(LAUNCHER_OPTIONS);
    training.add("-XX:AOTCacheOutput=" + file);
    once(training, engine, source, model);
    List<String> jvm = new ArrayList<>(LAUNCHER_OPTIONS);
    jvm.add("-XX:AOTCache=" + file);
    return jvm;
  }

  private static Path compiled(Subject model) {
    Path jar = temporary(model, "model.jar");
    String[] command = {"compile", model.model().toString(), "-o", jar.toString()};
    if (Main.execute(command, System.err, System.err) != 0) {
      throw new IllegalStateException("cannot compile " + model.model());
    }
    return jar;
  }

  /** The name of a file that goes when this process does. */
  private static Path temporary(Subject model, String name) {
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
