package dev.lathe.jmh;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Benchmarks} is asked for.
 *
 * @param models the folder of the models; null where none is given
 * @param report where tables are written; null for nowhere
 * @param rest what is for JMH
 */
record BenchmarkOptions(@Nullable Path models, @Nullable Path report, List<String> rest) {
  BenchmarkOptions {
    rest = List.copyOf(rest);
  }

  /**
   * Takes the options of its own out of a command line.
   *
   * @throws IllegalArgumentException if one has no value, or there are no models
   */
  static BenchmarkOptions parse(String... args) {
    Path models = null;
    Path report = null;
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--models" -> models = Path.of(value(args, ++i));
        case "--report" -> report = Path.of(value(args, ++i));
        default -> rest.add(args[i]);
      }
    }
    if (models != null && (!Files.isDirectory(models) || ModelFolder.below(models).isEmpty())) {
      throw new IllegalArgumentException(
          models
              + " has no folder with a model.onnx; fetch the models first, see"
              + " docs/performance.md");
    }
    return new BenchmarkOptions(models, report, rest);
  }

  private static String value(String[] args, int index) {
    if (index >= args.length) {
      throw new IllegalArgumentException(args[index - 1] + " needs a value");
    }
    return args[index];
  }
}
