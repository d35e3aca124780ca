package dev.lathe.frontend.onnx.export;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Gives names that are used once in a whole model, nested graphs included. */
final class Names {
  private final Set<String> used = new HashSet<>();
  private final Map<String, Integer> next = new HashMap<>();

  /** Takes a name as it is; false if it is used already. */
  boolean take(String name) {
    return used.add(name);
  }

  /** The name itself, or if it is used or empty, one made of it by a number. */
  String unique(String wanted) {
    String base = wanted.isEmpty() ? "value" : wanted;
    if (used.add(base)) {
      return base;
    }
    int number = next.getOrDefault(base, 1);
    while (!used.add(base + "_" + number)) {
      number++;
    }
    next.put(base, number + 1);
    return base + "_" + number;
  }
}
