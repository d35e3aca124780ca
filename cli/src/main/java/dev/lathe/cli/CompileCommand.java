package dev.lathe.cli;

import dev.lathe.CompileOptions;
import dev.lathe.compiler.BadInputException;
import dev.lathe.compiler.Compilation;
import dev.lathe.compiler.PrecisionErrors;
import dev.lathe.compiler.Sources;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lathe compile}. */
@Command(
    name = "compile",
    description = {
      "Compiles a model to a jar with a typed Java API.",
      "",
      "The jar needs lathe-runtime and a backend on the class path, as its manifest says; with"
          + " --bundle it holds them."
    },
    footer = {
      "",
      "Example:",
      "  lathe compile mnist.onnx -o mnist.jar --package com.example --class Mnist",
      "",
      "  try (Mnist mnist = Mnist.load()) {",
      "    Tensor probabilities = mnist.run(image).probs();",
      "  }"
    },
    mixinStandardHelpOptions = true)
final class CompileCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "The model: .lathe, .onnx or .ir.")
  private Path model = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT.jar",
      required = true,
      description = "The jar to write.")
  private Path output = Path.of("");

  @Option(
      names = "--package",
      paramLabel = "P",
      defaultValue = "models",
      description = "Package of the generated class. Default: models.")
  private String packageName = "";

  @Option(
      names = "--class",
      paramLabel = "C",
      defaultValue = "",
      description = "Name of the generated class. Default: made of the model's name.")
  private String className = "";

  @Option(
      names = "--bundle",
      description = {
        "Write a self-contained jar, with runtime, backend and natives, that runs by",
        "java -jar OUT.jar --input NAME=FILE.npy --output-dir DIR"
      })
  private boolean bundle;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write what the compiler did as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--input",
      paramLabel = "NAME=FILE",
      description =
          "An input, from a .npy file or an ONNX .pb file, on which the error of a reduced"
              + " --precision is measured. Default: the test data beside the model, else random"
              + " numbers.")
  private List<String> inputs = new ArrayList<>();

  @Mixin private SourceOptions source = new SourceOptions();

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Commands.require(spec);
    if (Sources.isJar(model)) {
      throw new BadInputException(model + ": this is compiled already; give its source");
    }
    CompileOptions options =
        source.toOptions().packageName(packageName).className(className).bundle(bundle);
    try (Arena arena = Arena.ofShared();
        Progress progress = Progress.of(command)) {
      Map<String, Tensor> given = Commands.inputs(inputs, arena);
      CompileOptions measured = options.precisionInputs(given);
      try (Compilation compilation = Compilation.of(model, measured, progress)) {
        compilation.writeJar(output);
        Map<String, Object> json = compilation.report();
        List<String> lines = new ArrayList<>();
        if (compilation.reduced() > 0) {
          json.put("precision", precision(compilation, measured, progress, lines));
        }
        if (report != null) {
          Commands.writeText(report, Commands.json(json));
        }
        progress.clear();
        PrintWriter out = command.commandLine().getOut();
        out.printf(
            "%s: %s, %s%n", output, compilation.className(), Commands.bytes(Files.size(output)));
        lines.forEach(out::println);
      } finally {
        given.values().forEach(Tensor::close);
      }
    }
    return 0;
  }

  /** What a reduced precision costs; what is said of it goes to {@code lines} too. */
  private Map<String, Object> precision(
      Compilation compilation, CompileOptions options, Progress progress, List<String> lines) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("type", options.precision().text());
    json.put("reduced", compilation.reduced());
    json.put("limit", options.precisionError());
    json.put("kept_in_f32", compilation.keptWideSources());
    try {
      PrecisionErrors errors =
          compilation
              .precisionErrors()
              .orElseGet(
                  () ->
                      PrecisionErrors.measure(model, options, options.precisionInputs(), progress));
      json.putAll(errors.json());
      lines.addAll(errors.lines(options.precision()));
    } catch (UnsupportedOperationException e) {
      lines.add("error against f32 not measured: " + ErrorHandler.message(e));
    } catch (BadInputException e) {
      if (!inputs.isEmpty()) {
        throw e;
      }
      lines.add("error against f32 not measured: " + ErrorHandler.message(e));
    }
    return json;
  }
}
