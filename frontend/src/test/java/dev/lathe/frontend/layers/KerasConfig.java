package dev.lathe.frontend.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keras's configuration of a layer as what would be written in a model. */
final class KerasConfig {
  /** What all layers have and what means nothing to inference. */
  private static final Set<String> COMMON =
      Set.of("name", "trainable", "dtype", "batch_input_shape", "quantization_config");

  private KerasConfig() {}

  /** The layer of a class with a configuration. */
  static Layer layer(String className, Map<String, Object> config) {
    LayerKind kind = kind(className);
    Map<String, @Nullable Object> given = new LinkedHashMap<>();
    config.forEach(
        (name, value) -> {
          if (!COMMON.contains(name) || kind.signature().argument(name) != null) {
            given.put(name, written(value));
          }
        });
    return kind.bind(given);
  }

  static Optional<LayerKind> find(String className) {
    return Layers.all().values().stream()
        .filter(kind -> kind.kerasName().equals(className))
        .findFirst();
  }

  static LayerKind kind(String className) {
    return find(className)
        .orElseThrow(() -> new AssertionError("there is no layer for Keras's " + className));
  }

  static @Nullable Object written(@Nullable Object json) {
    return switch (json) {
      case null -> null;
      case Integer integer -> integer.longValue();
      case Number number when !(number instanceof Long) -> number.doubleValue();
      case List<?> list -> {
        List<@Nullable Object> elements = new ArrayList<>();
        list.forEach(element -> elements.add(written(element)));
        yield elements;
      }
      case Map<?, ?> object -> object(KerasCase.map(object));
      default -> json;
    };
  }

  private static @Nullable Object object(Map<String, Object> object) {
    String name = (String) object.get("class_name");
    Map<String, Object> config = KerasCase.map(object.get("config"));
    if (name.equals("DTypePolicy")) {
      return config.get("name");
    }
    String module = String.valueOf(object.get("module"));
    if (!module.startsWith("keras.layers")) {
      Map<String, @Nullable Object> given = new LinkedHashMap<>();
      config.forEach((key, value) -> given.put(key, written(value)));
      given.remove("input_axes");
      given.remove("output_axes");
      Signature initializer = Initializers.signatures().get(KerasTypes.snake(name));
      if (initializer != null) {
        return Initializers.make(initializer.name(), initializer.bind(given, new ArrayList<>()));
      }
      Signature penalty = Penalties.signatures().get(KerasTypes.snake(name));
      if (penalty != null) {
        return Penalties.make(penalty, penalty.bind(given, new ArrayList<>()));
      }
    }
    return layer(name, config);
  }
}
