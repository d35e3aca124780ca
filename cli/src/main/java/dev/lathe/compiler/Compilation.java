package dev.lathe.compiler;

import dev.lathe.CompileOptions;
import dev.lathe.artifact.ArtifactWriter;
import dev.lathe.artifact.Build;
import dev.lathe.frontend.language.LatheModel;
import dev.lathe.frontend.onnx.ImportOptions;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.analysis.GraphStatistics;
import dev.lathe.passes.OptimizationLevel;
import dev.lathe.passes.PassOptions;
import dev.lathe.passes.PassReport;
import dev.lathe.passes.Passes;
import dev.lathe.passes.precision.NarrowProducts;
import dev.lathe.passes.precision.ReducedPrecisionPass;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.artifact.ArtifactFormat;
import dev.lathe.runtime.spi.Backend;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A model that was read and optimised: it owns the memory of its weights until it is closed. */
public final class Compilation implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(Compilation.class.getName());

  private final Graph graph;
  private final GraphStatistics before;
  private final PassReport passes;
  private final CompileOptions options;
  private final Consumer<String> progress;
  private final PrecisionGuard.@Nullable Result precision;
  private final Arena arena;

  private Compilation(
      Graph graph,
      GraphStatistics before,
      PassReport passes,
      CompileOptions options,
      Consumer<String> progress,
      PrecisionGuard.@Nullable Result precision,
      Arena arena) {
    this.graph = graph;
    this.before = before;
    this.passes = passes;
    this.options = options;
    this.progress = progress;
    this.precision = precision;
    this.arena = arena;
  }

  /**
   * Reads and optimises a model.
   *
   * @param progress is told what is being done
   */
  public static Compilation of(Path source, CompileOptions options, Consumer<String> progress) {
    return of(source, options, Map.of(), progress, graph -> {});
  }

  /**
   * Reads and optimises a model.
   *
   * @param constants data of inputs of an ONNX model, by name, that are taken for granted
   * @param progress is told what is being done
   * @param imported is given the graph as it was read, which is changed after that
   */
  public static Compilation of(
      Path source,
      CompileOptions options,
      Map<String, ConstantData> constants,
      Consumer<String> progress,
      Consumer<Graph> imported) {
    Arena arena = Arena.ofShared();
    boolean made = false;
    try {
      progress.accept("reading " + source);
      ImportOptions given = new ImportOptions(options.shapes(), constants);
      Supplier<Graph> reader = () -> Sources.read(source, given, options.weights(), arena);
      Graph graph = reader.get();
      if (!Sources.isJar(source)) {
        describe(graph, source, options);
      }
      imported.accept(graph);
      GraphStatistics before = GraphStatistics.of(graph);
      PassReport passes = new PassReport(List.of());
      PrecisionGuard.Result precision = null;
      if (!Sources.isJar(source)) {
        precision = precision(reader, source, options, progress);
        progress.accept("optimising " + graph.name());
        passes = optimize(graph, options, precision);
      }
      made = true;
      return new Compilation(graph, before, passes, options, progress, precision, arena);
    } finally {
      if (!made) {
        arena.close();
      }
    }
  }

  /**
   * Optimises a model that a program made.
   *
   * @param weights elements by path; weights without are what their initialisers make
   */
  public static Compilation of(
      LatheModel model, Map<String, ConstantData> weights, CompileOptions options) {
    Arena arena = Arena.ofShared();
    boolean made = false;
    try {
      Supplier<Graph> reader = () -> model.withWeights(weights, arena);
      Graph graph = reader.get();
      graph.metadata(ArtifactFormat.COMPILER, Build.version());
      graph.metadata(ArtifactFormat.OPTIONS, options.toString());
      GraphStatistics before = GraphStatistics.of(graph);
      PrecisionGuard.Result precision = precision(reader, null, options, _ -> {});
      PassReport passes = optimize(graph, options, precision);
      made = true;
      return new Compilation(graph, before, passes, options, _ -> {}, precision, arena);
    } finally {
      if (!made) {
        arena.close();
      }
    }
  }

  /**
   * Measures the error of a reduced precision, and chooses what stays f32 if it is too large; null
   * where that was not asked for, or cannot be.
   */
  private static PrecisionGuard.@Nullable Result precision(
      Supplier<Graph> reader,
      @Nullable Path source,
      CompileOptions options,
      Consumer<String> progress) {
    if (options.precision() == ElementType.F32
        || options.precisionError() >= 1
        || options.stopAfterRewrites().isPresent()
        || !Models.multiplies(options)) {
      return null;
    }
    Graph wide = reader.get();
    PassOptions passOptions =
        passOptions(options.precision(ElementType.F32)).withDumpDirectory(null);
    Passes.optimize(wide, passOptions);
    if (NarrowProducts.of(wide).isEmpty()) {
      return null;
    }
    try (Arena arena = Arena.ofShared()) {
      SampleInputs inputs =
          SampleInputs.of(source, Signature.of(wide.forward()), options.precisionInputs(), arena);
      PrecisionGuard.Result result;
      try {
        result =
            PrecisionGuard.choose(
                wide, options, passOptions.withPrecision(options.precision()), inputs, progress);
      } finally {
        inputs.tensors().stream()
            .filter(each -> !options.precisionInputs().containsValue(each))
            .forEach(Tensor::close);
      }
      String text = result.text(options.precision(), options.precisionError());
      if (!result.holds(options.precisionError())) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            wide.name() + ": " + text + ", still too much; choose --precision f32");
      } else if (!text.isEmpty()) {
        LOGGER.log(System.Logger.Level.INFO, wide.name() + ": " + text);
      }
      return result;
    } catch (BadInputException e) {
      if (!options.precisionInputs().isEmpty()) {
        throw e;
      }
      return unknown(wide, e);
    } catch (RuntimeException e) {
      // What a model cannot do with inputs that were made up is for its own runs to report.
      return unknown(wide, e);
    }
  }

  private static PrecisionGuard.@Nullable Result unknown(Graph graph, RuntimeException reason) {
    LOGGER.log(
        System.Logger.Level.INFO,
        graph.name() + ": error against f32 not measured: " + reason.getMessage());
    return null;
  }

  private static PassReport optimize(
      Graph graph, CompileOptions options, PrecisionGuard.@Nullable Result precision) {
    PassOptions passOptions = passOptions(options);
    PassReport passes =
        Passes.optimize(
            graph, precision == null ? passOptions : passOptions.withWide(precision.wide()));
    if (options.precision() != ElementType.F32 && reduced(passes) == 0) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          graph.name()
              + ": there is nothing to reduce to "
              + options.precision()
              + "; the model has no convolution, matrix product or large table in f32");
    }
    if (reduced(passes) > 0) {
      graph.metadata(Backend.PRECISION, options.precision().text());
    }
    return passes;
  }

  private static int reduced(PassReport passes) {
    return passes.rewrites().getOrDefault(ReducedPrecisionPass.RULE, 0);
  }

  /** How many nodes take narrower numbers than the model says; 0 unless that was asked for. */
  public int reduced() {
    return reduced(passes);
  }

  /** The error of the reduced precision, if it was measured. */
  public Optional<PrecisionErrors> precisionErrors() {
    return precision == null ? Optional.empty() : Optional.of(precision.errors());
  }

  /** What was taken back to f32, for people; empty for nothing. */
  public String keptWide() {
    return precision == null ? "" : precision.text(options.precision(), options.precisionError());
  }

  /** Where the products come from that were taken back to f32. */
  public List<String> keptWideSources() {
    return precision == null ? List.of() : precision.sources();
  }

  private static void describe(Graph graph, Path source, CompileOptions options) {
    graph.metadata(ArtifactFormat.COMPILER, Build.version());
    graph.metadata(ArtifactFormat.SOURCE, String.valueOf(source.getFileName()));
    graph.metadata(ArtifactFormat.SOURCE_SHA256, Sources.sha256(source));
    graph.metadata(ArtifactFormat.OPTIONS, options.toString());
    options
        .threads()
        .ifPresent(threads -> graph.metadata(ArtifactFormat.THREADS, Integer.toString(threads)));
  }

  private static PassOptions passOptions(CompileOptions options) {
    return PassOptions.defaults()
        .withLevel(OptimizationLevel.of(options.optimizationLevel()))
        .withDumpDirectory(options.dumpIr().orElse(null))
        .withPrecision(options.precision())
        .withStopAfterRewrites(options.stopAfterRewrites().orElse(PassOptions.UNLIMITED));
  }

  /** What the passes did; nothing for a jar, whose graph was optimised before. */
  public PassReport passes() {
    return passes;
  }

  /** Figures about the graph as it was read. */
  public GraphStatistics before() {
    return before;
  }

  /** What was done, for JSON. */
  public Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("name", graph.name());
    report.put("metadata", graph.metadata());
    report.put("before", figures(before));
    report.put("after", figures(GraphStatistics.of(graph)));
    report.put("rewrites", passes.rewrites());
    return report;
  }

  /** Figures about a graph, for JSON. */
  public static Map<String, Object> figures(GraphStatistics statistics) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("ops", statistics.ops());
    figures.put("parameters", statistics.parameters());
    figures.put("parameter_bytes", statistics.parameterBytes());
    figures.put("constant_bytes", statistics.constantBytes());
    Dim flops = statistics.flops();
    figures.put("flops", flops.isFixed() ? (Object) flops.value() : flops.toString());
    statistics.activationBytes().ifPresent(bytes -> figures.put("activation_bytes", bytes));
    return figures;
  }

  /** The optimised graph. */
  public Graph graph() {
    return graph;
  }

  /** A model that runs the graph; it takes over the memory, so that this need not be closed. */
  public Model toModel() {
    progress.accept("loading " + graph.name());
    boolean made = false;
    try {
      Model model = Model.of(graph, Models.modelOptions(options), this);
      made = true;
      return model;
    } finally {
      if (!made) {
        close();
      }
    }
  }

  /**
   * Writes the compiled jar, which appears whole or not at all.
   *
   * @throws IOException if it cannot be written
   * @throws BadInputException if Java does not allow the names of package and class
   */
  public void writeJar(Path jar) throws IOException {
    progress.accept("writing " + jar);
    ArtifactWriter.write(jar, graph, className(), options.bundle());
  }

  /**
   * The full name of the class that a jar will have.
   *
   * @throws BadInputException if Java does not allow it
   */
  public String className() {
    try {
      return ArtifactWriter.className(options.packageName(), options.className(), graph.name());
    } catch (IllegalArgumentException e) {
      throw new BadInputException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Frees the weights. A second call does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
