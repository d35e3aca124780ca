package dev.lathe.backend.onednn.host;

/** Loops of products of vectors and matrices whose rows are arrays of their own. */
final class Products {
  private Products() {}

  /** Adds {@code sum over i < count of factors[i] * rows[i]}, lane by lane. */
  static void add(double[] into, double[] factors, double[][] rows, int count, int lanes) {
    int i = 0;
    for (; i < count - 3; i += 4) {
      add4(
          into,
          factors[i],
          rows[i],
          factors[i + 1],
          rows[i + 1],
          factors[i + 2],
          rows[i + 2],
          factors[i + 3],
          rows[i + 3],
          lanes);
    }
    for (; i < count; i++) {
      add1(into, factors[i], rows[i], lanes);
    }
  }

  private static void add4(
      double[] into,
      double a,
      double[] x,
      double b,
      double[] y,
      double c,
      double[] z,
      double d,
      double[] w,
      int lanes) {
    for (int i = 0; i < lanes; i++) {
      into[i] += (a * x[i] + b * y[i]) + (c * z[i] + d * w[i]);
    }
  }

  private static void add1(double[] into, double a, double[] x, int lanes) {
    for (int i = 0; i < lanes; i++) {
      into[i] += a * x[i];
    }
  }

  /** Adds {@code sum over i < count of factors[i] * rows[i]}, lane by lane, wrapping. */
  static void add(long[] into, long[] factors, long[][] rows, int count, int lanes) {
    for (int i = 0; i < count; i++) {
      add1(into, factors[i], rows[i], lanes);
    }
  }

  private static void add1(long[] into, long a, long[] x, int lanes) {
    for (int i = 0; i < lanes; i++) {
      into[i] += a * x[i];
    }
  }
}
