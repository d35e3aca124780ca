package dev.lathe.frontend.onnx;

import dev.lathe.ir.Dim;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Names of dimensions. ONNX allows any text, the graph only letters, digits, {@code _} and {@code
 * .}; other characters become {@code _}, and names that would fall together are numbered. One text
 * is one symbol throughout a model; a size without a name gets one of its own.
 */
final class Symbols {

  private final Map<String, Dim> byText = new HashMap<>();

  /** Begins with the words that mean something in an expression of dimensions. */
  private final Set<String> used = new HashSet<>(Set.of("min", "max", "floordiv"));

  /**
   * The symbol of a name in the file. A text without a letter or a digit names nothing: exporters
   * write {@code ?} for every size they do not know, so each such axis gets a symbol of its own.
   */
  Dim named(String text, String input, int axis) {
    if (text.chars().noneMatch(Character::isLetterOrDigit)) {
      return fresh(input, axis);
    }
    return byText.computeIfAbsent(text, name -> Dim.symbol(unique(name)));
  }

  /** A new symbol for an axis of an input. */
  Dim fresh(String input, int axis) {
    return Dim.symbol(unique(input + "_" + axis));
  }

  private String unique(String text) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < text.length() && name.length() < 64; i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean later = (c >= '0' && c <= '9') || c == '.';
      if (name.isEmpty() && !letter) {
        name.append('_');
      }
      if (letter || later) {
        name.append(c);
      } else if (!name.isEmpty() && name.charAt(name.length() - 1) != '_') {
        name.append('_');
      }
    }
    String base = name.isEmpty() ? "_" : name.toString();
    String result = base;
    for (int i = 1; !used.add(result); i++) {
      result = base + "_" + i;
    }
    return result;
  }
}
