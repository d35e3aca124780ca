package dev.lathe.cli;

import dev.lathe.compiler.BadInputException;
import dev.lathe.frontend.language.LatheException;
import dev.lathe.frontend.language.LatheFormatter;
import dev.lathe.frontend.language.Source;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lathe format}. */
@Command(
    name = "format",
    description = {
      "Lays sources in the Lathe language out in its one style.",
      "",
      "What a source says stays as it is, comments too. A file with syntax errors is not changed;"
          + " the others are, and the command exits with 2."
    },
    footer = {
      "",
      "Examples:",
      "  lathe format model.lathe blocks.lathe",
      "  lathe format --check *.lathe     lists what is not formatted, and exits with 1 if any is",
      "  lathe format - < model.lathe     from standard input to standard output",
    },
    mixinStandardHelpOptions = true)
final class FormatCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "FILE.lathe",
      arity = "1..*",
      description = "The sources; - is standard input, which goes to standard output.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--check",
      description =
          "Change nothing; list the files that would change, and exit with 1 if any would.")
  private boolean check;

  @Option(
      names = "--stdout",
      description = "Change nothing; write what is formatted to standard output.")
  private boolean stdout;

  @Override
  public Integer call() throws IOException {
    if (check && stdout) {
      throw new ParameterException(
          Commands.require(spec).commandLine(), "--check and --stdout exclude each other");
    }
    PrintWriter out = Commands.require(spec).commandLine().getOut();
    boolean isSound = true;
    boolean isFormatted = true;
    for (String file : files) {
      String text = read(file);
      Optional<String> formatted = formatted(file, text);
      isSound &= formatted.isPresent();
      if (formatted.isEmpty()) {
        continue;
      }
      boolean isSame = formatted.get().equals(text);
      isFormatted &= isSame;
      if (check && !isSame) {
        out.println(file);
      } else if (!check && (stdout || file.equals(STANDARD_INPUT))) {
        out.print(formatted.get());
      } else if (!check && !isSame) {
        Commands.writeText(Path.of(file).toRealPath(), formatted.get());
      }
    }
    out.flush();
    if (!isSound) {
      return ErrorHandler.BAD_INPUT;
    }
    return check && !isFormatted ? ErrorHandler.FAILED : 0;
  }

  private Optional<String> formatted(String file, String text) {
    try {
      String name = file.equals(STANDARD_INPUT) ? "standard input" : file;
      return Optional.of(LatheFormatter.format(Source.of(name, text)));
    } catch (LatheException e) {
      PrintWriter err = Commands.require(spec).commandLine().getErr();
      e.diagnostics().forEach(each -> err.println(each.render()));
      return Optional.empty();
    }
  }

  private static String read(String file) throws IOException {
    byte[] bytes;
    if (file.equals(STANDARD_INPUT)) {
      bytes = System.in.readAllBytes();
    } else {
      Path path = Path.of(file);
      if (!Files.isRegularFile(path)) {
        throw new BadInputException(
            Files.isDirectory(path)
                ? file + ": this is a folder; name its .lathe files"
                : file + ": there is no such file");
      }
      bytes = Files.readAllBytes(path);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new BadInputException(file + ": this is no UTF-8 text", e);
    }
  }
}
