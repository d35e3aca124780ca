package dev.lathe.frontend.language;

import static dev.lathe.frontend.language.Poison.POISON;

import dev.lathe.frontend.layers.ModelScope;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads models that are written in the Lathe language; docs/language.md is its reference.
 *
 * <p>The methods keep no state and may be called by several threads at once.
 */
public final class LatheCompiler {

  /**
   * What became of a source.
   *
   * @param models those that are sound, by name
   * @param diagnostics everything that is wrong, warnings too
   */
  public record Result(Map<String, LatheModel> models, List<Diagnostic> diagnostics) {
    public Result {
      models = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(models));
      diagnostics = List.copyOf(diagnostics);
    }

    /** True if something keeps a model from being made. */
    public boolean hasErrors() {
      return diagnostics.stream().anyMatch(Diagnostic::isError);
    }
  }

  private LatheCompiler() {}

  /**
   * Reads a file and all of its models.
   *
   * @param arena owns the data of imported models
   * @throws IOException if the file cannot be read
   */
  public static Result read(Path file, Arena arena) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    return read(UnitLoader.read(file), folder, arena);
  }

  /**
   * Reads a source and all of its models.
   *
   * @param folder where imports are looked for; null if there are none
   * @param arena owns the data of imported models
   */
  public static Result read(Source source, @Nullable Path folder, Arena arena) {
    Diagnostics diagnostics = new Diagnostics();
    Map<String, LatheModel> models = new LinkedHashMap<>();
    Syntax.File file = null;
    try {
      UnitLoader loader = new UnitLoader(diagnostics, arena);
      Unit unit = loader.load(source, folder);
      file = unit.file();
      new NameChecker(unit, diagnostics).check();
      for (Unit imported : loader.imported()) {
        Diagnostics others = new Diagnostics();
        new NameChecker(imported, others).check();
        others.all().stream().filter(Diagnostic::isError).forEach(diagnostics::add);
      }
      for (Syntax.Item item : unit.file().items()) {
        if (item instanceof Syntax.Model model) {
          Diagnostics own = new Diagnostics();
          elaborate(unit, model, own).ifPresent(sound -> models.put(model.name().text(), sound));
          own.all().forEach(diagnostics::add);
        }
      }
    } catch (StackOverflowError e) {
      diagnostics.error(
          new Span(source, 0, 0), "the source is nested too deeply", "give parts of it names");
    }
    return new Result(diagnostics.hasErrors() ? Map.of() : models, told(file, diagnostics.all()));
  }

  /**
   * Leaves out warnings about items with errors: what seems to be of no use is mostly what the
   * error keeps from being used.
   */
  private static List<Diagnostic> told(Syntax.@Nullable File file, List<Diagnostic> all) {
    List<Span> errors = all.stream().filter(Diagnostic::isError).map(Diagnostic::span).toList();
    List<Diagnostic> told = new ArrayList<>();
    for (Diagnostic each : all) {
      Span around = file == null ? each.span() : file.span();
      for (Syntax.Item item : file == null ? List.<Syntax.Item>of() : file.items()) {
        boolean isOwner = item.span().contains(each.span()) && !(item instanceof Syntax.Import);
        around = isOwner ? item.span() : around;
      }
      if (each.isError() || errors.stream().noneMatch(around::contains)) {
        told.add(each);
      }
    }
    return told;
  }

  /**
   * The only model of a file.
   *
   * @throws LatheException if something is wrong with it, or it has none or several
   */
  public static LatheModel only(Result result, Path file) {
    if (result.hasErrors()) {
      throw new LatheException(result.diagnostics().stream().filter(Diagnostic::isError).toList());
    }
    Map<String, LatheModel> models = result.models();
    if (models.size() == 1) {
      return models.values().iterator().next();
    }
    Span start = new Span(Source.of(file.toString(), ""), 0, 0);
    throw new LatheException(
        List.of(
            models.isEmpty()
                ? Diagnostic.error(
                    start,
                    "there is no model in this file",
                    "write: model Name(x: f32[N, 10]) -> (y) { … }")
                : Diagnostic.error(
                    start,
                    "there are several models in this file: " + String.join(", ", models.keySet()),
                    "put each into a file of its own, and what they share into one they import")));
  }

  private static Optional<LatheModel> elaborate(
      Unit unit, Syntax.Model model, Diagnostics diagnostics) {
    Graph graph = new Graph(model.name().text());
    ModelScope scope = new ModelScope(graph.newBlock());
    Elaborator elaborator = new Elaborator(diagnostics, scope);
    Frame frame = new Frame(unit, Frame.Place.MODEL);
    List<String> inputs = new ArrayList<>();
    for (Syntax.Parameter parameter : model.parameters()) {
      inputs.add(parameter.name().text());
      frame.variables().put(parameter.name().text(), input(elaborator, parameter, frame));
    }
    elaborator.run(model.body(), frame);
    List<Value> outputs = outputs(elaborator, model, frame);
    List<String> names = model.outputs().stream().map(each -> each.name().text()).toList();
    boolean isDistinct =
        inputs.stream().distinct().count() == inputs.size()
            && names.stream().distinct().count() == names.size();
    if (diagnostics.hasErrors() || outputs == null || outputs.isEmpty() || !isDistinct) {
      return Optional.empty();
    }
    graph.add(new Function(Graph.FORWARD, scope.builder().finish(outputs), inputs, names));
    return Optional.of(new LatheModel(graph, scope.parameters()));
  }

  private static Object input(Elaborator elaborator, Syntax.Parameter parameter, Frame frame) {
    Syntax.Name name = parameter.name();
    if (parameter.type() == null || !Types.isTensor(parameter.type())) {
      return elaborator.fail(
          parameter.type() == null ? name.span() : parameter.type().span(),
          "the input '" + name.text() + "' needs an element type and a shape",
          "write " + name.text() + ": f32[N, 10]");
    }
    if (parameter.fallback() != null) {
      return elaborator.fail(
          parameter.fallback().span(), "an input of a model has no default", "remove it");
    }
    TensorType type = Types.tensor(elaborator, parameter.type(), frame, true);
    if (type == null) {
      return POISON;
    }
    Value value = elaborator.scope().builder().argument(name.text(), type);
    elaborator.made(value, parameter.span());
    return value;
  }

  private static @Nullable List<Value> outputs(
      Elaborator elaborator, Syntax.Model model, Frame frame) {
    List<Object> values = elaborator.outputs(model.outputs(), frame, model.name(), model.body());
    if (values == null || values.size() != model.outputs().size()) {
      return null;
    }
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      Syntax.Output output = model.outputs().get(i);
      Span span = output.name().span();
      String what = "the output '" + output.name().text() + "'";
      if (value != POISON && output.type() != null) {
        value = Types.check(elaborator, output.type(), value, frame, span, what);
      }
      if (value instanceof Value tensor) {
        outputs.add(elaborator.arithmetic().settled(tensor));
      } else if (value != POISON) {
        Span from = Assignments.find(model.body(), output.name().text());
        elaborator.fail(
            span,
            what + " must be a tensor, not " + Described.of(value),
            Described.tensorHelp(value),
            from == null
                ? new Diagnostic.Note[0]
                : new Diagnostic.Note[] {new Diagnostic.Note(from, "it gets its value here")});
      }
    }
    return outputs.size() == model.outputs().size() ? outputs : null;
  }
}
