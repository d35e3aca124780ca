package dev.lathe.frontend.language;

import static dev.lathe.frontend.language.Poison.POISON;

import dev.lathe.frontend.language.Syntax.Parameter;
import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.Suggestions;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls blocks and imported models. */
final class BlockCaller {
  /** Deeper calls are taken for a recursion without an end. */
  private static final int DEEPEST = 64;

  private final Elaborator elaborator;
  private final Caller caller;

  BlockCaller(Elaborator elaborator, Caller caller) {
    this.elaborator = elaborator;
    this.caller = caller;
  }

  /**
   * Runs a block, or without its tensors gives the block with its other arguments.
   *
   * @param before arguments that were given before
   */
  Object call(
      Callable.OfBlock callee,
      Map<String, Object> before,
      CommonOptions defaults,
      Caller.Call call,
      Callable.@Nullable OfShared shared) {
    List<Parameter> parameters = callee.block().parameters();
    List<String> names = parameters.stream().map(each -> each.name().text()).toList();
    List<Caller.Given> rest = new ArrayList<>();
    CommonOptions options = caller.options(names, call, rest);
    if (options == null) {
      return POISON;
    }
    Map<String, Object> given = new LinkedHashMap<>(before);
    Map<String, Span> spans = new LinkedHashMap<>();
    if (!bind(callee, rest, given, spans)) {
      return POISON;
    }
    List<Parameter> missing =
        parameters.stream()
            .filter(each -> each.fallback() == null && !given.containsKey(each.name().text()))
            .toList();
    if (!missing.isEmpty()) {
      boolean areInputs =
          missing.stream().allMatch(each -> each.type() == null || Types.isTensor(each.type()))
              && given.values().stream().noneMatch(Value.class::isInstance);
      if (areInputs) {
        return new Callable.OfPartial(callee, given, options.or(defaults));
      }
      return elaborator.fail(
          call.callee(),
          callee.name() + "() needs " + quoted(missing),
          "",
          new Diagnostic.Note(callee.block().name().span(), "it is defined here"));
    }
    if (given.containsValue(POISON)) {
      return POISON;
    }
    return run(callee, given, spans, options.or(defaults), call, shared);
  }

  private static String quoted(List<Parameter> parameters) {
    return String.join(
        " and ", parameters.stream().map(each -> "'" + each.name().text() + "'").toList());
  }

  private boolean bind(
      Callable.OfBlock callee,
      List<Caller.Given> arguments,
      Map<String, Object> given,
      Map<String, Span> spans) {
    List<String> open =
        callee.block().parameters().stream()
            .map(each -> each.name().text())
            .filter(name -> !given.containsKey(name))
            .toList();
    List<String> all =
        callee.block().parameters().stream().map(each -> each.name().text()).toList();
    int position = 0;
    boolean isSound = true;
    for (Caller.Given each : arguments) {
      String name;
      if (each.name() != null) {
        name = each.name().text();
        if (!all.contains(name)) {
          elaborator.fail(
              each.name().span(),
              callee.name() + "() has no parameter '" + name + "'",
              Suggestions.help(name, all));
          isSound = false;
          continue;
        }
      } else if (position < open.size()) {
        name = open.get(position++);
      } else {
        elaborator.fail(
            each.span(),
            callee.name()
                + "() takes "
                + all.size()
                + (all.size() == 1 ? " argument" : " arguments"),
            all.isEmpty() ? "" : "its parameters are " + String.join(", ", all));
        return false;
      }
      if (spans.put(name, each.span()) != null) {
        elaborator.fail(each.span(), "'" + name + "' is given twice", "remove one");
        isSound = false;
      }
      given.put(name, each.value());
    }
    return isSound;
  }

  private Object run(
      Callable.OfBlock callee,
      Map<String, Object> given,
      Map<String, Span> spans,
      CommonOptions options,
      Caller.Call call,
      Callable.@Nullable OfShared shared) {
    Frame.Place outer = call.frame().place();
    if (outer.depth() >= DEEPEST) {
      return elaborator.fail(
          call.callee(), callee.name() + "() is called more than " + DEEPEST + " calls deep", "");
    }
    String path;
    boolean again = outer.again();
    if (shared != null) {
      path = shared.path();
      again |= shared.isUsed();
    } else {
      path = Elaborator.path(call.frame().names(), options, callee.name());
    }
    Frame frame =
        new Frame(
            callee.unit(),
            outer.inside(path, again, outer.trainable() && options.trainable().orElse(true)));
    elaborator.enter(callee.name(), call.whole());
    try {
      boolean isSound = true;
      for (Parameter parameter : callee.block().parameters()) {
        isSound &= set(parameter, given, spans, frame, callee, call);
      }
      if (!isSound) {
        return POISON;
      }
      elaborator.run(callee.block().body(), frame);
      Object result = result(callee, frame);
      for (Object each : result instanceof List<?> list ? list : List.of(result)) {
        elaborator.returned(each, call.whole());
      }
      return result;
    } finally {
      elaborator.leave();
    }
  }

  private boolean set(
      Parameter parameter,
      Map<String, Object> given,
      Map<String, Span> spans,
      Frame frame,
      Callable.OfBlock callee,
      Caller.Call call) {
    String name = parameter.name().text();
    Object value = given.get(name);
    Span from = spans.getOrDefault(name, call.callee());
    if (value == null && parameter.fallback() != null) {
      value = elaborator.evaluator().operand(parameter.fallback(), frame);
      from = parameter.fallback().span();
    }
    if (value == null) {
      return false;
    }
    if (parameter.type() != null) {
      value =
          Types.check(
              elaborator,
              parameter.type(),
              value,
              frame,
              from,
              "'" + name + "' of " + callee.name() + "()");
    }
    frame.variables().put(name, value);
    return value != POISON;
  }

  private Object result(Callable.OfBlock callee, Frame frame) {
    List<Syntax.Output> outputs = callee.block().outputs();
    List<Object> values = outputs(outputs, frame, callee.block().name(), callee.block().body());
    if (values == null) {
      return POISON;
    }
    List<Object> checked = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      Syntax.Type type = i < outputs.size() ? outputs.get(i).type() : null;
      if (type != null) {
        value =
            Types.check(
                elaborator,
                type,
                value,
                frame,
                outputs.get(i).name().span(),
                "output '" + outputs.get(i).name().text() + "'");
      }
      if (value == POISON) {
        return POISON;
      }
      checked.add(value);
    }
    return checked.size() == 1 ? checked.get(0) : checked;
  }

  /** What a body gives: what it returns, or what the names of its outputs are; null if wrong. */
  @Nullable List<Object> outputs(
      List<Syntax.Output> outputs, Frame frame, Syntax.Name of, Syntax.Body body) {
    List<Object> returned = frame.returned();
    if (returned != null) {
      return returned(returned, outputs, frame, of);
    }
    boolean isUnclear = frame.isBroken() || elaborator.isExhausted();
    if (outputs.isEmpty()) {
      if (!isUnclear) {
        elaborator.fail(of.span(), "'" + of.text() + "' returns nothing", "end it with: return x");
      }
      return null;
    }
    List<Object> values = new ArrayList<>();
    for (Syntax.Output output : outputs) {
      Object value = frame.variables().get(output.name().text());
      if (value == null && !isUnclear) {
        Span elsewhere = Assignments.find(body, output.name().text());
        elaborator.fail(
            output.name().span(),
            "the output '" + output.name().text() + "' gets no value",
            elsewhere != null
                ? "give it a value in every case"
                : "write " + output.name().text() + " = …, or return it",
            elsewhere == null
                ? new Diagnostic.Note[0]
                : new Diagnostic.Note[] {new Diagnostic.Note(elsewhere, "this is not run")});
      }
      values.add(
          value == null
              ? POISON
              : value instanceof ImportedModel.Use use ? use.outputs().get(0) : value);
    }
    return values;
  }

  private @Nullable List<Object> returned(
      List<Object> returned, List<Syntax.Output> outputs, Frame frame, Syntax.Name of) {
    if (returned.size() == 1
        && outputs.size() > 1
        && returned.get(0) instanceof List<?> list
        && list.size() == outputs.size()) {
      return List.copyOf(list);
    }
    if (outputs.isEmpty() || returned.size() == outputs.size()) {
      return returned;
    }
    if (!returned.contains(POISON)) {
      Span span = frame.returnSpan();
      elaborator.fail(
          span == null ? of.span() : span,
          "'"
              + of.text()
              + "' has "
              + (outputs.size() == 1 ? "one output" : outputs.size() + " outputs")
              + ", and this returns "
              + (returned.size() == 1
                  ? Described.of(returned.get(0))
                  : returned.size() + " values"),
          "",
          new Diagnostic.Note(outputs.get(0).span(), "its outputs are declared here"));
    }
    return null;
  }

  /** Copies an imported model. */
  Object call(Callable.OfImport callee, Caller.Call call, Callable.@Nullable OfShared shared) {
    ImportedModel model = callee.model();
    List<String> names = model.graph().forward().inputNames();
    List<Caller.Given> rest = new ArrayList<>();
    CommonOptions options = caller.options(names, call, rest);
    Map<String, @Nullable Object> given = new LinkedHashMap<>();
    if (options == null || !caller.name(names, 0, callee, call.with(rest), given)) {
      return POISON;
    }
    if (call.hasPoison()) {
      return POISON;
    }
    List<Value> inputs = new ArrayList<>();
    for (String name : names) {
      Object value = given.remove(name);
      if (!(value instanceof Value tensor)) {
        return elaborator.fail(
            call.spanOf(name),
            value == null
                ? model.name() + " needs its input '" + name + "'"
                : "input '"
                    + name
                    + "' of "
                    + model.name()
                    + " is a tensor, not "
                    + Described.of(value),
            "its inputs are " + String.join(", ", names));
      }
      inputs.add(tensor);
    }
    if (!given.isEmpty()) {
      String extra = given.keySet().iterator().next();
      return elaborator.fail(
          call.spanOf(extra),
          model.name() + " has no input '" + extra + "'",
          Suggestions.help(extra, names));
    }
    Frame.Place outer = call.frame().place();
    String path =
        shared != null
            ? shared.path()
            : Elaborator.path(call.frame().names(), options, model.name());
    boolean again = outer.again() || (shared != null && shared.isUsed());
    try {
      ImportedModel.Use use =
          model.apply(
              elaborator.scope(),
              outer.inside(path, again, outer.trainable() && options.trainable().orElse(true)),
              path,
              inputs);
      use.outputs().forEach(value -> elaborator.made(value, call.whole()));
      return use;
    } catch (LayerException e) {
      return elaborator.fail(call.callee(), e, caller.origins(List.copyOf(inputs), call.whole()));
    }
  }
}
