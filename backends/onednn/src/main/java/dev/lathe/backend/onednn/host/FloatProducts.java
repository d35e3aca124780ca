package dev.lathe.backend.onednn.host;

/**
 * Products of f32 vectors with matrices, whose rows are arrays, so that loops vectorise. Eight rows
 * are added at a time, because the sums are loaded and stored each time.
 */
final class FloatProducts {
  private FloatProducts() {}

  /** Adds {@code sum over i of factors[i] * rows[i]}, lane by lane. */
  static void add(float[] into, float[] factors, float[][] rows) {
    int i = 0;
    for (; i < rows.length - 7; i += 8) {
      add8(
          into,
          factors,
          i,
          rows[i],
          rows[i + 1],
          rows[i + 2],
          rows[i + 3],
          rows[i + 4],
          rows[i + 5],
          rows[i + 6],
          rows[i + 7]);
    }
    for (; i < rows.length; i++) {
      add1(into, factors[i], rows[i]);
    }
  }

  /** Does the same for two vectors, and reads the rows once. */
  static void add(float[] first, float[] factors, float[] second, float[] others, float[][] rows) {
    int i = 0;
    for (; i < rows.length - 3; i += 4) {
      add4(first, second, factors, others, i, rows[i], rows[i + 1], rows[i + 2], rows[i + 3]);
    }
    for (; i < rows.length; i++) {
      add1(first, factors[i], rows[i]);
      add1(second, others[i], rows[i]);
    }
  }

  private static void add8(
      float[] into,
      float[] factors,
      int at,
      float[] a,
      float[] b,
      float[] c,
      float[] d,
      float[] e,
      float[] f,
      float[] g,
      float[] h) {
    float p = factors[at];
    float q = factors[at + 1];
    float r = factors[at + 2];
    float s = factors[at + 3];
    float t = factors[at + 4];
    float u = factors[at + 5];
    float v = factors[at + 6];
    float w = factors[at + 7];
    for (int i = 0; i < into.length; i++) {
      float sum = Math.fma(p, a[i], Math.fma(q, b[i], Math.fma(r, c[i], into[i])));
      sum = Math.fma(s, d[i], Math.fma(t, e[i], Math.fma(u, f[i], sum)));
      into[i] = Math.fma(v, g[i], Math.fma(w, h[i], sum));
    }
  }

  private static void add4(
      float[] first,
      float[] second,
      float[] factors,
      float[] others,
      int at,
      float[] x,
      float[] y,
      float[] z,
      float[] w) {
    float a = factors[at];
    float b = factors[at + 1];
    float c = factors[at + 2];
    float d = factors[at + 3];
    float e = others[at];
    float f = others[at + 1];
    float g = others[at + 2];
    float h = others[at + 3];
    for (int i = 0; i < first.length; i++) {
      float sum = Math.fma(a, x[i], Math.fma(b, y[i], first[i]));
      first[i] = Math.fma(c, z[i], Math.fma(d, w[i], sum));
      float other = Math.fma(e, x[i], Math.fma(f, y[i], second[i]));
      second[i] = Math.fma(g, z[i], Math.fma(h, w[i], other));
    }
  }

  private static void add1(float[] into, float a, float[] x) {
    for (int i = 0; i < into.length; i++) {
      into[i] = Math.fma(a, x[i], into[i]);
    }
  }
}
