package dev.lathe.jmh;

import dev.lathe.ir.ElementType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Compare} is asked for.
 *
 * @param folder where the models are
 * @param threads the threads that compute one run
 * @param seconds how long each engine is measured for each model, when warm
 * @param batch the samples that a run computes, where a model leaves that open; 0 for those of its
 *     test data
 * @param only the names of the models to measure; all where empty
 * @param cold whether fresh processes are measured, each until its first outputs
 * @param archive whether cold processes have the JVM's ahead-of-time cache
 * @param precision in which Lathe computes; the peer always computes in f32
 * @param report where the table is written beside standard output; null for nowhere
 */
record CompareOptions(
    Path folder,
    int threads,
    double seconds,
    int batch,
    List<String> only,
    boolean cold,
    boolean archive,
    ElementType precision,
    @Nullable Path report) {

  static final String USAGE =
      "usage: Compare FOLDER [--threads N] [--seconds S] [--batch N] [--models a,b]"
          + " [--cold [--archive]] [--precision f32|bf16|f16] [--report FILE.md]";

  /**
   * Reads the arguments of a command line.
   *
   * @throws IllegalArgumentException if they are not understood; the message names the first
   */
  static CompareOptions parse(String... args) {
    if (args.length == 0 || args[0].startsWith("--")) {
      throw new IllegalArgumentException("the folder of the models must come first");
    }
    int threads = 2;
    double seconds = 3;
    int batch = 0;
    List<String> only = List.of();
    boolean cold = false;
    boolean archive = false;
    ElementType precision = ElementType.F32;
    Path report = null;
    for (int i = 1; i < args.length; i++) {
      switch (args[i]) {
        case "--threads" -> threads = whole(args[i], value(args, ++i));
        case "--seconds" -> seconds = positive(args[i], value(args, ++i));
        case "--batch" -> batch = whole(args[i], value(args, ++i));
        case "--models" -> only = Arrays.asList(value(args, ++i).split(",", -1));
        case "--report" -> report = Path.of(value(args, ++i));
        case "--precision" -> precision = precision(value(args, ++i));
        case "--cold" -> cold = true;
        case "--archive" -> archive = true;
        default -> throw new IllegalArgumentException("there is no option " + args[i]);
      }
    }
    if (archive && !cold) {
      throw new IllegalArgumentException("--archive is about cold starts: give --cold as well");
    }
    if (cold && precision != ElementType.F32) {
      throw new IllegalArgumentException(
          "--cold is measured in f32 alone: leave --precision " + precision + " away");
    }
    return new CompareOptions(
        Path.of(args[0]), threads, seconds, batch, only, cold, archive, precision, report);
  }

  private static ElementType precision(String text) {
    return switch (text) {
      case "f32" -> ElementType.F32;
      case "bf16" -> ElementType.BF16;
      case "f16" -> ElementType.F16;
      default ->
          throw new IllegalArgumentException("--precision must be f32, bf16 or f16, not " + text);
    };
  }

  private static String value(String[] args, int index) {
    if (index >= args.length) {
      throw new IllegalArgumentException(args[index - 1] + " needs a value");
    }
    return args[index];
  }

  private static int whole(String option, String text) {
    double value = positive(option, text);
    if (value != Math.rint(value)) {
      throw new IllegalArgumentException(option + " must be a whole number, not " + text);
    }
    return (int) value;
  }

  private static double positive(String option, String text) {
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value < 1e6) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " must be a number, not " + text, e);
    }
    throw new IllegalArgumentException(option + " must be above 0 and below 1000000, not " + text);
  }

  /**
   * The models to measure, by name.
   *
   * @throws IllegalArgumentException if the folder or a named model is not there
   */
  List<ModelFolder> models() {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(folder + " is no folder");
    }
    List<ModelFolder> all = ModelFolder.below(folder);
    List<String> names = all.stream().map(ModelFolder::name).toList();
    for (String name : only) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "there is no " + name + "/model.onnx in " + folder + "; it has " + names);
      }
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException("no folder in " + folder + " has a model.onnx");
    }
    return all.stream().filter(m -> only.isEmpty() || only.contains(m.name())).toList();
  }
}
