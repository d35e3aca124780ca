package dev.lathe.jmh;

import ai.onnxruntime.OrtEnvironment;
import dev.lathe.artifact.Build;
import dev.lathe.ir.ElementType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** On what machine, with what versions and by which commands figures came about. */
final class Conditions {
  private Conditions() {}

  /** One condition a line, in Markdown, of a comparison. */
  static List<String> of(CompareOptions options, String... args) {
    List<String> conditions = new ArrayList<>(of(Compare.class, args));
    conditions.add(1, "threads: " + options.threads());
    conditions.add(
        2,
        options.batch() == 0
            ? "inputs: the test data"
            : "inputs: "
                + options.batch()
                + " samples of the test data, where a model leaves the batch open");
    if (options.precision() != ElementType.F32) {
      conditions.add(
          "precision: Lathe "
              + options.precision()
              + ", ONNX Runtime f32; the error is that of Lathe's worst output against its own f32,"
              + " the root mean square by that of the output");
    }
    conditions.add(
        "each measured process: `"
            + command(
                options.cold() ? ColdStart.class : WarmRun.class,
                "ENGINE",
                "MODEL",
                "FOLDER",
                Integer.toString(options.threads()),
                options.cold() ? "BATCH" : "BATCH PRECISION")
            + "`");
    return conditions;
  }

  /** One condition a line, in Markdown, of anything. */
  static List<String> of(Class<?> main, String... args) {
    Runtime runtime = Runtime.getRuntime();
    return List.of(
        "machine: "
            + processor()
            + ", "
            + runtime.availableProcessors()
            + " processors; "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.version"),
        "Java: " + System.getProperty("java.vm.name") + " " + Runtime.version(),
        "Lathe "
            + Build.version()
            + ", ONNX Runtime "
            + OrtEnvironment.getEnvironment().getVersion(),
        "command: `" + command(main, args) + "`");
  }

  private static String command(Class<?> main, String... args) {
    return "java --enable-native-access=ALL-UNNAMED -cp jmh/target/benchmarks.jar "
        + main.getName()
        + " "
        + String.join(" ", args);
  }

  private static String processor() {
    Path info = Path.of("/proc/cpuinfo");
    try {
      return Files.isReadable(info)
          ? model(Files.readAllLines(info))
          : System.getProperty("os.arch");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read which processor this is", e);
    }
  }

  /** The processor's name among the lines of Linux's {@code /proc/cpuinfo}. */
  static String model(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }
}
