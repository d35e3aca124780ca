package dev.lathe.jmh;

import java.util.Arrays;

/** What is said of many measurements. */
final class Statistics {
  private Statistics() {}

  /** The nearest rank: the smallest value that {@code fraction} of all do not exceed. */
  static long percentile(long[] values, double fraction) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(fraction * sorted.length);
    return sorted[Math.max(rank, 1) - 1];
  }

  /** The middle value. */
  static long median(long[] values) {
    return percentile(values, 0.5);
  }

  /** The geometric mean of positive numbers. */
  static double geometricMean(double[] values) {
    return Math.exp(Arrays.stream(values).map(Math::log).average().orElse(Double.NaN));
  }
}
