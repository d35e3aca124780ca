package dev.lathe.backend.onednn.host;

/**
 * Loops that combine the first {@code n} elements of an array to one number, in four chains so that
 * additions overlap.
 */
final class Rows {
  private Rows() {}

  static double sum(double[] x, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < n; i++) {
      a += x[i];
    }
    return (a + b) + (c + d);
  }

  /** The sum of the squares of the distances from {@code center}. */
  static double sumSquares(double[] x, int n, double center) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      a += (x[i] - center) * (x[i] - center);
      b += (x[i + 1] - center) * (x[i + 1] - center);
      c += (x[i + 2] - center) * (x[i + 2] - center);
      d += (x[i + 3] - center) * (x[i + 3] - center);
    }
    for (; i < n; i++) {
      a += (x[i] - center) * (x[i] - center);
    }
    return (a + b) + (c + d);
  }

  static double product(double[] x, int n) {
    double a = 1;
    double b = 1;
    double c = 1;
    double d = 1;
    int i = 0;
    for (; i < n - 3; i += 4) {
      a *= x[i];
      b *= x[i + 1];
      c *= x[i + 2];
      d *= x[i + 3];
    }
    for (; i < n; i++) {
      a *= x[i];
    }
    return (a * b) * (c * d);
  }

  /** The greatest, or negative infinity of none; NaN wins. */
  static double max(double[] x, int n) {
    double a = Double.NEGATIVE_INFINITY;
    double b = a;
    double c = a;
    double d = a;
    int i = 0;
    for (; i < n - 3; i += 4) {
      a = Math.max(a, x[i]);
      b = Math.max(b, x[i + 1]);
      c = Math.max(c, x[i + 2]);
      d = Math.max(d, x[i + 3]);
    }
    for (; i < n; i++) {
      a = Math.max(a, x[i]);
    }
    return Math.max(Math.max(a, b), Math.max(c, d));
  }

  /** The least, or infinity of none; NaN wins. */
  static double min(double[] x, int n) {
    double a = Double.POSITIVE_INFINITY;
    double b = a;
    double c = a;
    double d = a;
    int i = 0;
    for (; i < n - 3; i += 4) {
      a = Math.min(a, x[i]);
      b = Math.min(b, x[i + 1]);
      c = Math.min(c, x[i + 2]);
      d = Math.min(d, x[i + 3]);
    }
    for (; i < n; i++) {
      a = Math.min(a, x[i]);
    }
    return Math.min(Math.min(a, b), Math.min(c, d));
  }

  /** The greatest of at least one; NaN wins. */
  static float max(float[] x, int n) {
    float max = x[0];
    for (int i = 1; i < n; i++) {
      max = Math.max(max, x[i]);
    }
    return max;
  }

  /** The least of at least one; NaN wins. */
  static float min(float[] x, int n) {
    float min = x[0];
    for (int i = 1; i < n; i++) {
      min = Math.min(min, x[i]);
    }
    return min;
  }
}
