package dev.lathe.frontend.decompile;

import dev.lathe.frontend.layers.Functions;
import dev.lathe.frontend.layers.Initializers;
import dev.lathe.frontend.layers.Layers;
import dev.lathe.frontend.layers.Penalties;
import dev.lathe.ir.ElementType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names of a source: fit to be written, each once, and none that means something already. */
final class Identifiers {
  private static final List<String> WORDS =
      List.of(
          "import",
          "as",
          "const",
          "block",
          "model",
          "param",
          "shared",
          "return",
          "if",
          "else",
          "for",
          "in",
          "and",
          "or",
          "not",
          "true",
          "false",
          "none",
          "ops",
          "newaxis",
          "pi",
          "inf",
          "range",
          "len",
          "enumerate",
          "zip",
          "reversed",
          "int",
          "float",
          "str",
          "floor_div",
          "min",
          "max",
          "sum",
          "string",
          "list",
          "layer",
          "dtype");

  private final Set<String> taken = new HashSet<>(WORDS);

  Identifiers() {
    taken.addAll(Layers.all().keySet());
    taken.addAll(Functions.all().keySet());
    taken.addAll(Initializers.signatures().keySet());
    taken.addAll(Penalties.signatures().keySet());
    for (ElementType type : ElementType.values()) {
      taken.add(type.toString());
    }
  }

  /** A name like {@code wanted} that nothing else has. */
  String next(String wanted) {
    StringBuilder fit = new StringBuilder();
    for (int i = 0; i < wanted.length() && fit.length() < 48; i++) {
      char c = wanted.charAt(i);
      boolean isFit = c < 128 && (Character.isLetterOrDigit(c) || c == '_');
      fit.append(isFit ? c : '_');
    }
    if (fit.isEmpty() || Character.isDigit(fit.charAt(0))) {
      fit.insert(0, 'x');
    }
    String name = fit.toString();
    for (int i = 1; !taken.add(name); i++) {
      name = fit + "_" + i;
    }
    return name;
  }
}
