package dev.lathe.jmh;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures Lathe beside ONNX Runtime and prints a Markdown table of medians and ratios.
 *
 * <p>Both engines are loaded in one process and take turns in short rounds, so that a change of the
 * machine's load meets both; the median is over all runs of all rounds. With {@code --cold}, fresh
 * processes take turns instead, and what is measured is from before the engine's first class is
 * loaded until the first outputs are there, and the peak resident memory.
 *
 * <pre>Compare FOLDER [--threads N] [--seconds S] [--models a,b] [--cold]</pre>
 */
public final class Compare {
  private static final int ROUNDS = 8;
  private static final int COLD_ROUNDS = 7;

  private final Path folder;
  private final PrintStream out;
  private int threads = 2;
  private double seconds = 2;
  private boolean cold;
  private List<String> only = List.of();

  private Compare(Path folder, PrintStream out) {
    this.folder = folder;
    this.out = out;
  }

  /** Runs the comparison; see the class. */
  public static void main(String[] args) {
    if (args.length == 0) {
      throw new IllegalArgumentException(
          "usage: Compare FOLDER [--threads N] [--seconds S] [--models a,b] [--cold]");
    }
    Compare compare = new Compare(Path.of(args[0]), System.out);
    for (int i = 1; i < args.length; i++) {
      switch (args[i]) {
        case "--threads" -> compare.threads = Integer.parseInt(args[++i]);
        case "--seconds" -> compare.seconds = Double.parseDouble(args[++i]);
        case "--models" -> compare.only = Arrays.asList(args[++i].split(",", -1));
        case "--cold" -> compare.cold = true;
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    compare.run();
  }

  private void run() {
    List<String> columns = new ArrayList<>(List.of("model", "lathe ms", "onnxruntime ms", "ratio"));
    columns.addAll(
        cold
            ? List.of("lathe peak MB", "onnxruntime peak MB")
            : List.of("lathe p90", "onnxruntime p90"));
    out.println("| " + String.join(" | ", columns) + " |");
    out.println("|---".repeat(columns.size()) + "|");
    double logs = 0;
    int count = 0;
    for (ModelFolder model : ModelFolder.below(folder)) {
      if (only.isEmpty() || only.contains(model.name())) {
        logs += Math.log(cold ? cold(model) : warm(model));
        count++;
      }
    }
    out.printf(
        Locale.ROOT, "| geometric mean of %d | | | %.3f | | |%n", count, Math.exp(logs / count));
  }

  /** The ratio of the medians. */
  private double warm(ModelFolder model) {
    try (Arena arena = Arena.ofShared();
        Contender lathe = new LatheContender(model.model(), model.inputs(arena), threads);
        Contender peer = new OnnxRuntimeContender(model.model(), model.inputs(arena), threads)) {
      long round = (long) (seconds * 1e9 / ROUNDS);
      measure(lathe, 2 * round);
      measure(peer, 2 * round);
      List<Long> ours = new ArrayList<>();
      List<Long> theirs = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        ours.addAll(measure(lathe, round));
        theirs.addAll(measure(peer, round));
      }
      double ratio = percentile(ours, 0.5) / percentile(theirs, 0.5);
      out.printf(
          Locale.ROOT,
          "| %s | %.3f | %.3f | %.3f | %.3f | %.3f |%n",
          model.name(),
          percentile(ours, 0.5),
          percentile(theirs, 0.5),
          ratio,
          percentile(ours, 0.9),
          percentile(theirs, 0.9));
      return ratio;
    }
  }

  private static List<Long> measure(Contender contender, long nanos) {
    List<Long> times = new ArrayList<>();
    long end = System.nanoTime() + nanos;
    do {
      long start = System.nanoTime();
      contender.run();
      times.add(System.nanoTime() - start);
    } while (System.nanoTime() < end);
    return times;
  }

  /** A percentile in millionths: milliseconds of nanoseconds, megabytes of bytes. */
  private static double percentile(List<Long> values, double fraction) {
    List<Long> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, (long) (fraction * sorted.size()))) / 1e6;
  }

  /** The ratio of the medians over fresh processes that take turns. */
  private double cold(ModelFolder model) {
    Path jar = model.path().resolve("model.jar");
    List<long[]> ours = new ArrayList<>();
    List<long[]> theirs = new ArrayList<>();
    for (int i = 0; i < COLD_ROUNDS; i++) {
      ours.add(
          ColdStart.inFreshProcess(
              "lathe", Files.exists(jar) ? jar : model.model(), model, threads));
      theirs.add(ColdStart.inFreshProcess("onnxruntime", model.model(), model, threads));
    }
    double a = percentile(ours.stream().map(r -> r[0]).toList(), 0.5);
    double b = percentile(theirs.stream().map(r -> r[0]).toList(), 0.5);
    double rssA = percentile(ours.stream().map(r -> r[1]).toList(), 0.5);
    double rssB = percentile(theirs.stream().map(r -> r[1]).toList(), 0.5);
    out.printf(
        Locale.ROOT,
        "| %s | %.1f | %.1f | %.3f | %.1f | %.1f |%n",
        model.name(),
        a,
        b,
        a / b,
        rssA,
        rssB);
    return a / b;
  }

  /** The lines of a file, for callers that cannot go on without it. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
