package dev.lathe.frontend.language;

import static dev.lathe.frontend.language.Poison.POISON;

import dev.lathe.frontend.layers.Argument;
import dev.lathe.frontend.layers.Bound;
import dev.lathe.frontend.layers.Layer;
import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.LayerKind;
import dev.lathe.frontend.layers.LayerUse;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls layers and tensor functions. */
final class LayerCaller {
  private final Elaborator elaborator;
  private final Caller caller;

  LayerCaller(Elaborator elaborator, Caller caller) {
    this.elaborator = elaborator;
    this.caller = caller;
  }

  /** The inputs among what is given, and how many of those by position they are. */
  private record Inputs(List<Value> tensors, List<Span> spans, int positional, boolean isPoison) {}

  /** Applies a kind of layer, or without inputs gives the layer. */
  Object call(Callable.OfKind callee, Caller.Call written, Callable.@Nullable OfShared shared) {
    LayerKind kind = callee.kind();
    Caller.Call call = kind.variadic() ? textLast(written) : written;
    List<String> own =
        new ArrayList<>(kind.signature().arguments().stream().map(Argument::name).toList());
    own.addAll(kind.inputs());
    List<Caller.Given> rest = new ArrayList<>();
    CommonOptions options = caller.options(own, call, rest);
    Inputs inputs = inputs(callee, call.with(rest));
    if (options == null || inputs == null) {
      return POISON;
    }
    Map<String, @Nullable Object> given = new LinkedHashMap<>();
    List<String> names = kind.signature().arguments().stream().map(Argument::name).toList();
    List<Caller.Given> arguments =
        rest.stream()
            .filter(each -> each.name() == null || !isInput(kind, each.name().text()))
            .toList();
    if (!caller.name(names, inputs.positional, callee, call.with(arguments), given)) {
      return POISON;
    }
    boolean isPoison = given.values().removeIf(value -> value == POISON) || inputs.isPoison;
    List<LayerException> problems = new ArrayList<>();
    Bound bound = kind.signature().bind(given, problems);
    if (isPoison) {
      problems.removeIf(problem -> problem.argument() == null);
    }
    if (caller.report(problems, named(call.with(arguments), names, inputs.positional))
        || isPoison) {
      return POISON;
    }
    Layer layer = new Layer(kind, bound);
    if (inputs.tensors.isEmpty() && kind.fewestInputs() > 0) {
      Callable.OfLayer made = new Callable.OfLayer(layer, options);
      elaborator.made(made, call.whole());
      return made;
    }
    return apply(layer, options, inputs, call, shared);
  }

  /**
   * The call with text behind the tensors that may follow it, as in {@code einsum("ij->ji", x)}.
   */
  private static Caller.Call textLast(Caller.Call call) {
    List<Caller.Given> given = new ArrayList<>(call.arguments());
    given.removeIf(LayerCaller::isText);
    call.arguments().stream().filter(LayerCaller::isText).forEach(given::add);
    return call.with(given);
  }

  private static boolean isText(Caller.Given each) {
    return each.name() == null && each.value() instanceof String;
  }

  /** The call with names for arguments that are given by position, for messages about them. */
  private static Caller.Call named(Caller.Call call, List<String> names, int skipped) {
    List<Caller.Given> given = new ArrayList<>();
    int position = 0;
    for (Caller.Given each : call.arguments()) {
      if (each.name() == null && position++ >= skipped) {
        String name = names.get(position - 1 - skipped);
        given.add(new Caller.Given(new Syntax.Name(each.span(), name), each.value(), each.span()));
      } else {
        given.add(each);
      }
    }
    return call.with(given);
  }

  private static boolean isInput(LayerKind kind, String name) {
    return !kind.variadic() && kind.inputs().contains(name);
  }

  /** Applies a layer whose arguments are given already. */
  Object apply(Callable.OfLayer callee, Caller.Call call, Callable.@Nullable OfShared shared) {
    Callable.OfKind kind = new Callable.OfKind(callee.layer().kind(), false);
    List<Caller.Given> rest = new ArrayList<>();
    CommonOptions options = caller.options(List.of(), call, rest);
    Inputs inputs = inputs(kind, call.with(rest));
    if (options == null || inputs == null || inputs.isPoison) {
      return POISON;
    }
    boolean isLeft =
        inputs.positional < call.with(rest).positional().size()
            || rest.stream()
                .anyMatch(each -> each.name() != null && !isInput(kind.kind(), each.name().text()));
    if (isLeft) {
      Caller.Given extra = rest.get(rest.size() - 1);
      return elaborator.fail(
          extra.name() != null ? extra.name().span() : extra.span(),
          "the arguments of this " + kind.name() + "() are given already",
          "give them where the layer is made");
    }
    return apply(callee.layer(), options.or(callee.options()), inputs, call, shared);
  }

  private Object apply(
      Layer layer,
      CommonOptions options,
      Inputs inputs,
      Caller.Call call,
      Callable.@Nullable OfShared shared) {
    Frame frame = call.frame();
    boolean trainable = frame.place().trainable() && options.trainable().orElse(true);
    String path;
    try {
      path =
          shared != null
              ? shared.path()
              : Elaborator.path(frame.names(), options, layer.kind().name());
    } catch (LayerException e) {
      return elaborator.fail(call.spanOf("name"), e);
    }
    boolean again = frame.place().again() || (shared != null && shared.isUsed());
    try {
      LayerUse use = new LayerUse(path, again, trainable, options.dtype());
      List<Value> outputs = elaborator.scope().apply(layer, use, inputs.tensors);
      outputs.forEach(value -> elaborator.made(value, call.whole()));
      return outputs.size() == 1 ? outputs.get(0) : List.copyOf(outputs);
    } catch (LayerException e) {
      Span span =
          e.input() >= 0 && e.input() < inputs.spans.size() && e.argument() == null
              ? call.callee()
              : call.spanOf(e.argument());
      List<Diagnostic.Note> notes =
          new ArrayList<>(List.of(caller.origins(List.copyOf(inputs.tensors), call.whole())));
      if (shared != null && shared.firstUse() != null) {
        notes.add(new Diagnostic.Note(shared.firstUse(), "its first use"));
      }
      return elaborator.fail(span, e, notes.toArray(Diagnostic.Note[]::new));
    } catch (ArithmeticException e) {
      return elaborator.fail(
          call.callee(), layer.kind().name() + "() comes to sizes that do not fit 64 bits", "");
    }
  }

  /** The inputs of a call; null if they are wrong, which is reported. */
  private @Nullable Inputs inputs(Callable.OfKind callee, Caller.Call call) {
    LayerKind kind = callee.kind();
    List<Value> tensors = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    int positional = 0;
    boolean isPoison = false;
    for (Caller.Given each : call.positional()) {
      boolean isWanted = kind.variadic() || positional < kind.inputs().size();
      if (!isWanted) {
        break;
      }
      if (each.value() == POISON) {
        // What could not be told is taken for an input while inputs are missing.
        if (positional >= Math.max(1, kind.fewestInputs())) {
          break;
        }
        isPoison = true;
        positional++;
        continue;
      }
      List<Value> more = tensors(each.value(), callee, positional, tensors);
      if (more == null && positional == 0 && isNoInput(each.value(), kind)) {
        elaborator.fail(
            each.span(),
            kind.name() + "() takes a tensor, and this is " + Described.of(each.value()),
            Described.tensorHelp(each.value()),
            caller.origins(List.of(each.value()), call.whole()));
        return null;
      }
      if (more == null && positional == 0 && isBehind(kind, callee, call)) {
        elaborator.fail(
            each.span(),
            kind.name() + "() takes its tensor first, and this is " + Described.of(each.value()),
            "write " + kind.name() + "(x, …) or x |> " + kind.name() + "(…)");
        return null;
      }
      if (more == null) {
        break;
      }
      for (Value value : more) {
        tensors.add(value);
        spans.add(each.span());
      }
      positional++;
    }
    return named(kind, call, new Inputs(tensors, spans, positional, isPoison));
  }

  /** True if a tensor stands behind what should have been one. */
  private static boolean isBehind(LayerKind kind, Callable.OfKind callee, Caller.Call call) {
    return !callee.isFunction()
        && !kind.variadic()
        && kind.fewestInputs() > 0
        && call.positional().stream().skip(1).anyMatch(each -> each.value() instanceof Value)
        && call.arguments().stream()
            .noneMatch(each -> each.name() != null && isInput(kind, each.name().text()));
  }

  /** True for tensors in a list, and for layers without inputs where no argument is a layer. */
  private static boolean isNoInput(Object value, LayerKind kind) {
    boolean takesLayers =
        kind.signature().arguments().stream()
            .map(argument -> argument.kind().wanted())
            .anyMatch(
                wanted ->
                    wanted.contains("layer")
                        || wanted.contains("activation")
                        || wanted.contains("cell"));
    return kind.fewestInputs() > 0
        && ((value instanceof List<?> list && list.stream().anyMatch(Value.class::isInstance))
            || (value instanceof Callable.OfLayer && !takesLayers));
  }

  private @Nullable Inputs named(LayerKind kind, Caller.Call call, Inputs positional) {
    List<Value> tensors = new ArrayList<>(positional.tensors);
    List<Span> spans = new ArrayList<>(positional.spans);
    boolean isPoison = positional.isPoison;
    for (int i = 0; i < kind.inputs().size() && !kind.variadic(); i++) {
      String name = kind.inputs().get(i);
      for (Caller.Given each : call.arguments()) {
        if (each.name() == null || !each.name().text().equals(name)) {
          continue;
        }
        if (each.value() == POISON) {
          isPoison = true;
        } else if (each.value() instanceof Value value) {
          if (i != tensors.size()) {
            elaborator.fail(
                each.name().span(),
                i < tensors.size()
                    ? "input '" + name + "' is given twice"
                    : "input '"
                        + name
                        + "' is given, and '"
                        + kind.inputs().get(tensors.size())
                        + "' before it is not",
                "");
            return null;
          }
          tensors.add(value);
          spans.add(each.span());
        } else if (each.value() != Nothing.NONE) {
          elaborator.fail(
              each.span(),
              "'"
                  + name
                  + "' of "
                  + kind.name()
                  + "() must be a tensor, not "
                  + Described.of(each.value()),
              "");
          return null;
        }
      }
    }
    return new Inputs(tensors, spans, positional.positional, isPoison);
  }

  /** What is given as inputs; null if it is none. */
  private @Nullable List<Value> tensors(
      Object value, Callable.OfKind callee, int position, List<Value> before) {
    boolean mayBeNumber =
        (callee.isFunction() && position < Math.max(1, callee.kind().fewestInputs()))
            || (callee.kind().variadic() && !callee.kind().name().equals("concatenate"));
    return switch (value) {
      case Value tensor -> List.of(tensor);
      case List<?> list when callee.kind().variadic() || callee.isFunction() -> {
        boolean allTensors = !list.isEmpty() && list.stream().allMatch(Value.class::isInstance);
        if (allTensors && callee.kind().variadic()) {
          yield list.stream().map(Value.class::cast).toList();
        }
        yield mayBeNumber && Constants.isTensor(list)
            ? List.of(Constants.tensor(elaborator, list, like(before, list)))
            : null;
      }
      case Long integer when mayBeNumber -> List.of(elaborator.arithmetic().number(integer));
      case Double number when mayBeNumber -> List.of(elaborator.arithmetic().number(number));
      case Boolean flag when mayBeNumber -> List.of(elaborator.arithmetic().truth(flag));
      default -> null;
    };
  }

  private static ElementType like(List<Value> before, Object list) {
    ElementType own = Constants.natural(list);
    Optional<ElementType> other =
        before.stream()
            .map(each -> each.type().elementType())
            .filter(ElementType::isFloat)
            .findFirst();
    return own == ElementType.BOOL ? own : other.filter(_ -> own.isFloat()).orElse(own);
  }
}
