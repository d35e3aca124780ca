package dev.lathe.frontend.layers;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The values of the arguments of one call. Immutable. */
public final class Bound {
  private final String name;
  private final Map<String, Object> values = new LinkedHashMap<>();

  /**
   * @param name what is called
   * @param values the values of the arguments that are not none, as their kinds made them
   */
  Bound(String name, Map<Argument<?>, Object> values) {
    this.name = name;
    values.forEach((argument, value) -> this.values.put(argument.name(), value));
  }

  /** The value of an argument; empty if it is none, or if there is no such argument. */
  @SuppressWarnings(
      "unchecked") // Arguments of one signature and name have one kind, which made it.
  public <T> Optional<T> find(Argument<T> argument) {
    return Optional.ofNullable((T) values.get(argument.name()));
  }

  /**
   * The value of an argument that is not none.
   *
   * @throws LayerException if it is
   */
  public <T> T get(Argument<T> argument) {
    return find(argument)
        .orElseThrow(() -> new LayerException(name + "() needs argument '" + argument + "'", ""));
  }

  /** Whether other arguments have the same values. */
  boolean isSameAs(Bound other) {
    return values.equals(other.values);
  }

  @Override
  public String toString() {
    return name + values;
  }
}
