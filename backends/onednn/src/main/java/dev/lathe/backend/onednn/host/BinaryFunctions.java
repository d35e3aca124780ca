package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import org.jspecify.annotations.Nullable;

/**
 * Loops over functions of two numbers. Each replaces the first {@code n} elements of the first
 * array.
 */
final class BinaryFunctions {
  private BinaryFunctions() {}

  /** A loop on {@code float}. */
  interface OnFloats {
    void apply(float[] x, float[] y, int n);
  }

  /** A loop on {@code double}. */
  interface OnDoubles {
    void apply(double[] x, double[] y, int n);
  }

  /** A loop on integers in {@code long}. */
  interface OnLongs {
    void apply(long[] x, long[] y, int n);
  }

  /** The loop for f32, f16 and bf16, or null for a function that does not give floats. */
  static @Nullable OnFloats onFloats(BinaryFunction function) {
    return switch (function) {
      case ADD ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] += y[i];
            }
          };
      case SUB ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] -= y[i];
            }
          };
      case MUL ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] *= y[i];
            }
          };
      case DIV ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] /= y[i];
            }
          };
      case MIN ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Math.min(x[i], y[i]);
            }
          };
      case MAX ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Math.max(x[i], y[i]);
            }
          };
      case MOD ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = (float) DoubleMath.floorMod(x[i], y[i]);
            }
          };
      case REM ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] %= y[i];
            }
          };
      default -> null;
    };
  }

  /** The loop for f64, or null for a function that does not give floats. */
  static @Nullable OnDoubles onDoubles(BinaryFunction function) {
    return switch (function) {
      case ADD ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] += y[i];
            }
          };
      case SUB ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] -= y[i];
            }
          };
      case MUL ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] *= y[i];
            }
          };
      case DIV ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] /= y[i];
            }
          };
      case MIN ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Math.min(x[i], y[i]);
            }
          };
      case MAX ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Math.max(x[i], y[i]);
            }
          };
      case MOD ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = DoubleMath.floorMod(x[i], y[i]);
            }
          };
      case REM ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] %= y[i];
            }
          };
      default -> null;
    };
  }

  /** The loop for an integer type or bool, or null for a comparison and a power. */
  static @Nullable OnLongs onLongs(BinaryFunction function, ElementType type) {
    return switch (function) {
      case ADD ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] += y[i];
            }
          };
      case SUB ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] -= y[i];
            }
          };
      case MUL ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] *= y[i];
            }
          };
      case MIN -> minimum(type);
      case MAX -> maximum(type);
      case DIV, MOD, REM -> type == ElementType.U64 ? unsigned(function) : quotient(function);
      case AND, OR, XOR, BITWISE_AND, BITWISE_OR, BITWISE_XOR, SHIFT_LEFT, SHIFT_RIGHT ->
          onBits(function, type);
      default -> null;
    };
  }

  private static OnLongs minimum(ElementType type) {
    long flip = flip(type);
    return (x, y, n) -> {
      for (int i = 0; i < n; i++) {
        x[i] = Math.min(x[i] ^ flip, y[i] ^ flip) ^ flip;
      }
    };
  }

  private static OnLongs maximum(ElementType type) {
    long flip = flip(type);
    return (x, y, n) -> {
      for (int i = 0; i < n; i++) {
        x[i] = Math.max(x[i] ^ flip, y[i] ^ flip) ^ flip;
      }
    };
  }

  /** What turns the order of a type into that of {@code long}, by exclusive or. */
  static long flip(ElementType type) {
    return type == ElementType.U64 ? Long.MIN_VALUE : 0;
  }

  private static @Nullable OnLongs quotient(BinaryFunction function) {
    return switch (function) {
      case DIV ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Integers.divide(x[i], y[i]);
            }
          };
      case MOD ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Integers.floorMod(x[i], y[i]);
            }
          };
      case REM ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = Integers.remainder(x[i], y[i]);
            }
          };
      default -> null;
    };
  }

  private static OnLongs unsigned(BinaryFunction function) {
    if (function == BinaryFunction.DIV) {
      return (x, y, n) -> {
        for (int i = 0; i < n; i++) {
          x[i] = Long.divideUnsigned(x[i], Integers.divisor(y[i]));
        }
      };
    }
    return (x, y, n) -> {
      for (int i = 0; i < n; i++) {
        x[i] = Long.remainderUnsigned(x[i], Integers.divisor(y[i]));
      }
    };
  }

  private static @Nullable OnLongs onBits(BinaryFunction function, ElementType type) {
    long bits = type.bits();
    long mask = -1L >>> (64 - bits);
    return switch (function) {
      case AND, BITWISE_AND ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] &= y[i];
            }
          };
      case OR, BITWISE_OR ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] |= y[i];
            }
          };
      case XOR, BITWISE_XOR ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] ^= y[i];
            }
          };
      // A shift by the width of the type or more leaves nothing.
      case SHIFT_LEFT ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = y[i] >= 0 && y[i] < bits ? x[i] << y[i] : 0;
            }
          };
      case SHIFT_RIGHT ->
          (x, y, n) -> {
            for (int i = 0; i < n; i++) {
              x[i] = y[i] >= 0 && y[i] < bits ? (x[i] & mask) >>> y[i] : 0;
            }
          };
      default -> null;
    };
  }
}
