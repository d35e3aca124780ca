package dev.lathe.frontend.layers;

import dev.lathe.ir.Value;
import java.util.List;

/** Writes the ops of a layer. Has no state. */
@FunctionalInterface
public interface LayerRule {

  /**
   * Writes the ops of one use of a layer.
   *
   * @return the outputs
   * @throws LayerException if the inputs do not fit the arguments
   */
  List<Value> apply(LayerScope scope);
}
