package dev.lathe.frontend.layers;

/**
 * A layer with its arguments, not yet applied to tensors.
 *
 * @param kind what it is
 * @param arguments the values of its arguments
 */
public record Layer(LayerKind kind, Bound arguments) {

  @Override
  public String toString() {
    return kind.name();
  }
}
