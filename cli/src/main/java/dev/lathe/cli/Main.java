package dev.lathe.cli;

import dev.lathe.artifact.Build;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code lathe} command. */
@Command(
    name = "lathe",
    description = {
      "Compiles neural networks to inference libraries for the JVM.",
      "",
      "A MODEL is a source in the Lathe language (.lathe), an ONNX file (.onnx), textual IR (.ir),"
          + " or a compiled jar (.jar)."
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or input.",
      "",
      "To begin: lathe compile model.onnx -o model.jar",
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      CompileCommand.class,
      RunCommand.class,
      ConvertCommand.class,
      VerifyCommand.class,
      BenchCommand.class,
      InspectCommand.class,
      CheckCommand.class,
      FormatCommand.class,
      NewCommand.class,
      TrainingCommand.class,
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean debug;

  private @Nullable Notes notes;

  private final boolean watched;

  private Main(CommandSpec spec, boolean watched) {
    this.spec = spec;
    this.watched = watched;
  }

  /** Whether an open file of this process is a terminal; false where that cannot be told. */
  private static boolean isTerminal(Path descriptor) {
    try {
      Path target = Files.readSymbolicLink(descriptor);
      return target.toString().matches("/dev/(pts/|tty|console).*");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Whether somebody watches standard error. */
  boolean isWatched() {
    return watched;
  }

  /** Tells the version of this build. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "lathe " + Build.version(),
        "Java " + Runtime.version() + ", " + System.getProperty("os.arch")
      };
    }
  }

  /**
   * Runs the command and exits with its status.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(execute(args, System.out, System.err, isTerminal(Path.of("/proc/self/fd/2"))));
  }

  /**
   * Runs the command.
   *
   * @param args the command line
   * @param out where results go
   * @param err where errors and progress go
   * @return 0 when done, 1 when something failed, 2 on wrong usage or input
   */
  public static int execute(String[] args, PrintStream out, PrintStream err) {
    return execute(args, out, err, false);
  }

  private static int execute(String[] args, PrintStream out, PrintStream err, boolean watched) {
    Main main = new Main(CommandSpec.create(), watched);
    CommandLine commandLine = new CommandLine(main);
    commandLine.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    ErrorHandler errors = new ErrorHandler();
    commandLine.setParameterExceptionHandler(errors);
    commandLine.setExecutionExceptionHandler(errors);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    try (Notes notes = Notes.show(commandLine.getErr())) {
      main.notes = notes;
      return commandLine.execute(args);
    } catch (StackOverflowError | OutOfMemoryError | InternalError e) {
      return ErrorHandler.report(commandLine, e, errors.debug(commandLine));
    } finally {
      commandLine.getOut().flush();
      commandLine.getErr().flush();
    }
  }

  /** Whether errors shall be told with their stack trace. */
  boolean debug() {
    return debug;
  }

  /** Shows nothing less than warnings of what the library logs. */
  void onlyWarnings() {
    if (notes != null) {
      notes.onlyWarnings();
    }
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
