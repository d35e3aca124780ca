package dev.lathe.compiler;

import dev.lathe.CompileOptions;
import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.frontend.onnx.proto.OnnxReader;
import dev.lathe.frontend.onnx.proto.TensorProto;
import dev.lathe.frontend.onnx.proto.ValueInfoProto;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelOptions;
import dev.lathe.runtime.spi.Backend;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Makes models of sources and of compiled jars alike. */
public final class Models {
  private Models() {}

  /**
   * Compiles a source in memory, or loads a compiled jar as it is.
   *
   * @param progress is told what is being done
   * @throws BadInputException if the file is missing or of an unknown kind
   */
  public static Model load(Path source, CompileOptions options, Consumer<String> progress) {
    // A shape binds symbols of the graph, which then must be compiled anew.
    if (!Sources.isJar(source) || !options.shapes().isEmpty()) {
      return Compilation.of(source, options, progress).toModel();
    }
    if (!Files.exists(source)) {
      throw new BadInputException(source + ": there is no such file");
    }
    progress.accept("loading " + source);
    return Model.load(source, modelOptions(options));
  }

  /** The names of the inputs of an ONNX model, those with a default left out. */
  public static List<String> onnxInputs(Path source, Arena arena) {
    GraphProto graph = OnnxReader.readModel(source, arena).graph();
    Set<String> defaults =
        graph.initializers().stream().map(TensorProto::name).collect(Collectors.toSet());
    return graph.inputs().stream()
        .map(ValueInfoProto::name)
        .filter(name -> !defaults.contains(name))
        .toList();
  }

  /** Whether the backend of the options multiplies numbers of their precision on this machine. */
  static boolean multiplies(CompileOptions options) {
    String name = options.backend().orElse("onednn");
    for (Backend backend : ServiceLoader.load(Backend.class)) {
      if (backend.name().equals(name)) {
        return backend.multiplies(options.precision());
      }
    }
    return false;
  }

  /** What of the options concerns running. */
  static ModelOptions modelOptions(CompileOptions options) {
    ModelOptions result = ModelOptions.defaults();
    if (options.threads().isPresent()) {
      result = result.threads(options.threads().getAsInt());
    }
    if (options.backend().isPresent()) {
      result = result.backend(options.backend().get());
    }
    return result;
  }
}
