package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.ArgumentKinds.INTEGERS;
import static dev.lathe.frontend.layers.ArgumentKinds.NUMBER;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The regularisers and constraints of Keras 3 by name, with their arguments. */
public final class Penalties {
  private static final Argument<List<Long>> AXIS = Argument.optional("axis", INTEGERS, 0L);

  private static final Map<String, Signature> REGULARIZERS =
      index(
          Signature.of("l1", number("l1", 0.01)),
          Signature.of("l2", number("l2", 0.01)),
          Signature.of("l1_l2", number("l1", 0.01), number("l2", 0.01)),
          Signature.of("orthogonal_regularizer", number("factor", 0.01)));

  private static final Map<String, Signature> CONSTRAINTS =
      index(
          Signature.of("max_norm", number("max_value", 2), AXIS),
          Signature.of("non_neg"),
          Signature.of("unit_norm", AXIS),
          Signature.of(
              "min_max_norm",
              number("min_value", 0),
              number("max_value", 1),
              number("rate", 1),
              AXIS));

  private Penalties() {}

  private static Argument<Double> number(String name, double fallback) {
    return Argument.optional(name, NUMBER, fallback);
  }

  private static Map<String, Signature> index(Signature... signatures) {
    Map<String, Signature> index = new LinkedHashMap<>();
    for (Signature signature : signatures) {
      index.put(signature.name(), signature);
    }
    return index;
  }

  /** The signatures of both by name. */
  public static Map<String, Signature> signatures() {
    Map<String, Signature> all = new LinkedHashMap<>(REGULARIZERS);
    all.putAll(CONSTRAINTS);
    return all;
  }

  /** The regulariser or constraint of a signature with its arguments. */
  public static Penalty make(Signature signature, Bound arguments) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    for (Argument<?> argument : signature.arguments()) {
      Object value = arguments.find(argument).orElse(null);
      if (value instanceof Double number) {
        numbers.put(argument.name(), number);
      } else if (value instanceof List<?> axes) {
        for (int i = 0; i < axes.size(); i++) {
          numbers.put(argument.name() + i, ((Long) axes.get(i)).doubleValue());
        }
      }
    }
    return new Penalty(signature.name(), numbers);
  }

  static Optional<Penalty> regularizer(Object written) {
    return named(written, REGULARIZERS);
  }

  static Optional<Penalty> constraint(Object written) {
    return named(written, CONSTRAINTS);
  }

  private static Optional<Penalty> named(Object written, Map<String, Signature> known) {
    return switch (written) {
      case Penalty penalty when known.containsKey(penalty.name()) -> Optional.of(penalty);
      case String name ->
          Optional.ofNullable(known.get(KerasTypes.snake(name)))
              .map(kind -> make(kind, kind.bind(Map.of(), new ArrayList<>())));
      default -> Optional.empty();
    };
  }
}
