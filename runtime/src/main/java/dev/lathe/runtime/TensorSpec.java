package dev.lathe.runtime;

import dev.lathe.ir.TensorType;
import java.util.Objects;

/**
 * One input or output of a model.
 *
 * @param name unique among the inputs, or among the outputs
 * @param type the element type and the shape, whose dimensions may be symbols such as {@code N}
 */
public record TensorSpec(String name, TensorType type) {
  /** Refuses nulls. */
  public TensorSpec {
    Objects.requireNonNull(name);
    Objects.requireNonNull(type);
  }

  /** {@code image: f32[N, 3, 224, 224]}. */
  @Override
  public String toString() {
    return name + ": " + type;
  }
}
