package dev.lathe.cli;

import dev.lathe.compiler.BadInputException;
import dev.lathe.frontend.language.Diagnostic;
import dev.lathe.frontend.language.LatheCompiler;
import dev.lathe.frontend.language.LatheModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lathe check}. */
@Command(
    name = "check",
    description = {
      "Checks sources in the Lathe language without compiling them.",
      "",
      "Tells everything that is wrong at once, and of sound models what goes in and out. Exits with"
          + " 2 if there are errors; warnings alone are 0."
    },
    footer = {"", "Example:", "  lathe check model.lathe"},
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE.lathe", arity = "1..*", description = "The sources.")
  private List<Path> files = new ArrayList<>();

  @Option(names = "--json", description = "Write what was found as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Commands.require(spec).commandLine().getOut();
    PrintWriter err = Commands.require(spec).commandLine().getErr();
    List<Map<String, Object>> found = new ArrayList<>();
    boolean isSound = true;
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new BadInputException(file + ": there is no such file");
      }
      try (Arena arena = Arena.ofShared()) {
        LatheCompiler.Result result = LatheCompiler.read(file, arena);
        isSound &= !result.hasErrors();
        if (json) {
          result.diagnostics().forEach(each -> found.add(asMap(each)));
          continue;
        }
        result.diagnostics().forEach(each -> err.println(each.render()));
        if (!result.hasErrors()) {
          result.models().values().forEach(model -> describe(out, file, model));
        }
      }
    }
    if (json) {
      out.println(Commands.json(Map.of("diagnostics", found)));
    }
    return isSound ? 0 : ErrorHandler.BAD_INPUT;
  }

  private static void describe(PrintWriter out, Path file, LatheModel model) {
    long parameters =
        model.parameters().values().stream()
            .mapToLong(each -> each.type().shape().elementCount().value())
            .sum();
    var forward = model.graph().forward();
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < forward.inputNames().size(); i++) {
      inputs.add(forward.inputNames().get(i) + ": " + forward.inputs().get(i).type());
    }
    List<String> outputs = new ArrayList<>();
    for (int i = 0; i < forward.outputNames().size(); i++) {
      outputs.add(forward.outputNames().get(i) + ": " + forward.outputs().get(i).type());
    }
    out.printf(
        Locale.ROOT,
        "%s: %s(%s) -> (%s), %,d parameters%n",
        file,
        model.graph().name(),
        String.join(", ", inputs),
        String.join(", ", outputs),
        parameters);
  }

  private static Map<String, Object> asMap(Diagnostic diagnostic) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("severity", diagnostic.severity().name().toLowerCase(Locale.ROOT));
    map.put("file", diagnostic.span().source().name());
    map.put("line", diagnostic.span().line());
    map.put("column", diagnostic.span().column());
    map.put("length", diagnostic.span().end() - diagnostic.span().start());
    map.put("message", diagnostic.message());
    map.put("help", diagnostic.help());
    return map;
  }
}
