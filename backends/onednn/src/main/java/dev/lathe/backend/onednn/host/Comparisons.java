package dev.lathe.backend.onednn.host;

import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import org.jspecify.annotations.Nullable;

/**
 * Loops over comparisons of two numbers; each sets the first {@code n} elements of an array to 0 or
 * 1. Every comparison with NaN is false, but that of being unequal.
 */
final class Comparisons {
  private Comparisons() {}

  /** A loop on {@code double}. */
  interface OnDoubles {
    void apply(double[] x, double[] y, byte[] into, int n);
  }

  /** A loop on {@code long}, in signed order. */
  interface OnLongs {
    void apply(long[] x, long[] y, byte[] into, int n);
  }

  /** The loop on floats, or null for a function that is no comparison. */
  static @Nullable OnDoubles onDoubles(BinaryFunction function) {
    return switch (function) {
      case EQUAL ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) (x[i] == y[i] ? 1 : 0);
            }
          };
      case NOT_EQUAL ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) (x[i] != y[i] ? 1 : 0);
            }
          };
      case LESS ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) (x[i] < y[i] ? 1 : 0);
            }
          };
      case LESS_OR_EQUAL ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) (x[i] <= y[i] ? 1 : 0);
            }
          };
      case GREATER ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) (x[i] > y[i] ? 1 : 0);
            }
          };
      case GREATER_OR_EQUAL ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) (x[i] >= y[i] ? 1 : 0);
            }
          };
      default -> null;
    };
  }

  /**
   * The loop on integers and bools, or null for a function that is no comparison.
   *
   * @param flip what turns the order of the type into that of {@code long}
   */
  static @Nullable OnLongs onLongs(BinaryFunction function, long flip) {
    return switch (function) {
      case EQUAL ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) (x[i] == y[i] ? 1 : 0);
            }
          };
      case NOT_EQUAL ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) (x[i] != y[i] ? 1 : 0);
            }
          };
      case LESS ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) ((x[i] ^ flip) < (y[i] ^ flip) ? 1 : 0);
            }
          };
      case LESS_OR_EQUAL ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) ((x[i] ^ flip) <= (y[i] ^ flip) ? 1 : 0);
            }
          };
      case GREATER ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) ((x[i] ^ flip) > (y[i] ^ flip) ? 1 : 0);
            }
          };
      case GREATER_OR_EQUAL ->
          (x, y, into, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = (byte) ((x[i] ^ flip) >= (y[i] ^ flip) ? 1 : 0);
            }
          };
      default -> null;
    };
  }
}
