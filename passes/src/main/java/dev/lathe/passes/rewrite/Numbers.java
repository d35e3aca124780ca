package dev.lathe.passes.rewrite;

/** Comparisons of numbers that exporters round in different ways. */
public final class Numbers {
  /** Constants are written in f16 at the coarsest that is tolerated, and in f32 mostly. */
  private static final double TOLERANCE = 1e-4;

  private Numbers() {}

  /** True if two constants of a formula are the same up to rounding. */
  public static boolean isNear(double a, double b) {
    return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
  }

  /** True if a number is a power of two whose inverse is one too, so that dividing is exact. */
  public static boolean isPowerOfTwo(double value) {
    int exponent = Math.getExponent(value);
    return Math.abs(exponent) < 14 && Math.abs(value) == Math.scalb(1.0, exponent);
  }
}
