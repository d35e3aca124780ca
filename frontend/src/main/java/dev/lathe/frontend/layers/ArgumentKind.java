package dev.lathe.frontend.layers;

/**
 * What an argument may be, and how what was written becomes it.
 *
 * <p>What is written is a {@link Long}, {@link Double}, {@link Boolean}, {@link String}, a {@link
 * java.util.List} of such, a symbolic {@link dev.lathe.ir.Dim}, an {@link
 * dev.lathe.ir.ElementType}, an {@link Initializer}, a {@link Penalty}, or a {@link Layer}.
 *
 * @param <T> what it becomes
 */
public interface ArgumentKind<T> {

  /** What is wanted, such as {@code a positive integer}. */
  String wanted();

  /**
   * Converts what was written.
   *
   * @throws LayerException if it is not what is wanted; the message says what it is instead
   */
  T convert(Object written);
}
