package dev.lathe.frontend.language;

import static dev.lathe.frontend.language.Poison.POISON;

import dev.lathe.frontend.layers.Bound;
import dev.lathe.frontend.layers.Initializers;
import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.Penalties;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls what can be called. */
final class Caller {
  private final Elaborator elaborator;
  private final LayerCaller layers;
  private final BlockCaller blocks;

  Caller(Elaborator elaborator) {
    this.elaborator = elaborator;
    this.layers = new LayerCaller(elaborator, this);
    this.blocks = new BlockCaller(elaborator, this);
  }

  BlockCaller blocks() {
    return blocks;
  }

  /**
   * An argument as it is given.
   *
   * @param name null if it is given by position
   * @param value its value, maybe poison
   * @param span where it stands
   */
  record Given(Syntax.@Nullable Name name, Object value, Span span) {}

  /**
   * A call on its way.
   *
   * @param arguments what is given, in order
   * @param callee where what is called is named
   * @param whole where the call stands
   * @param frame where it is made
   */
  record Call(List<Given> arguments, Span callee, Span whole, Frame frame) {

    /** The arguments that are given by position. */
    List<Given> positional() {
      return arguments.stream().filter(each -> each.name() == null).toList();
    }

    /** Where an argument stands; the callee if it is not given. */
    Span spanOf(@Nullable String argument) {
      for (Given each : arguments) {
        if (each.name() != null && each.name().text().equals(argument)) {
          return each.span();
        }
      }
      return callee;
    }

    boolean hasPoison() {
      return arguments.stream().anyMatch(each -> each.value() == POISON);
    }

    Call with(List<Given> others) {
      return new Call(others, callee, whole, frame);
    }
  }

  /** The value of a call, whose first arguments are given. */
  Object call(Syntax.Call call, List<Given> first, Frame frame) {
    Object callee = elaborator.evaluator().value(call.callee(), frame);
    List<Given> given = new ArrayList<>(first);
    for (Syntax.Argument each : call.arguments()) {
      Object value = elaborator.evaluator().operand(each.value(), frame);
      given.add(
          new Given(each.name(), value, each.name() == null ? each.span() : each.value().span()));
    }
    if (callee == POISON) {
      return POISON;
    }
    if (!(callee instanceof Callable callable)) {
      return notCallable(call.callee(), callee);
    }
    return call(callable, given, call.callee().span(), call.span(), frame);
  }

  private Object notCallable(Syntax.Expression written, Object value) {
    boolean isName = written instanceof Syntax.Reference;
    String name = written.span().text();
    Object hidden = isName ? Vocabulary.find(name) : null;
    boolean hides = hidden instanceof Callable;
    return elaborator.fail(
        written.span(),
        (isName ? "'" + name + "' is " : "this is ")
            + Described.of(value)
            + (hides ? " here" : "")
            + ", which cannot be called",
        hidden instanceof Callable
            ? "it hides " + Described.of(hidden) + "; give it another name"
            : value instanceof Value && isName
                ? "give it to a layer: dense("
                    + name
                    + ", 10); a layer used twice is written:"
                    + " shared layer = dense(10)"
                : "",
        origins(List.of(value), written.span()));
  }

  /** The value of a call. */
  Object call(Callable callee, List<Given> given, Span at, Span whole, Frame frame) {
    Call call = new Call(List.copyOf(given), at, whole, frame);
    if (!areDistinct(call)) {
      return POISON;
    }
    try {
      return dispatch(callee, call, null);
    } catch (LayerException e) {
      return elaborator.fail(call.spanOf(e.argument()), e);
    }
  }

  private boolean areDistinct(Call call) {
    Map<String, Given> seen = new LinkedHashMap<>();
    for (Given each : call.arguments()) {
      if (each.name() == null) {
        if (!seen.isEmpty()) {
          elaborator.fail(
              each.span(),
              "this has no name, and stands behind arguments that have one",
              "give it its name, or put it before '" + seen.keySet().iterator().next() + "'");
          return false;
        }
      } else if (seen.put(each.name().text(), each) != null) {
        elaborator.fail(
            each.name().span(), "'" + each.name().text() + "' is given twice", "remove one");
        return false;
      }
    }
    return true;
  }

  /**
   * Calls.
   *
   * @param shared where weights stand that several uses share; null for weights of this use alone
   */
  Object dispatch(Callable callee, Call call, Callable.@Nullable OfShared shared) {
    return switch (callee) {
      case Callable.OfKind kind -> layers.call(kind, call, shared);
      case Callable.OfLayer layer -> layers.apply(layer, call, shared);
      case Callable.OfBlock block -> blocks.call(block, Map.of(), CommonOptions.NONE, call, shared);
      case Callable.OfPartial partial ->
          blocks.call(partial.block(), partial.given(), partial.options(), call, shared);
      case Callable.OfShared again -> {
        Object result = dispatch(again.callable(), call, again);
        if (result != POISON) {
          again.setUsed(call.whole());
        }
        yield result;
      }
      case Callable.OfSignature signature -> {
        // zeros() is an initializer, zeros([2, 3]) a tensor.
        boolean isTensor =
            signature.signature().arguments().isEmpty() && !call.arguments().isEmpty();
        Callable.OfKind function = isTensor ? Vocabulary.function(signature.name()) : null;
        yield function != null ? layers.call(function, call, shared) : signature(signature, call);
      }
      case Callable.OfBuiltin builtin -> {
        Callable.OfKind function =
            isOneTensor(call) ? Vocabulary.function(builtin.builtin().name()) : null;
        yield function != null
            ? layers.call(function, call, shared)
            : builtin(builtin.builtin(), call);
      }
      case Callable.OfImport imported -> blocks.call(imported, call, shared);
      case Callable.OfOutput output -> output(output, call);
    };
  }

  /** True for {@code max(x)} and {@code max(x, axis: 1)} of a tensor. */
  private static boolean isOneTensor(Call call) {
    List<Given> given = call.arguments();
    return !given.isEmpty()
        && given.get(0).value() instanceof Value
        && given.stream().skip(1).noneMatch(each -> each.value() instanceof Value);
  }

  private Object signature(Callable.OfSignature callee, Call call) {
    Map<String, @Nullable Object> given = new LinkedHashMap<>();
    if (!name(
        callee.signature().arguments().stream().map(a -> a.name()).toList(),
        0,
        callee,
        call,
        given)) {
      return POISON;
    }
    List<LayerException> problems = new ArrayList<>();
    Bound bound = callee.signature().bind(given, problems);
    if (report(problems, call)) {
      return POISON;
    }
    return callee.isInitializer()
        ? Initializers.make(callee.name(), bound)
        : Penalties.make(callee.signature(), bound);
  }

  private Object builtin(Builtins.Builtin builtin, Call call) {
    List<Object> values = new ArrayList<>();
    for (Given each : call.arguments()) {
      if (each.name() != null) {
        return elaborator.fail(
            each.name().span(),
            builtin.name() + "() takes its arguments without names",
            "write " + builtin.usage());
      }
      values.add(each.value());
    }
    if (call.hasPoison()) {
      return POISON;
    }
    if (values.size() < builtin.fewest() || values.size() > builtin.most()) {
      return elaborator.fail(
          call.callee(),
          builtin.name() + "() is given " + values.size() + " arguments",
          "write " + builtin.usage());
    }
    try {
      return builtin.body().apply(values);
    } catch (LayerException e) {
      return elaborator.fail(
          call.arguments().isEmpty() ? call.callee() : call.arguments().get(0).span(),
          builtin.name() + "() " + e.getMessage(),
          e.help());
    }
  }

  private Object output(Callable.OfOutput callee, Call call) {
    if (call.hasPoison()) {
      return POISON;
    }
    if (call.arguments().size() != 1
        || !(call.arguments().get(0).value() instanceof String tensor)) {
      return elaborator.fail(
          call.callee(), "output() takes the name of a tensor", "write .output(\"pool5\")");
    }
    try {
      Value value = callee.use().output(tensor);
      elaborator.made(value, call.whole());
      return value;
    } catch (LayerException e) {
      return elaborator.fail(call.arguments().get(0).span(), e);
    }
  }

  /**
   * Gives arguments their names, those by position in the order of {@code names}.
   *
   * @param skipped how many of those by position are inputs
   * @return false if there are too many, which is reported
   */
  boolean name(
      List<String> names,
      int skipped,
      Callable callee,
      Call call,
      Map<String, @Nullable Object> given) {
    List<Given> positional = call.positional();
    for (int i = skipped; i < positional.size(); i++) {
      Given each = positional.get(i);
      int index = i - skipped;
      if (index >= names.size()) {
        Object value = each.value();
        elaborator.fail(
            each.span(),
            callee.name()
                + "() "
                + (value instanceof Value || names.isEmpty()
                    ? "does not take " + Described.of(value) + " here"
                    : "takes at most "
                        + (names.size() == 1 ? "one argument" : names.size() + " arguments")
                        + (skipped > 0 ? " besides its input" : "")),
            names.isEmpty() ? "" : "its arguments are " + String.join(", ", names));
        return false;
      }
      String name = names.get(index);
      if (call.arguments().stream()
          .anyMatch(other -> other.name() != null && other.name().text().equals(name))) {
        elaborator.fail(
            each.span(), "'" + name + "' is given twice, here by position", "remove one");
        return false;
      }
      given.put(name, written(each.value()));
    }
    for (Given each : call.arguments()) {
      if (each.name() != null) {
        given.put(each.name().text(), written(each.value()));
      }
    }
    return true;
  }

  /** A value as arguments of layers take it. */
  static @Nullable Object written(Object value) {
    return switch (value) {
      case Nothing _ -> null;
      case Callable.OfKind kind
          when kind.kind().signature().arguments().stream().noneMatch(a -> a.isRequired()) ->
          kind.kind().bind(Map.of());
      case Callable.OfLayer layer -> layer.layer();
      case Callable.OfSignature signature -> {
        Bound bound = signature.signature().bind(Map.of(), new ArrayList<>());
        yield signature.isInitializer()
            ? Initializers.make(signature.name(), bound)
            : Penalties.make(signature.signature(), bound);
      }
      case List<?> list -> {
        List<@Nullable Object> elements = new ArrayList<>();
        list.forEach(each -> elements.add(written(each)));
        yield elements;
      }
      default -> value;
    };
  }

  /** Reports what is wrong with arguments. @return whether anything is */
  boolean report(List<LayerException> problems, Call call) {
    for (LayerException each : problems) {
      Span span = call.callee();
      for (Given given : call.arguments()) {
        if (given.name() != null && given.name().text().equals(each.argument())) {
          boolean isUnknown = each.getMessage().contains("has no argument");
          span = isUnknown ? given.name().span() : given.span();
        }
      }
      elaborator.fail(span, each);
    }
    return !problems.isEmpty();
  }

  /** Where tensors and layers were made that do not fit, unless that is where they are used. */
  Diagnostic.Note[] origins(List<Object> operands, Span use) {
    List<Diagnostic.Note> notes = new ArrayList<>();
    for (Object operand : operands) {
      Span origin = elaborator.origin(operand);
      if (origin != null && !use.contains(origin)) {
        String what =
            operand instanceof Value value
                ? value.type() + " comes from here"
                : "it is made here without its input";
        notes.add(new Diagnostic.Note(origin, what));
      }
    }
    return notes.stream().distinct().toArray(Diagnostic.Note[]::new);
  }

  /**
   * The common arguments of layers and blocks, taken from those that are given.
   *
   * @param own names that mean something else here
   * @return null if one is wrong, which is reported
   */
  @Nullable CommonOptions options(List<String> own, Call call, List<Given> rest) {
    CommonOptions options = CommonOptions.NONE;
    for (Given each : call.arguments()) {
      String name = each.name() == null ? "" : each.name().text();
      boolean isCommon =
          (name.equals("name") || name.equals("trainable") || name.equals("dtype"))
              && !own.contains(name);
      if (!isCommon) {
        rest.add(each);
        continue;
      }
      CommonOptions option = option(name, each.value());
      if (option == null) {
        if (each.value() != POISON && each.value() != Nothing.NONE) {
          String wanted =
              switch (name) {
                case "name" -> "a string";
                case "trainable" -> "true or false";
                default -> "an element type such as f32";
              };
          elaborator.fail(
              each.span(),
              "'" + name + "' must be " + wanted + ", not " + Described.of(each.value()),
              "");
          return null;
        }
        continue;
      }
      options = option.or(options);
    }
    return options;
  }

  private static @Nullable CommonOptions option(String name, Object value) {
    return switch (name) {
      case "name" ->
          value instanceof String text
              ? new CommonOptions(
                  java.util.Optional.of(text),
                  java.util.Optional.empty(),
                  java.util.Optional.empty())
              : null;
      case "trainable" ->
          value instanceof Boolean flag
              ? new CommonOptions(
                  java.util.Optional.empty(),
                  java.util.Optional.of(flag),
                  java.util.Optional.empty())
              : null;
      default -> {
        try {
          yield new CommonOptions(
              java.util.Optional.empty(),
              java.util.Optional.empty(),
              java.util.Optional.of(dev.lathe.frontend.layers.ArgumentKinds.DTYPE.convert(value)));
        } catch (LayerException e) {
          yield null;
        }
      }
    };
  }
}
