package dev.lathe.ir.op;

import dev.lathe.ir.Dim;
import dev.lathe.ir.TypeException;
import org.jspecify.annotations.Nullable;

/** Finds how many elements a {@link ShapeOp.Slice} takes of an axis. */
final class SliceInference {
  private SliceInference() {}

  /** The size, or null if it depends on data or on the sign of an expression. */
  static @Nullable Dim size(Dim axis, @Nullable Dim start, @Nullable Dim end, @Nullable Dim step) {
    if (step != null && step.is(0)) {
      throw new TypeException("the step of a slice must not be zero");
    }
    if (start == null || end == null || step == null || !step.isFixed()) {
      return null;
    }
    long by = step.value();
    if (by < 0 && !(axis.isFixed() && start.isFixed() && end.isFixed())) {
      return reversed(axis, start, end, by);
    }
    if (by < 0) {
      return Dim.of(count(axis.value(), start.value(), end.value(), by));
    }
    // A start past the end gives a negative span, which counts as none: it need not be clamped.
    Dim from = start.isNonNegative() ? start : bound(axis, start);
    Dim to = bound(axis, end);
    if (from == null || to == null) {
      return null;
    }
    Dim span = to.minus(from);
    if (span.isFixed()) {
      return Dim.of(Math.ceilDiv(Math.max(0, span.value()), by));
    }
    Dim size = span.ceilDiv(by);
    return size.isNonNegative() ? size : size.max(Dim.ZERO);
  }

  /** A whole axis backwards, the only backward slice of a symbolic axis that has a size. */
  private static @Nullable Dim reversed(Dim axis, Dim start, Dim end, long by) {
    boolean fromLast = start.is(-1) || (start.isFixed() && start.value() >= Integer.MAX_VALUE);
    boolean toFirst = end.isFixed() && end.value() <= Integer.MIN_VALUE + 1L;
    return fromLast && toFirst ? axis.ceilDiv(-by) : null;
  }

  private static @Nullable Dim bound(Dim axis, Dim bound) {
    if (bound.isFixed() && bound.value() >= Integer.MAX_VALUE) {
      return axis;
    }
    if (bound.isFixed() && bound.value() < 0) {
      long value = Math.max(bound.value(), Long.MIN_VALUE / 2);
      Dim fromEnd = axis.plus(value);
      return fromEnd.isFixed() ? Dim.of(Math.max(0, fromEnd.value())) : fromEnd.max(Dim.ZERO);
    }
    return bound.isNonNegative() ? bound.min(axis) : null;
  }

  private static long count(long size, long start, long end, long step) {
    if (size == 0) {
      return 0;
    }
    long from = Math.clamp(start < 0 ? start + size : start, 0, size - 1);
    long to = Math.clamp(end < 0 ? Math.max(end + size, -1) : end, -1, size - 1);
    return Math.max(0, Math.ceilDiv(to - from, step));
  }
}
