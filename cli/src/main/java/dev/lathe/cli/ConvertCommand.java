package dev.lathe.cli;

import dev.lathe.compiler.Compilation;
import dev.lathe.compiler.Conversion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lathe convert}. */
@Command(
    name = "convert",
    description = {
      "Writes a model in another form: as an ONNX model, as a source in the Lathe language, or as"
          + " textual IR.",
      "",
      "The name of the file to write says which: .onnx, .lathe or .ir. The model is optimised"
          + " before, as compile does it; -O 0 converts it as it was read. Names of inputs,"
          + " outputs, open sizes and weights are kept.",
      "",
      "ONNX models have opset 21. What ONNX has no operator for is written as several that compute"
          + " the same. Weights of more than 1.5 GB go to a second file beside the model, with"
          + " .data added to its name. Textual IR holds all weights in base64, and is refused where"
          + " that is more than Lathe reads back, some 200 MB of weights. Sources in the Lathe"
          + " language have their weights beside them in X.safetensors; what the language has no"
          + " words for is refused."
    },
    footer = {
      "",
      "Examples:",
      "  lathe convert resnet50.lathe --weights resnet50.npz -o resnet50.onnx",
      "  lathe convert model.onnx --shape image=1x3x224x224 -o simplified.onnx",
      "  lathe convert model.onnx -O 0 -o model.ir"
    },
    mixinStandardHelpOptions = true)
final class ConvertCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      description = "The model: .lathe, .onnx, .ir or a compiled .jar.")
  private Path model = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The file to write: X.onnx, X.lathe or X.ir.")
  private Path output = Path.of("");

  @Mixin private SourceOptions source = new SourceOptions();

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Commands.require(spec);
    Conversion conversion = Conversion.of(output);
    try (Progress progress = Progress.of(command);
        Compilation compilation = Compilation.of(model, source.toOptions(), progress)) {
      progress.accept("writing " + output);
      List<Path> written = conversion.write(compilation.graph(), output);
      progress.clear();
      PrintWriter out = command.commandLine().getOut();
      for (Path file : written) {
        String title = file.equals(output) ? conversion.title() : "weights";
        out.printf("%s: %s, %s%n", file, title, Commands.bytes(Files.size(file)));
      }
    }
    return 0;
  }
}
