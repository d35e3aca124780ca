package dev.lathe.cli;

import java.util.Arrays;

/** Times of runs in nanoseconds, sorted. */
final class Timing {
  private final long[] sorted;

  Timing(long[] times) {
    sorted = times.clone();
    Arrays.sort(sorted);
  }

  /** The nearest rank in milliseconds: the smallest time that this fraction does not exceed. */
  double percentile(double fraction) {
    int rank = (int) Math.ceil(fraction * sorted.length);
    return sorted[Math.max(rank, 1) - 1] / 1e6;
  }

  /** The shortest, in milliseconds. */
  double min() {
    return sorted[0] / 1e6;
  }

  int count() {
    return sorted.length;
  }

  /** The sum of all, in seconds. */
  double seconds() {
    return Arrays.stream(sorted).sum() / 1e9;
  }
}
