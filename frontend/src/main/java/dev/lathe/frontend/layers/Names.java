package dev.lathe.frontend.layers;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names of layers in one scope: {@code conv2d}, {@code conv2d_1}, … as Keras numbers them,
 * below the scope's own path. Not safe for use by several threads.
 */
public final class Names {
  private final String path;
  private final Map<String, Integer> counts = new HashMap<>();
  private final Set<String> taken = new HashSet<>();

  /**
   * @param path of the scope; empty for a model's own
   */
  public Names(String path) {
    this.path = path;
  }

  /** The path of a layer without a name of its own. */
  public String next(String kind) {
    String name;
    do {
      int count = counts.merge(kind, 1, Integer::sum);
      name = count == 1 ? kind : kind + "_" + (count - 1);
    } while (!taken.add(name));
    return below(name);
  }

  /**
   * The path of a layer with a name of its own.
   *
   * @throws LayerException if there is one of that name, or it is not fit for a path
   */
  public String take(String name) {
    if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ' || c == '/' || c == 127)) {
      throw new LayerException(
          "the name " + Written.text(name) + " is not fit for a weight's path",
          "use letters, digits, '_', '-' and '.'");
    }
    if (!taken.add(name)) {
      throw new LayerException(
          "there is another layer named '" + name + "' here",
          "give it another name, or write 'shared " + name + " = …' to use one layer twice");
    }
    return below(name);
  }

  private String below(String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }
}
