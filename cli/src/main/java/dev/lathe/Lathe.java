package dev.lathe;

import dev.lathe.compiler.Compilation;
import dev.lathe.compiler.Sources;
import dev.lathe.frontend.language.LatheModel;
import dev.lathe.frontend.onnx.ImportOptions;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Graph;
import dev.lathe.runtime.Model;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Compiles models from Java, as the {@code lathe} command does from a shell.
 *
 * <pre>{@code
 * try (Model model = Lathe.compile(Path.of("mnist.onnx"));
 *     Session session = model.newSession()) {
 *   Tensor[] outputs = session.run(image);
 * }
 * }</pre>
 *
 * <p>The kind of a source is told by the end of its name: {@code .lathe} is a model in the Lathe
 * language, {@code .onnx} an ONNX model, {@code .ir} Lathe's textual IR, {@code .jar} a compiled
 * model. What is wrong with a source is told by an exception: {@link
 * dev.lathe.frontend.language.LatheException} with all that is wrong with a source in the Lathe
 * language; with a message of one line {@link dev.lathe.frontend.ImportException} for ONNX and
 * {@link dev.lathe.runtime.ModelLoadException} for a jar.
 *
 * <p>The methods keep no state and may be called by several threads at once.
 */
public final class Lathe {
  private Lathe() {}

  /** Compiles a model in memory with default options. */
  public static Model compile(Path source) {
    return compile(source, CompileOptions.defaults());
  }

  /**
   * Compiles a model in memory. Its weights stay in the mapped source, which must not be changed in
   * place until the model is closed.
   *
   * @throws UnsupportedOperationException if the backend cannot run it
   */
  public static Model compile(Path source, CompileOptions options) {
    return Compilation.of(source, options, stage -> {}).toModel();
  }

  /**
   * Compiles a model that a program made, with the weights that its initialisers make.
   *
   * @throws UnsupportedOperationException if the backend cannot run it
   */
  public static Model compile(LatheModel model, CompileOptions options) {
    return Compilation.of(model, Map.of(), options).toModel();
  }

  /**
   * Compiles a model that a program made.
   *
   * @param weights elements by path; weights without are what their initialisers make
   * @throws IllegalArgumentException if elements are of another type than declared
   * @throws UnsupportedOperationException if the backend cannot run it
   */
  public static Model compile(
      LatheModel model, Map<String, ConstantData> weights, CompileOptions options) {
    return Compilation.of(model, weights, options).toModel();
  }

  /**
   * Compiles a model to a jar, which appears whole or not at all.
   *
   * @throws IOException if the jar cannot be written
   */
  public static void compileTo(Path source, Path jar, CompileOptions options) throws IOException {
    try (Compilation compilation = Compilation.of(source, options, stage -> {})) {
      compilation.writeJar(jar);
    }
  }

  /**
   * Reads a model as a graph, not optimised.
   *
   * @param arena owns the memory of the graph's data
   */
  public static Graph importModel(Path source, Arena arena) {
    return Sources.read(source, ImportOptions.NONE, Optional.empty(), arena);
  }
}
