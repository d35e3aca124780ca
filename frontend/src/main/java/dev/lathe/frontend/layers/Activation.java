package dev.lathe.frontend.layers;

import dev.lathe.ir.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A function that a layer applies to its result.
 *
 * @param name as Keras names it, or the layer's that is applied
 * @param layer what is applied
 */
public record Activation(String name, Layer layer) {

  /** The activation of a name, which is that of a layer of one input without weights. */
  static Optional<Activation> named(String name) {
    return Activations.find(name).map(layer -> new Activation(name, layer));
  }

  /** The names of all activations. */
  static Set<String> names() {
    return Activations.names();
  }

  /** A layer as an activation. */
  static Activation of(Layer layer) {
    if (layer.kind().fewestInputs() != 1) {
      throw new LayerException(
          "the layer " + layer.kind().name() + ", which takes more than one tensor", "");
    }
    return new Activation(layer.kind().name(), layer);
  }

  /** True if it gives what it is given. */
  public boolean isLinear() {
    return name.equals("linear");
  }

  /** True if each element of its result depends on no other element of what it is given. */
  boolean isElementwise() {
    return Activations.isElementwise(layer.kind());
  }

  /** True if it is its layer without arguments. */
  boolean isPlain() {
    return Activations.find(name)
        .map(plain -> plain.arguments().isSameAs(layer.arguments()))
        .orElse(false);
  }

  /** Applies it; weights of a layer stand below the name {@code activation}. */
  public Value apply(LayerScope scope, Value x) {
    return isLinear() ? x : scope.part("activation", layer, List.of(x)).get(0);
  }
}
