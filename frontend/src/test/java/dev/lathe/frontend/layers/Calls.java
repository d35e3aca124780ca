package dev.lathe.frontend.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lathe.ir.Graph;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Calls of layers and functions on tensors of given types, for what they say. */
final class Calls {
  private Calls() {}

  /** Arguments: names and values in turn. */
  static Map<String, @Nullable Object> with(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      arguments.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return arguments;
  }

  /** A layer that is an argument of another. */
  static Layer bound(String name, @Nullable Object... namesAndValues) {
    return Objects.requireNonNull(Layers.find(name)).bind(with(namesAndValues));
  }

  private static List<Value> apply(
      @Nullable LayerKind kind, Map<String, @Nullable Object> arguments, String... types) {
    ModelScope scope = new ModelScope(new Graph("calls").newBlock());
    List<Value> inputs =
        Stream.of(types)
            .map(type -> scope.builder().argument(null, TensorType.parse(type)))
            .toList();
    Layer layer = Objects.requireNonNull(kind).bind(arguments);
    return scope.apply(layer, LayerUse.first(layer.kind().name()), inputs);
  }

  private static String text(List<Value> outputs) {
    return String.join(", ", outputs.stream().map(value -> value.type().toString()).toList());
  }

  /** The types of a layer's outputs. */
  static String layer(String name, Map<String, @Nullable Object> arguments, String... types) {
    return text(apply(Layers.find(name), arguments, types));
  }

  /** The types of a function's outputs. */
  static String function(String name, Map<String, @Nullable Object> arguments, String... types) {
    return text(apply(Functions.find(name), arguments, types));
  }

  /** What a layer says that cannot be, and what to do: {@code message / help}. */
  static String refused(String name, Map<String, @Nullable Object> arguments, String... types) {
    return refused(Layers.find(name), arguments, types);
  }

  /** What a function says that cannot be, and what to do: {@code message / help}. */
  static String refusedFunction(
      String name, Map<String, @Nullable Object> arguments, String... types) {
    return refused(Functions.find(name), arguments, types);
  }

  private static String refused(
      @Nullable LayerKind kind, Map<String, @Nullable Object> arguments, String... types) {
    LayerException e =
        catchThrowableOfType(LayerException.class, () -> apply(kind, arguments, types));
    assertThat(e).as("what is said").isNotNull();
    return e.help().isEmpty() ? e.getMessage() : e.getMessage() + " / " + e.help();
  }
}
