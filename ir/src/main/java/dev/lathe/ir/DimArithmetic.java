package dev.lathe.ir;

/**
 * What {@link Dim#compute} computes with: the operations of dimensions on something else than
 * numbers.
 *
 * @param <T> what stands for a number
 */
public interface DimArithmetic<T> {
  /** A number. */
  T number(long value);

  /** The size that a symbol is bound to. */
  T symbol(String name);

  /** The sum. */
  T plus(T a, T b);

  /** The product. */
  T times(T a, T b);

  /**
   * The quotient rounded towards negative infinity.
   *
   * @param natural whether neither is ever negative, so that rounding towards zero gives the same
   */
  T floorDiv(T a, T b, boolean natural);

  /** The smaller of the two. */
  T min(T a, T b);

  /** The larger of the two. */
  T max(T a, T b);
}
