package dev.lathe.frontend.layers;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Layers by name, while they are registered. */
final class LayerIndex {
  private final Map<String, LayerKind> kinds = new LinkedHashMap<>();

  /** Adds a kind of layer. */
  void add(LayerKind kind) {
    if (kinds.putIfAbsent(kind.name(), kind) != null) {
      throw new IllegalStateException("two layers are named " + kind.name());
    }
  }

  Map<String, LayerKind> kinds() {
    return Collections.unmodifiableMap(kinds);
  }
}
