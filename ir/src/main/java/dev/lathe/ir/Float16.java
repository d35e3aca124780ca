package dev.lathe.ir;

/** Conversion of {@code double} to IEEE half precision, which {@link Float} has only by float. */
public final class Float16 {
  private Float16() {}

  /** The nearest half, ties to even, rounded once; NaN stays NaN. */
  public static short fromDouble(double value) {
    return Float.floatToFloat16(roundToOdd(value));
  }

  /**
   * A float from which rounding to a narrower type gives what rounding {@code value} itself would:
   * where the nearest float is not exact, that of the two around the value is taken whose last bit
   * is 1, so that no tie appears that was none (Boldo and Melquiond 2008, "Emulation of FMA and
   * correctly rounded sums: proved algorithms using rounding to odd").
   */
  static float roundToOdd(double value) {
    float nearest = (float) value;
    int bits = Float.floatToRawIntBits(nearest);
    boolean isDecided =
        nearest == value || Double.isNaN(value) || Float.isInfinite(nearest) || (bits & 1) != 0;
    if (isDecided) {
      return nearest;
    }
    boolean isAbove = Math.abs((double) nearest) > Math.abs(value);
    return Float.intBitsToFloat(isAbove ? bits - 1 : bits + 1);
  }
}
