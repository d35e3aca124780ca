package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;

/** Loops that add elements to what was accumulated so far, lane by lane. */
final class Accumulators {
  private Accumulators() {}

  /** A loop on {@code double}. */
  interface OnDoubles {
    /**
     * Adds {@code n} elements to as many lanes.
     *
     * @param shift what is taken from elements before they are raised to exponentials
     */
    void add(double[] into, double[] x, double[] shift, int n);
  }

  /** A loop on integers in {@code long}. */
  interface OnLongs {
    void add(long[] into, long[] x, int n);
  }

  /** What one begins with. */
  static double start(ReduceFunction function) {
    return switch (function) {
      case PROD -> 1;
      case MAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
      case SUM, MEAN, L1, L2, LOG_SUM, LOG_SUM_EXP, SUM_SQUARE -> 0;
    };
  }

  /** What one begins with. */
  static long start(ReduceFunction function, ElementType type) {
    return switch (function) {
      case PROD -> 1;
      case MAX -> Integers.lowest(type);
      case MIN -> Integers.highest(type);
      case SUM, MEAN, L1, L2, LOG_SUM, LOG_SUM_EXP, SUM_SQUARE -> 0;
    };
  }

  static OnDoubles onDoubles(ReduceFunction function, ElementType type) {
    return switch (function) {
      case SUM, MEAN, LOG_SUM ->
          (into, x, shift, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] += x[i];
            }
          };
      case L1 ->
          (into, x, shift, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] += Math.abs(x[i]);
            }
          };
      case L2, SUM_SQUARE ->
          (into, x, shift, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] += x[i] * x[i];
            }
          };
      case PROD ->
          (into, x, shift, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] *= x[i];
            }
          };
      case MAX ->
          (into, x, shift, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = Math.max(into[i], x[i]);
            }
          };
      case MIN ->
          (into, x, shift, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = Math.min(into[i], x[i]);
            }
          };
      case LOG_SUM_EXP -> exponentials(type);
    };
  }

  private static OnDoubles exponentials(ElementType type) {
    if (type.isFloat() && type != ElementType.F64) {
      return (into, x, shift, n) -> {
        for (int i = 0; i < n; i++) {
          into[i] += FloatMath.exp(x[i] - shift[i]);
        }
      };
    }
    return (into, x, shift, n) -> {
      for (int i = 0; i < n; i++) {
        into[i] += Math.exp(x[i] - shift[i]);
      }
    };
  }

  static OnLongs onLongs(ReduceFunction function, ElementType type) {
    long flip = BinaryFunctions.flip(type);
    boolean unsigned = type.isUnsigned();
    return switch (function) {
      case SUM, MEAN, LOG_SUM, LOG_SUM_EXP ->
          (into, x, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] += x[i];
            }
          };
      case L1 ->
          (into, x, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] += unsigned ? x[i] : Math.abs(x[i]);
            }
          };
      case L2, SUM_SQUARE ->
          (into, x, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] += x[i] * x[i];
            }
          };
      case PROD ->
          (into, x, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] *= x[i];
            }
          };
      case MAX ->
          (into, x, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = Math.max(into[i] ^ flip, x[i] ^ flip) ^ flip;
            }
          };
      case MIN ->
          (into, x, n) -> {
            for (int i = 0; i < n; i++) {
              into[i] = Math.min(into[i] ^ flip, x[i] ^ flip) ^ flip;
            }
          };
    };
  }
}
