package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.ArgumentKinds.NUMBER;

import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.LeakyRelu;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The activations of Keras 3, each a layer of one input and of its own name: {@code relu}, {@code
 * gelu}, ….
 */
final class Activations {
  private static final Argument<Double> NEGATIVE_SLOPE = optional("negative_slope", NUMBER, 0.2);
  private static final Argument<Long> AXIS = optional("axis", ArgumentKinds.INTEGER, -1L);

  private static final Map<String, LayerKind> KINDS = kinds();

  private Activations() {}

  static void register(LayerIndex index) {
    KINDS.values().forEach(index::add);
  }

  private static Map<String, LayerKind> kinds() {
    Map<String, LayerKind> kinds = new LinkedHashMap<>();
    add(kinds, unary("linear", null));
    add(kinds, unary("sigmoid", UnaryFunction.SIGMOID));
    add(kinds, unary("tanh", UnaryFunction.TANH));
    add(kinds, unary("silu", UnaryFunction.SILU));
    add(kinds, unary("relu", UnaryFunction.RELU));
    add(kinds, LayerKind.of("leaky_relu", "LeakyReLU", Activations::leakyRelu, NEGATIVE_SLOPE));
    add(kinds, LayerKind.of("softmax", "Softmax", Activations::softmax, AXIS));
    return kinds;
  }

  private static void add(Map<String, LayerKind> kinds, LayerKind kind) {
    kinds.put(kind.name(), kind);
  }

  private static LayerKind unary(
      String name, @org.jspecify.annotations.Nullable UnaryFunction function) {
    return LayerKind.of(
        name,
        name,
        scope ->
            List.of(
                function == null
                    ? scope.input()
                    : scope.emit().unary(function, scope.floatInput())));
  }

  private static List<Value> leakyRelu(LayerScope scope) {
    float slope = scope.get(NEGATIVE_SLOPE).floatValue();
    return List.of(scope.emit().add(new LeakyRelu(slope), scope.floatInput()));
  }

  private static List<Value> softmax(LayerScope scope) {
    return List.of(scope.emit().add(new Softmax(scope.axis(scope.get(AXIS))), scope.floatInput()));
  }

  static Optional<Layer> find(String name) {
    LayerKind kind = KINDS.get(name);
    return kind == null ? Optional.empty() : Optional.of(kind.bind(Map.of()));
  }

  static Set<String> names() {
    return KINDS.keySet();
  }
}
