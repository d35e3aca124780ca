package dev.lathe.ir;

/** Conversions between {@code float} and bfloat16, the upper half of an IEEE single. */
public final class BFloat16 {
  private BFloat16() {}

  /** The float with the same value. */
  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest bfloat16, ties to even, rounded once; NaN stays NaN. */
  public static short fromDouble(double value) {
    return fromFloat(Float16.roundToOdd(value));
  }

  /** The nearest bfloat16, ties to even; NaN stays NaN. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }
}
