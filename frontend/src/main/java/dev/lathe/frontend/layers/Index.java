package dev.lathe.frontend.layers;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import org.jspecify.annotations.Nullable;

/** One item between the brackets of {@code x[…]}, as in NumPy; see {@link Arithmetic#index}. */
public sealed interface Index {

  /** One place of an axis, which is dropped: {@code x[3]}, {@code x[-1]}, {@code x[N - 1]}. */
  record Position(Dim at) implements Index {}

  /**
   * A part of an axis: {@code x[start:stop:step]}. Negative bounds count from the end, and bounds
   * outside are moved to the end they passed.
   *
   * @param start the first place; null for the first, or with a negative step the last
   * @param stop the place before which it ends; null for all there are
   * @param step from one place to the next, which is not 0
   */
  record Range(@Nullable Dim start, @Nullable Dim stop, long step) implements Index {}

  /** An axis of size 1 that was not there: {@code x[newaxis]}. */
  record NewAxis() implements Index {}

  /** As many whole axes as are left: {@code x[...]}. */
  record Ellipsis() implements Index {}

  /** The places that an integer tensor names, whose axes replace this one: {@code x[ids]}. */
  record Elements(Value indices) implements Index {}
}
