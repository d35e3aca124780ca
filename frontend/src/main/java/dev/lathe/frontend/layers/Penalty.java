package dev.lathe.frontend.layers;

import java.util.Map;

/**
 * A regulariser or a constraint of a weight or of an activity, as Keras names it. It means nothing
 * at inference and is kept for training.
 *
 * @param name its name, such as {@code l2} or {@code max_norm}
 * @param numbers its arguments by name
 */
public record Penalty(String name, Map<String, Double> numbers) {
  public Penalty {
    numbers = Map.copyOf(numbers);
  }

  @Override
  public String toString() {
    return name + "(…)";
  }
}
