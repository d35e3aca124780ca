package dev.lathe.frontend.layers;

import org.jspecify.annotations.Nullable;

/**
 * An argument of layers, and the typed key to its value.
 *
 * @param <T> what its value is
 */
public final class Argument<T> {
  private final String name;
  private final ArgumentKind<T> kind;
  private final boolean required;
  private final @Nullable Object fallback;
  private final boolean optional;

  private Argument(
      String name,
      ArgumentKind<T> kind,
      boolean required,
      @Nullable Object fallback,
      boolean optional) {
    this.name = name;
    this.kind = kind;
    this.required = required;
    this.fallback = fallback;
    this.optional = optional;
  }

  /** An argument that must be given. */
  public static <T> Argument<T> required(String name, ArgumentKind<T> kind) {
    return new Argument<>(name, kind, true, null, false);
  }

  /** An argument that is {@code fallback}, as it would be written, where it is not given. */
  public static <T> Argument<T> optional(String name, ArgumentKind<T> kind, Object fallback) {
    return new Argument<>(name, kind, false, fallback, false);
  }

  /** An argument that has no value where it is not given, or {@code none} is. */
  public static <T> Argument<T> optional(String name, ArgumentKind<T> kind) {
    return new Argument<>(name, kind, false, null, true);
  }

  /** Its name, as in Keras. */
  public String name() {
    return name;
  }

  /** What it may be. */
  public ArgumentKind<T> kind() {
    return kind;
  }

  /** True if it must be given. */
  public boolean isRequired() {
    return required;
  }

  /** Its value as it would be written where it is not given; null for none. */
  public @Nullable Object fallback() {
    return fallback;
  }

  /** True if it may be {@code none}. */
  public boolean isOptional() {
    return optional;
  }

  /** This with another value where it is not given. */
  public Argument<T> withDefault(Object written) {
    return new Argument<>(name, kind, false, written, optional && fallback != null);
  }

  /** This, which may also be {@code none}, though it is something else where it is not given. */
  public Argument<T> orNone() {
    return new Argument<>(name, kind, false, fallback, true);
  }

  @Override
  public String toString() {
    return name;
  }
}
