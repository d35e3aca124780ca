package dev.lathe.cli;

import dev.lathe.compiler.Models;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.internal.TensorFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** {@code lathe run}. */
@Command(
    name = "run",
    description = {
      "Runs a model once and writes its outputs.",
      "",
      "Each output goes to DIR/NAME.npy; '/' and ':' in a name become '_'."
    },
    footer = {"", "Example:", "  lathe run mnist.jar --input image=digit.npy --output-dir out"},
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "The model: .onnx, .ir or a compiled .jar.")
  private Path model = Path.of("");

  @Option(
      names = "--input",
      paramLabel = "NAME=FILE",
      description = "An input, from a .npy file or an ONNX .pb file. Once for each input.")
  private List<String> inputs = new ArrayList<>();

  @Option(
      names = "--output-dir",
      paramLabel = "DIR",
      required = true,
      description = "Where outputs go; made if missing.")
  private Path outputDir = Path.of("");

  @Mixin private BackendOption backend = new BackendOption();
  @Mixin private WaitOption wait = new WaitOption();
  @Mixin private SourceOptions source = new SourceOptions();

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Commands.require(spec);
    wait.apply();
    try (Arena arena = Arena.ofShared();
        Progress progress = Progress.of(command);
        Model loaded = Models.load(model, backend.applyTo(source.toOptions()), progress);
        Session session = loaded.newSession()) {
      Map<String, Tensor> tensors = Commands.inputs(inputs, arena);
      try {
        progress.accept("running " + loaded.name());
        TensorFiles.write(outputDir, session.run(tensors))
            .forEach((name, file) -> command.commandLine().getOut().println(file));
      } finally {
        tensors.values().forEach(Tensor::close);
      }
    }
    return 0;
  }
}
