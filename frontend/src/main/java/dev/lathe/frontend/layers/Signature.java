package dev.lathe.frontend.layers;

import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How something is called: its name and its arguments.
 *
 * @param name what it is called by, such as {@code conv2d}
 * @param arguments in the order in which they may be given without their names, that of Keras
 */
public record Signature(String name, List<Argument<?>> arguments) {
  public Signature {
    arguments = List.copyOf(arguments);
  }

  /** A signature. */
  public static Signature of(String name, Argument<?>... arguments) {
    return new Signature(name, List.of(arguments));
  }

  /** Its argument of a name; null if there is none. */
  public @Nullable Argument<?> argument(String argument) {
    for (Argument<?> candidate : arguments) {
      if (candidate.name().equals(argument)) {
        return candidate;
      }
    }
    return null;
  }

  /**
   * Binds arguments to what is written.
   *
   * @param given what is written for each name; null for {@code none}
   * @param problems takes what is wrong with them; unless empty afterwards, the result is not whole
   */
  public Bound bind(Map<String, ? extends @Nullable Object> given, List<LayerException> problems) {
    for (String each : given.keySet()) {
      if (argument(each) == null) {
        List<String> known = arguments.stream().map(Argument::name).toList();
        problems.add(
            new LayerException(
                    name + "() has no argument '" + each + "'", Suggestions.help(each, known))
                .about(each));
      }
    }
    Map<Argument<?>, Object> values = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (Argument<?> argument : arguments) {
      boolean isGiven = given.containsKey(argument.name());
      Object written = isGiven ? given.get(argument.name()) : argument.fallback();
      if (!isGiven && argument.isRequired()) {
        missing.add(argument.name());
      } else if (written != null) {
        bind(argument, written, values, problems);
      } else if (!argument.isOptional()) {
        problems.add(unfit(argument, "none", ""));
      }
    }
    for (String each : given.keySet()) {
      if (argument(each) == null) {
        // What is meant by a name that is written wrongly does not lack.
        missing.removeAll(Suggestions.near(each, missing));
      }
    }
    if (!missing.isEmpty()) {
      problems.add(missing(missing));
    }
    return new Bound(name, values);
  }

  private void bind(
      Argument<?> argument,
      Object written,
      Map<Argument<?>, Object> values,
      List<LayerException> problems) {
    try {
      values.put(argument, argument.kind().convert(written));
    } catch (LayerException e) {
      problems.add(
          unfit(argument, e.getMessage(), e.help().isEmpty() ? help(argument, written) : e.help()));
    }
  }

  private LayerException unfit(Argument<?> argument, String instead, String help) {
    return new LayerException(
            "'"
                + argument
                + "' of "
                + name
                + "() must be "
                + argument.kind().wanted()
                + (argument.isOptional() ? " or none" : "")
                + ", not "
                + instead,
            help)
        .about(argument.name());
  }

  /** What to do where a number of the model's run, or a fraction, is no size. */
  private static String help(Argument<?> argument, Object written) {
    if (written instanceof Value) {
      return "what a tensor holds is known only when the model runs";
    }
    boolean isFraction =
        written instanceof Double
            || (written instanceof List<?> list
                && list.stream().anyMatch(Double.class::isInstance));
    String wanted = argument.kind().wanted();
    return isFraction && (wanted.contains("integer") || wanted.contains("size"))
        ? "'/' gives fractions; floor_div(a, b) divides integers"
        : "";
  }

  private LayerException missing(List<String> names) {
    List<String> quoted = names.stream().map(each -> "'" + each + "'").toList();
    List<String> shown = names.stream().map(each -> each + ": …").toList();
    return new LayerException(
        name
            + "() needs "
            + (names.size() == 1 ? "argument " : "arguments ")
            + String.join(" and ", quoted),
        "write " + name + "(" + String.join(", ", shown) + ")");
  }

  /** How it is called, defaults shown. */
  public String text() {
    List<String> parts = new ArrayList<>();
    for (Argument<?> argument : arguments) {
      parts.add(
          argument.isRequired()
              ? argument.name()
              : argument.name() + ": " + Written.text(argument.fallback()));
    }
    return name + "(" + String.join(", ", parts) + ")";
  }
}
