package dev.lathe.cli;

import dev.lathe.compiler.BadInputException;
import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.decompile.DecompileException;
import dev.lathe.frontend.language.LatheException;
import dev.lathe.frontend.onnx.export.ExportException;
import dev.lathe.runtime.InvalidTensorException;
import dev.lathe.runtime.ModelLoadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells an error in one line, {@code lathe: error: ...}, and turns it into an exit code. */
final class ErrorHandler implements IExecutionExceptionHandler, IParameterExceptionHandler {
  /** Something failed. */
  static final int FAILED = 1;

  /** The user asked for something that makes no sense, or gave a file that does not. */
  static final int BAD_INPUT = 2;

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine commandLine = e.getCommandLine();
    error(commandLine, oneLine(String.valueOf(e.getMessage())));
    commandLine
        .getErr()
        .println("Try '" + commandLine.getCommandSpec().qualifiedName() + " --help'.");
    return BAD_INPUT;
  }

  @Override
  public int handleExecutionException(
      Exception e, CommandLine commandLine, ParseResult parseResult) {
    if (e instanceof ParameterException parameter) {
      return handleParseException(parameter, new String[0]);
    }
    return report(commandLine, e, debug(commandLine));
  }

  /** Whether {@code --debug} is given. */
  boolean debug(CommandLine commandLine) {
    CommandLine root = commandLine;
    while (root.getParent() != null) {
      root = root.getParent();
    }
    return root.getCommand() instanceof Main main && main.debug();
  }

  /** Tells an error and returns the exit code for it. */
  static int report(CommandLine commandLine, Throwable e, boolean debug) {
    if (e instanceof LatheException source) {
      source.diagnostics().forEach(each -> commandLine.getErr().println(each.render()));
    }
    error(commandLine, message(e));
    if (debug) {
      e.printStackTrace(commandLine.getErr());
    }
    return isBadInput(e) ? BAD_INPUT : FAILED;
  }

  private static void error(CommandLine commandLine, String message) {
    commandLine.getErr().println("lathe: error: " + message);
  }

  private static boolean isBadInput(Throwable e) {
    return e instanceof BadInputException
        || e instanceof ImportException
        || e instanceof ExportException
        || e instanceof LatheException
        || e instanceof DecompileException
        || e instanceof InvalidTensorException
        || e instanceof ModelLoadException
        || e instanceof NoSuchFileException;
  }

  /** What went wrong, in one line. */
  static String message(Throwable e) {
    String text = e.getMessage();
    String told =
        switch (e) {
          case NoSuchFileException file -> file.getFile() + ": " + reason(file, "no such file");
          case AccessDeniedException file -> file.getFile() + ": " + reason(file, "no permission");
          case FileSystemException file -> String.valueOf(text);
          case UncheckedIOException io -> String.valueOf(text);
          case IOException io -> String.valueOf(text);
          case BadInputException bad -> String.valueOf(text);
          case ImportException bad -> String.valueOf(text);
          case ExportException bad -> String.valueOf(text);
          case LatheException bad -> bad.summary();
          case DecompileException bad -> String.valueOf(text);
          case InvalidTensorException bad -> String.valueOf(text);
          case ModelLoadException bad -> String.valueOf(text);
          case UnsupportedOperationException unsupported when text != null -> text;
          case IllegalArgumentException argument when text != null -> text;
          case StackOverflowError overflow ->
              "the model is nested too deeply; give the JVM a larger stack:"
                  + " LATHE_JAVA_OPTS=-Xss64m";
          case OutOfMemoryError memory ->
              "out of memory ("
                  + text
                  + "); the model needs more than the machine has, or than the JVM may use";
          default ->
              "internal error: "
                  + e.getClass().getSimpleName()
                  + (text == null ? "" : ": " + text)
                  + "; please report it, with the stack trace that --debug shows";
        };
    return oneLine(told);
  }

  private static String reason(FileSystemException e, String otherwise) {
    return e.getReason() == null ? otherwise : e.getReason();
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
  }
}
