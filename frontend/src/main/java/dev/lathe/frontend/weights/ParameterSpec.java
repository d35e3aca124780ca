package dev.lathe.frontend.weights;

import dev.lathe.ir.TensorType;

/**
 * A parameter of a model that waits for its elements.
 *
 * @param path where it stands: the path of its layer and its own name, separated by slashes, as in
 *     {@code bidirectional/forward_lstm/lstm_cell/kernel}
 * @param type what it must be; of fixed shape
 */
public record ParameterSpec(String path, TensorType type) {

  /**
   * @throws IllegalArgumentException if the shape is not fixed
   */
  public ParameterSpec {
    if (!type.shape().isFixed()) {
      throw new IllegalArgumentException("parameter " + path + " has no fixed shape: " + type);
    }
  }
}
