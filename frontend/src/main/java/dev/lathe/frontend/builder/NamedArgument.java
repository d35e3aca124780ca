package dev.lathe.frontend.builder;

import org.jspecify.annotations.Nullable;

/**
 * An argument of a layer that is given by its name.
 *
 * @param name as in Keras, such as {@code kernel_size}
 * @param value null for Keras's {@code None}; numbers, booleans, strings, lists and arrays of them,
 *     element types, initialisers, and layers
 */
public record NamedArgument(String name, @Nullable Object value) {

  /** An argument; for static import. */
  public static NamedArgument arg(String name, @Nullable Object value) {
    return new NamedArgument(name, value);
  }

  /** {@code activation}: a name such as {@code "relu"}, or a layer of one input. */
  public static NamedArgument activation(Object value) {
    return arg("activation", value);
  }

  /** {@code padding}: {@code "valid"} or {@code "same"}, or amounts. */
  public static NamedArgument padding(Object value) {
    return arg("padding", value);
  }

  /** {@code strides}: one for all spatial axes, or a list. */
  public static NamedArgument strides(Object value) {
    return arg("strides", value);
  }

  /** {@code use_bias}. */
  public static NamedArgument useBias(boolean value) {
    return arg("use_bias", value);
  }

  /** {@code name}: what the layer's weights stand below. */
  public static NamedArgument name(String value) {
    return arg("name", value);
  }

  /** {@code axis}: one, or a list. */
  public static NamedArgument axis(Object value) {
    return arg("axis", value);
  }

  /** {@code return_sequences}. */
  public static NamedArgument returnSequences(boolean value) {
    return arg("return_sequences", value);
  }
}
