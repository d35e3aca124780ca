package dev.lathe.frontend.layers;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** The kinds of arguments that layers have. */
public final class ArgumentKinds {
  /** The longest list that an argument may be. */
  private static final int LONGEST_LIST = 1 << 20;

  private ArgumentKinds() {}

  private static <T> ArgumentKind<T> kind(String wanted, Function<Object, Optional<T>> convert) {
    return new ArgumentKind<>() {
      @Override
      public String wanted() {
        return wanted;
      }

      @Override
      public T convert(Object written) {
        return convert
            .apply(written)
            .orElseThrow(() -> new LayerException(Written.described(written), ""));
      }
    };
  }

  /** A kind whose values have names. */
  private static <T> ArgumentKind<T> named(
      String wanted,
      Function<Object, Optional<T>> convert,
      java.util.function.Supplier<java.util.Collection<String>> names) {
    return new ArgumentKind<>() {
      @Override
      public String wanted() {
        return wanted;
      }

      @Override
      public T convert(Object written) {
        return convert
            .apply(written)
            .orElseThrow(
                () ->
                    new LayerException(
                        Written.described(written),
                        written instanceof String name ? Suggestions.help(name, names.get()) : ""));
      }
    };
  }

  /** Any integer. */
  public static final ArgumentKind<Long> INTEGER =
      kind("an integer", written -> integer(written, Long.MIN_VALUE));

  /** An integer of at least 1. */
  public static final ArgumentKind<Long> POSITIVE =
      kind("a positive integer", written -> integer(written, 1));

  /** An integer of at least 0. */
  public static final ArgumentKind<Long> NON_NEGATIVE =
      kind("an integer of at least 0", written -> integer(written, 0));

  /** Any number. */
  public static final ArgumentKind<Double> NUMBER = kind("a number", ArgumentKinds::number);

  /** A number of at least 0. */
  public static final ArgumentKind<Double> NON_NEGATIVE_NUMBER =
      kind("a number of at least 0", written -> number(written).filter(value -> value >= 0));

  /** A number above 0. */
  public static final ArgumentKind<Double> POSITIVE_NUMBER =
      kind("a number above 0", written -> number(written).filter(value -> value > 0));

  /** A number from 0 to 1. */
  public static final ArgumentKind<Double> FRACTION =
      kind(
          "a number from 0 to 1",
          written -> number(written).filter(value -> value >= 0 && value <= 1));

  /** True or false. */
  public static final ArgumentKind<Boolean> FLAG =
      kind(
          "true or false",
          written -> written instanceof Boolean flag ? Optional.of(flag) : Optional.empty());

  /** Any string. */
  public static final ArgumentKind<String> TEXT =
      kind(
          "a string",
          written -> written instanceof String text ? Optional.of(text) : Optional.empty());

  /** An element type. */
  public static final ArgumentKind<ElementType> DTYPE =
      named("an element type such as f32", ArgumentKinds::elementType, KerasTypes::names);

  /** An integer, or a list of them; an integer is a list of one. */
  public static final ArgumentKind<List<Long>> INTEGERS =
      kind("an integer or a list of integers", ArgumentKinds::integers);

  /** A number, or a list of them; a number is a list of one. */
  public static final ArgumentKind<List<Double>> NUMBERS =
      kind("a number or a list of numbers", ArgumentKinds::numbers);

  /** A shape without the batch axis: a list of sizes, -1 for one that is inferred. */
  public static final ArgumentKind<List<Dim>> SIZES =
      kind("a list of sizes", written -> sizes(written));

  /** A number, or a symbolic size: a {@link Double} or a {@link Dim}. */
  public static final ArgumentKind<Object> NUMBER_OR_SIZE =
      kind(
          "a number or a size",
          written ->
              switch (written) {
                case Long integer -> Optional.of(Dim.of(integer));
                case Dim dim -> Optional.of(dim);
                case Double number -> Optional.of(number);
                default -> Optional.empty();
              });

  /** A size, which may be symbolic. */
  public static final ArgumentKind<Dim> SIZE =
      kind(
          "a size",
          written ->
              sizes(written)
                  .filter(list -> !(written instanceof List<?>))
                  .map(list -> list.get(0)));

  /** A size, or a list of sizes in which {@code none} stands for what follows from the input. */
  public static final ArgumentKind<List<Optional<Dim>>> SIZES_OR_NONE =
      kind("a size or a list of sizes and none", ArgumentKinds::sizesOrNone);

  /** What {@link Initializers} makes of names and calls. */
  public static final ArgumentKind<Initializer> INITIALIZER =
      named(
          "an initializer such as \"glorot_uniform\"",
          written ->
              switch (written) {
                case Initializer initializer -> Optional.of(initializer);
                case String name -> Initializers.named(name);
                case Long value -> Optional.of(new Initializer.Constant(value));
                case Double value -> Optional.of(new Initializer.Constant(value));
                default -> Optional.empty();
              },
          () -> Initializers.signatures().keySet());

  /** What {@link Penalties} makes of names and calls. */
  public static final ArgumentKind<Penalty> REGULARIZER =
      named(
          "a regularizer such as \"l2\" or l2(0.01)",
          written -> Penalties.regularizer(written),
          () -> Penalties.signatures().keySet());

  /** What {@link Penalties} makes of names and calls. */
  public static final ArgumentKind<Penalty> CONSTRAINT =
      named(
          "a constraint such as \"non_neg\" or max_norm(2.0)",
          written -> Penalties.constraint(written),
          () -> Penalties.signatures().keySet());

  /** The name of an activation, or a layer of one input. */
  public static final ArgumentKind<Activation> ACTIVATION =
      new ArgumentKind<>() {
        @Override
        public String wanted() {
          return "an activation such as \"relu\"";
        }

        @Override
        public Activation convert(Object written) {
          return switch (written) {
            case String name ->
                Activation.named(name)
                    .orElseThrow(
                        () ->
                            new LayerException(
                                Written.described(name),
                                Suggestions.help(name, Activation.names())));
            case Layer layer -> Activation.of(layer);
            default -> throw new LayerException(Written.described(written), "");
          };
        }
      };

  /** A layer without its inputs. */
  public static final ArgumentKind<Layer> LAYER =
      kind(
          "a layer such as lstm(64)",
          written -> written instanceof Layer layer ? Optional.of(layer) : Optional.empty());

  /** Several layers without their inputs. */
  public static final ArgumentKind<List<Layer>> LAYERS =
      kind("a list of layers", written -> written instanceof List<?> ? layers(written) : none());

  /** A recurrent cell, or a list of them, which is {@code stacked_rnn_cells}. */
  public static final ArgumentKind<Layer> RECURRENT_CELL =
      kind(
          "a cell such as lstm_cell(64), or a list of cells",
          written ->
              written instanceof Layer layer
                  ? Optional.of(layer)
                  : layers(written)
                      .map(
                          cells ->
                              Objects.requireNonNull(Layers.find("stacked_rnn_cells"))
                                  .bind(Map.of("cells", cells))));

  /** Anything at all, for arguments that mean nothing to inference. */
  public static final ArgumentKind<Object> ANYTHING = kind("anything", Optional::of);

  /** One of some strings. */
  public static ArgumentKind<String> oneOf(String... names) {
    List<String> known = List.of(names);
    String wanted = String.join(" or ", known.stream().map(Written::text).toList());
    return new ArgumentKind<>() {
      @Override
      public String wanted() {
        return wanted;
      }

      @Override
      public String convert(Object written) {
        if (written instanceof String text) {
          if (known.contains(text)) {
            return text;
          }
          List<String> near = Suggestions.near(text, known);
          throw new LayerException(
              Written.described(written),
              near.isEmpty() ? "" : "did you mean " + Written.text(near.get(0)) + "?");
        }
        throw new LayerException(Written.described(written), "");
      }
    };
  }

  /** A positive integer for all of so many spatial axes, or one for each. */
  public static ArgumentKind<List<Long>> sizePerAxis(int axes) {
    return perAxis(axes, 1, "positive integer");
  }

  /** An integer of at least {@code least} for all of so many spatial axes, or one for each. */
  public static ArgumentKind<List<Long>> perAxis(int axes, long least, String what) {
    String article = "aeiou".indexOf(what.charAt(0)) >= 0 ? "an " : "a ";
    String wanted =
        axes == 1 ? article + what : article + what + " or a list of " + axes + " of them";
    return kind(
        wanted,
        written ->
            integers(written)
                .filter(list -> list.stream().allMatch(each -> each >= least))
                .flatMap(
                    list ->
                        written instanceof List<?>
                            ? Optional.of(list).filter(given -> given.size() == axes)
                            : Optional.of(Collections.nCopies(axes, list.get(0)))));
  }

  /**
   * Amounts before and after on each of so many spatial axes: one integer for all, one for each
   * axis, or a pair for each axis. On one axis, a list of two integers is a pair, as in Keras.
   */
  public static ArgumentKind<List<List<Long>>> pairsPerAxis(int axes) {
    String wanted =
        axes == 1
            ? "an integer or a list [before, after]"
            : "an integer, a list of " + axes + " integers, or a list of " + axes + " pairs";
    return kind(wanted, written -> pairs(written, axes));
  }

  private static Optional<List<List<Long>>> pairs(Object written, int axes) {
    Optional<Long> all = integer(written, 0);
    if (all.isPresent()) {
      return Optional.of(Collections.nCopies(axes, List.of(all.get(), all.get())));
    }
    if (!(written instanceof List<?> list)) {
      return Optional.empty();
    }
    if (axes == 1 && list.size() == 2) {
      return integers(list).filter(pair -> pair.stream().allMatch(v -> v >= 0)).map(List::of);
    }
    if (list.size() != axes) {
      return Optional.empty();
    }
    List<List<Long>> pairs = new ArrayList<>();
    for (Object each : list) {
      Optional<List<Long>> pair =
          each == null
              ? Optional.empty()
              : integers(each).filter(numbers -> numbers.stream().allMatch(v -> v >= 0));
      if (pair.isEmpty() || (each instanceof List<?> && pair.get().size() != 2)) {
        return Optional.empty();
      }
      long before = pair.get().get(0);
      pairs.add(List.of(before, pair.get().get(pair.get().size() - 1)));
    }
    return Optional.of(pairs);
  }

  private static Optional<Long> integer(Object written, long least) {
    return switch (written) {
      case Long integer when integer >= least -> Optional.of(integer);
      case Dim dim when dim.isFixed() && dim.value() >= least -> Optional.of(dim.value());
      default -> Optional.empty();
    };
  }

  private static Optional<List<Long>> integers(Object written) {
    return each(written, element -> integer(element, Long.MIN_VALUE));
  }

  private static Optional<List<Double>> numbers(Object written) {
    return each(written, ArgumentKinds::number);
  }

  private static Optional<Double> number(Object written) {
    return switch (written) {
      case Long integer -> Optional.of((double) integer);
      case Double number -> Optional.of(number);
      default -> Optional.empty();
    };
  }

  private static Optional<List<Dim>> sizes(Object written) {
    return each(
        written,
        element ->
            switch (element) {
              case Long size -> Optional.of(Dim.of(size));
              case Dim dim -> Optional.of(dim);
              default -> Optional.empty();
            });
  }

  private static Optional<List<Optional<Dim>>> sizesOrNone(Object written) {
    List<Optional<Dim>> all = new ArrayList<>();
    for (Object element : written instanceof List<?> list ? list : List.of(written)) {
      Optional<List<Dim>> size = element == null ? Optional.empty() : sizes(element);
      if (element != null && (size.isEmpty() || element instanceof List<?>)) {
        return Optional.empty();
      }
      all.add(size.map(one -> one.get(0)));
    }
    return Optional.of(all);
  }

  private static <T> Optional<T> none() {
    return Optional.empty();
  }

  private static Optional<List<Layer>> layers(Object written) {
    return each(
            written,
            element -> element instanceof Layer layer ? Optional.of(layer) : Optional.empty())
        .filter(list -> !list.isEmpty());
  }

  private static <T> Optional<List<T>> each(Object written, Function<Object, Optional<T>> one) {
    if (!(written instanceof List<?> list)) {
      return one.apply(written).map(List::of);
    }
    List<T> elements = new ArrayList<>();
    for (Object element : list) {
      Optional<T> converted = element == null ? Optional.empty() : one.apply(element);
      if (converted.isEmpty() || elements.size() >= LONGEST_LIST) {
        return Optional.empty();
      }
      elements.add(converted.get());
    }
    return Optional.of(elements);
  }

  private static Optional<ElementType> elementType(Object written) {
    return switch (written) {
      case ElementType type -> Optional.of(type);
      case String name -> KerasTypes.named(name);
      default -> Optional.empty();
    };
  }
}
