package dev.lathe.compiler;

import dev.lathe.frontend.language.Diagnostic;
import dev.lathe.frontend.language.LatheCompiler;
import dev.lathe.frontend.language.LatheModel;
import dev.lathe.frontend.weights.ParameterSpec;
import dev.lathe.frontend.weights.WeightFile;
import dev.lathe.frontend.weights.WeightMatch;
import dev.lathe.frontend.weights.WeightMatcher;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Graph;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads models in the Lathe language, with their weights. */
final class LatheSources {
  private static final System.Logger LOGGER = System.getLogger("dev.lathe.compiler");

  private LatheSources() {}

  /**
   * Reads a model.
   *
   * @param weights the file of its weights; empty for what their initialisers make
   * @throws dev.lathe.frontend.language.LatheException if something is wrong with the source
   * @throws dev.lathe.frontend.ImportException if the weights do not fit
   */
  static Graph read(Path source, Optional<Path> weights, Arena arena) {
    LatheModel model;
    try {
      LatheCompiler.Result result = LatheCompiler.read(source, arena);
      for (Diagnostic each : result.diagnostics()) {
        if (!each.isError()) {
          LOGGER.log(System.Logger.Level.WARNING, each.oneLine());
        }
      }
      model = LatheCompiler.only(result, source);
    } catch (IOException e) {
      throw new UncheckedIOException(source + ": cannot be read: " + e.getMessage(), e);
    }
    Map<String, ConstantData> given =
        weights.isPresent() ? load(model, weights.get(), arena) : Map.of();
    return model.withWeights(given, arena);
  }

  private static Map<String, ConstantData> load(LatheModel model, Path file, Arena arena) {
    List<ParameterSpec> wanted =
        model.parameters().values().stream()
            .map(each -> new ParameterSpec(each.path(), each.type()))
            .toList();
    WeightMatch match = WeightMatcher.match(wanted, WeightFile.open(file, arena));
    Map<String, ConstantData> weights = match.load();
    for (String line : match.report()) {
      LOGGER.log(System.Logger.Level.WARNING, file + ": " + line);
    }
    return weights;
  }
}
