package dev.lathe.runtime.launch;

import dev.lathe.runtime.InvalidTensorException;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelLoadException;
import dev.lathe.runtime.ModelOptions;
import dev.lathe.runtime.Npy;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.internal.TensorFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code java -jar model.jar} runs in a self-contained jar: reads inputs, runs the model once,
 * and writes outputs.
 */
public final class Main {
  private static final String USAGE =
      """
      Usage: java -jar MODEL.jar --input NAME=FILE.npy... --output-dir DIR [--threads N] [--backend B]

      Runs the model once and writes NAME.npy for every output into DIR.

        --input NAME=FILE.npy  the elements of an input; once for each
        --output-dir DIR       where outputs go; made if missing
        --threads N            threads to compute with
        --backend B            onednn or reference
        --signature            only prints what the model takes and gives
      """;

  private Main() {}

  /** A command line that makes no sense. */
  private static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  /** Runs the command and exits: 0 when done, 1 when it failed, 2 on bad usage or input. */
  public static void main(String[] args) {
    System.exit(run(jar(), args, System.out, System.err));
  }

  private static Path jar() {
    try {
      return Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("this jar lies in no file", e);
    }
  }

  /**
   * Runs the command.
   *
   * @param jar the jar with the model
   * @return the exit status
   */
  static int run(Path jar, String[] args, PrintStream out, PrintStream err) {
    try {
      Arguments arguments = parse(args);
      if (arguments.help) {
        out.print(USAGE);
        return 0;
      }
      run(jar, arguments, out);
      return 0;
    } catch (UsageException | InvalidTensorException e) {
      err.println("error: " + e.getMessage());
      return 2;
    } catch (NoSuchFileException e) {
      err.println("error: " + e.getFile() + ": there is no such file");
      return 2;
    } catch (IOException | ModelLoadException | UnsupportedOperationException e) {
      err.println("error: " + e.getMessage());
      return 1;
    }
  }

  private static void run(Path jar, Arguments arguments, PrintStream out)
      throws IOException, UsageException {
    try (Model model = Model.load(jar, arguments.options)) {
      if (arguments.signature) {
        out.println(model.name() + model.signature());
        return;
      }
      Path folder = arguments.outputDir;
      if (folder == null) {
        throw new UsageException("--output-dir is missing; see --help");
      }
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      try (Session session = model.newSession()) {
        for (Map.Entry<String, Path> input : arguments.inputs.entrySet()) {
          inputs.put(input.getKey(), Npy.read(input.getValue()));
        }
        TensorFiles.write(folder, session.run(inputs));
      } finally {
        inputs.values().forEach(Tensor::close);
      }
    }
  }

  private static final class Arguments {
    final Map<String, Path> inputs = new LinkedHashMap<>();
    @Nullable Path outputDir;
    ModelOptions options = ModelOptions.defaults();
    boolean help;
    boolean signature;
  }

  private static Arguments parse(String[] args) throws UsageException {
    Arguments arguments = new Arguments();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--help", "-h" -> arguments.help = true;
        case "--signature" -> arguments.signature = true;
        case "--input" -> input(arguments, value(args, ++i));
        case "--output-dir" -> arguments.outputDir = Path.of(value(args, ++i));
        case "--backend" -> arguments.options = arguments.options.backend(value(args, ++i));
        case "--threads" ->
            arguments.options = arguments.options.threads(threads(value(args, ++i)));
        default -> throw new UsageException("unknown option " + args[i] + "; see --help");
      }
    }
    return arguments;
  }

  private static String value(String[] args, int index) throws UsageException {
    if (index == args.length) {
      throw new UsageException(args[index - 1] + " needs a value; see --help");
    }
    return args[index];
  }

  private static void input(Arguments arguments, String text) throws UsageException {
    int equals = text.lastIndexOf('=');
    if (equals < 1) {
      throw new UsageException("--input takes NAME=FILE.npy, not " + text);
    }
    String name = text.substring(0, equals);
    if (arguments.inputs.put(name, Path.of(text.substring(equals + 1))) != null) {
      throw new UsageException("input '" + name + "' is given twice");
    }
  }

  private static int threads(String text) throws UsageException {
    try {
      int threads = Integer.parseInt(text);
      if (threads >= 1) {
        return threads;
      }
    } catch (NumberFormatException e) {
      // Told below, as for numbers that are too small.
    }
    throw new UsageException("--threads takes a number of at least 1, not " + text);
  }
}
