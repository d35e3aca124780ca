package dev.lathe.frontend.layers;

import dev.lathe.ir.ElementType;
import java.util.Optional;

/**
 * Where and how a layer is used.
 *
 * @param path where its weights stand
 * @param again whether a layer of this path was used before and shares its weights
 * @param trainable whether its weights are changed by training
 * @param dtype what its inputs are cast to; empty leaves floats as they are
 */
public record LayerUse(String path, boolean again, boolean trainable, Optional<ElementType> dtype) {

  /** The first use of a layer that can be trained. */
  public static LayerUse first(String path) {
    return new LayerUse(path, false, true, Optional.empty());
  }

  /** The same for a part of the layer. */
  LayerUse child(String name) {
    return new LayerUse(path + "/" + name, again, trainable, dtype);
  }
}
