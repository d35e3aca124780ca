package dev.lathe.jmh;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks with JMH, and writes Markdown tables of Lathe's ratios to its peer.
 *
 * <pre>
 * java -jar benchmarks.jar [--models FOLDER] [--report FILE.md] [options of JMH]
 * </pre>
 *
 * <p>Without {@code --models}, the benchmarks that need models are left out. What is not one of
 * these two options is JMH's: a regular expression chooses benchmarks, {@code -p threads=2} a
 * parameter, {@code -h} tells the others.
 */
public final class Benchmarks {
  private static final String WITH_MODELS = "\\.(ColdStart|Memory|Model)Benchmark\\.";
  private static final String WITH_BATCH = "\\.ModelBenchmark\\.";
  private static final String NOT_WITH_BATCH = "^(?!.*" + WITH_BATCH + ").*$";

  private Benchmarks() {}

  /** Runs; see the class. Ends with 2 where the arguments are not understood. */
  public static void main(String[] args) throws IOException, RunnerException {
    BenchmarkOptions options;
    CommandLineOptions jmh;
    try {
      options = BenchmarkOptions.parse(args);
      jmh = new CommandLineOptions(options.rest().toArray(new String[0]));
    } catch (IllegalArgumentException | CommandLineOptionException e) {
      System.err.println("benchmarks: " + e.getMessage());
      System.exit(2);
      return;
    }
    if (jmh.shouldHelp()) {
      System.out.println("[--models FOLDER] [--report FILE.md], and these of JMH:");
      jmh.showHelp();
    } else if (jmh.shouldList() || jmh.shouldListWithParams()) {
      new Runner(jmh).listWithParams(jmh);
    } else {
      List<Measured> results = run(options, jmh);
      if (options.report() != null) {
        List<String> conditions = Conditions.of(Benchmarks.class, args);
        Files.writeString(options.report(), new BenchmarkReport(results).markdown(conditions));
      }
    }
  }

  private static List<Measured> run(BenchmarkOptions options, CommandLineOptions jmh)
      throws RunnerException {
    List<Measured> results = new ArrayList<>();
    if (options.models() == null) {
      System.err.println("benchmarks: without --models FOLDER, those of whole models are left out");
      run(with(jmh).exclude(WITH_MODELS), results);
      return results;
    }
    List<String> open = new ArrayList<>();
    List<String> fixed = new ArrayList<>();
    for (ModelFolder model : ModelFolder.below(options.models())) {
      (hasOpenBatch(model) ? open : fixed).add(model.name());
    }
    List<String> all = new ArrayList<>(open);
    all.addAll(fixed);
    all.sort(null);
    run(models(with(jmh).exclude(WITH_BATCH), options.models(), jmh, all), results);
    run(models(with(jmh).exclude(NOT_WITH_BATCH), options.models(), jmh, open), results);
    run(
        models(with(jmh).exclude(NOT_WITH_BATCH), options.models(), jmh, fixed).param("batch", "0"),
        results);
    return results;
  }

  private static boolean hasOpenBatch(ModelFolder model) {
    try (Arena arena = Arena.ofShared()) {
      return !Batch.of(model.model(), model.inputs(arena), 1).equals(Batch.AS_GIVEN);
    }
  }

  private static ChainedOptionsBuilder with(CommandLineOptions jmh) {
    return new OptionsBuilder()
        .parent(jmh)
        .addProfiler(PeakMemory.class)
        .addProfiler(PassTimes.class);
  }

  /** Sets the parameters that say which models; those that the command line names stay. */
  private static ChainedOptionsBuilder models(
      ChainedOptionsBuilder builder, Path folder, CommandLineOptions jmh, List<String> models) {
    List<String> chosen = new ArrayList<>(models);
    if (jmh.getParameter("model").hasValue()) {
      chosen.retainAll(jmh.getParameter("model").get());
    }
    if (chosen.isEmpty()) {
      return builder.exclude(WITH_MODELS);
    }
    return builder
        .param("folder", folder.toAbsolutePath().toString())
        .param("model", chosen.toArray(new String[0]));
  }

  private static void run(ChainedOptionsBuilder builder, List<Measured> results)
      throws RunnerException {
    try {
      for (RunResult result : new Runner(builder.build()).run()) {
        results.add(Measured.of(result));
      }
    } catch (NoBenchmarksException e) {
      // None of those chosen is of this kind.
      return;
    }
  }
}
