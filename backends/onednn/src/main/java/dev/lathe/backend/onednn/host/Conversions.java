package dev.lathe.backend.onednn.host;

import dev.lathe.ir.BFloat16;
import dev.lathe.ir.ElementType;

/**
 * Loops that convert {@code n} elements from the beginning of one array to {@code into[at…]}, or
 * back. Where HotSpot can, it vectorises them: not those between integers of different widths.
 */
final class Conversions {
  private Conversions() {}

  static void widen(float[] from, double[] into, int at, int n) {
    for (int i = 0; i < n; i++) {
      into[at + i] = from[i];
    }
  }

  static void narrow(double[] from, int at, float[] into, int n) {
    for (int i = 0; i < n; i++) {
      into[i] = (float) from[at + i];
    }
  }

  static void halvesToFloats(short[] from, float[] into, int at, int n) {
    for (int i = 0; i < n; i++) {
      into[at + i] = Float.float16ToFloat(from[i]);
    }
  }

  static void floatsToHalves(float[] from, int at, short[] into, int n) {
    for (int i = 0; i < n; i++) {
      into[i] = Float.floatToFloat16(from[at + i]);
    }
  }

  static void bFloatsToFloats(short[] from, float[] into, int at, int n) {
    for (int i = 0; i < n; i++) {
      into[at + i] = BFloat16.toFloat(from[i]);
    }
  }

  static void floatsToBFloats(float[] from, int at, short[] into, int n) {
    for (int i = 0; i < n; i++) {
      into[i] = BFloat16.fromFloat(from[at + i]);
    }
  }

  /** Makes floats of doubles that round to the same narrower floats. */
  static void roundToOdd(double[] from, int at, float[] into, int n) {
    for (int i = 0; i < n; i++) {
      into[i] = Elements.roundToOdd(from[at + i]);
    }
  }

  static void bytesToFloats(byte[] from, float[] into, int at, int n) {
    for (int i = 0; i < n; i++) {
      into[at + i] = from[i];
    }
  }

  /** With its highest bit flipped, an unsigned byte is a signed one that is less by 128. */
  static void unsignedBytesToFloats(byte[] from, float[] into, int at, int n) {
    for (int i = 0; i < n; i++) {
      from[i] ^= Byte.MIN_VALUE;
    }
    for (int i = 0; i < n; i++) {
      into[at + i] = from[i] + 128f;
    }
  }

  /** Whole numbers that fit a byte, signed or not. */
  static void floatsToBytes(float[] from, byte[] into, int n) {
    for (int i = 0; i < n; i++) {
      into[i] = (byte) (int) from[i];
    }
  }

  static void bytesToDoubles(byte[] from, double[] into, int at, int n) {
    for (int i = 0; i < n; i++) {
      into[at + i] = from[i];
    }
  }

  static void unsignedBytesToDoubles(byte[] from, double[] into, int at, int n) {
    for (int i = 0; i < n; i++) {
      from[i] ^= Byte.MIN_VALUE;
    }
    for (int i = 0; i < n; i++) {
      into[at + i] = from[i] + 128.0;
    }
  }

  static void intsToFloats(int[] from, float[] into, int at, int n) {
    for (int i = 0; i < n; i++) {
      into[at + i] = (float) from[i];
    }
  }

  static void intsToDoubles(int[] from, double[] into, int at, int n) {
    for (int i = 0; i < n; i++) {
      into[at + i] = from[i];
    }
  }

  static void longsToFloats(ElementType type, long[] from, float[] into, int at, int n) {
    if (type == ElementType.U64) {
      for (int i = 0; i < n; i++) {
        into[at + i] = Elements.toFloat(type, from[i]);
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      into[at + i] = (float) from[i];
    }
  }

  static void longsToDoubles(ElementType type, long[] from, double[] into, int at, int n) {
    if (type == ElementType.U64) {
      for (int i = 0; i < n; i++) {
        into[at + i] = Elements.toDouble(type, from[i]);
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      into[at + i] = (double) from[i];
    }
  }

  /** Truncates; what is not zero becomes a bool that is true. */
  static void doublesToLongs(ElementType type, double[] from, int at, long[] into, int n) {
    if (type == ElementType.BOOL || type == ElementType.U64) {
      for (int i = 0; i < n; i++) {
        double x = from[at + i];
        into[i] = type == ElementType.U64 ? Integers.fromDouble(type, x) : x != 0 ? 1 : 0;
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      into[i] = (long) from[at + i];
    }
  }

  static void intsToLongs(int[] from, long[] into, int at, int n) {
    for (int i = 0; i < n; i++) {
      into[at + i] = from[i];
    }
  }

  static void unsignedIntsToLongs(int[] from, long[] into, int at, int n) {
    for (int i = 0; i < n; i++) {
      into[at + i] = from[i] & 0xFFFFFFFFL;
    }
  }

  static void longsToInts(long[] from, int at, int[] into, int n) {
    for (int i = 0; i < n; i++) {
      into[i] = (int) from[at + i];
    }
  }

  static void shortsToLongs(short[] from, long[] into, int at, int n, int mask) {
    for (int i = 0; i < n; i++) {
      into[at + i] = from[i] & mask;
    }
  }

  static void longsToShorts(long[] from, int at, short[] into, int n) {
    for (int i = 0; i < n; i++) {
      into[i] = (short) from[at + i];
    }
  }

  static void bytesToLongs(byte[] from, long[] into, int at, int n, int mask) {
    for (int i = 0; i < n; i++) {
      into[at + i] = from[i] & mask;
    }
  }

  static void longsToBytes(long[] from, int at, byte[] into, int n) {
    for (int i = 0; i < n; i++) {
      into[i] = (byte) from[at + i];
    }
  }

  static void longsToBools(long[] from, int at, byte[] into, int n) {
    for (int i = 0; i < n; i++) {
      into[i] = (byte) (from[at + i] != 0 ? 1 : 0);
    }
  }

  static void intsToBytes(int[] from, byte[] into, int n) {
    for (int i = 0; i < n; i++) {
      into[i] = (byte) from[i];
    }
  }
}
