package dev.lathe.frontend.layers;

import java.util.function.DoubleUnaryOperator;

/**
 * What of each element of an axis goes into each element of a longer or shorter one: matrices
 * {@code [to][from]}.
 *
 * <p>In f32 and in the steps of TensorFlow's kernels, with which Keras computes, so that positions
 * between two elements fall to the same side.
 */
final class ResizeWeights {
  /** Bicubic weights are looked up at so many positions between two elements. */
  private static final int CUBIC_STEPS = 1024;

  /** A sum of weights below this is none. */
  private static final float SMALLEST_SUM = 1000 * Float.MIN_NORMAL;

  private ResizeWeights() {}

  /** The nearest element for each place of the result, pixel centres at halves. */
  static long[] nearest(int from, int to) {
    float scale = from / (float) to;
    long[] indices = new long[to];
    for (int i = 0; i < to; i++) {
      indices[i] = Math.clamp((long) Math.floor((i + 0.5f) * scale), 0, from - 1);
    }
    return indices;
  }

  /**
   * Cubic convolution (Keys 1981, a = -0.5); elements outside do not count.
   *
   * @param isExact false for weights at multiples of 1/1024, as TensorFlow has them
   */
  static float[][] cubic(int from, int to, boolean isExact) {
    float scale = from / (float) to;
    float[][] weights = new float[to][from];
    for (int i = 0; i < to; i++) {
      float position = (i + 0.5f) * scale - 0.5f;
      int left = (int) Math.floor(position);
      double delta = position - left;
      if (!isExact) {
        delta = Math.rint(delta * CUBIC_STEPS) / CUBIC_STEPS;
      }
      for (int k = -1; k <= 2; k++) {
        if (left + k >= 0 && left + k < from) {
          weights[i][left + k] = (float) keys(Math.abs(k - delta));
        }
      }
      normalize(weights[i]);
    }
    return weights;
  }

  private static double keys(double x) {
    if (x < 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }

  /**
   * Lanczos' window of a radius (Duchon 1979).
   *
   * @param antialias whether it widens where the result is shorter
   */
  static float[][] lanczos(int from, int to, int radius, boolean antialias) {
    return scaled(from, to, radius, x -> lanczos(x, radius), antialias);
  }

  private static double lanczos(double x, int radius) {
    if (x > radius) {
      return 0;
    }
    double angle = Math.PI * x;
    return x <= 1e-3 ? 1 : radius * Math.sin(angle) * Math.sin(angle / radius) / (angle * angle);
  }

  private static float[][] scaled(
      int from, int to, int radius, DoubleUnaryOperator kernel, boolean antialias) {
    float inverse = 1 / (to / (float) from);
    float width = antialias ? Math.max(inverse, 1) : 1;
    float[][] weights = new float[to][from];
    for (int i = 0; i < to; i++) {
      float sample = (i + 0.5f) * inverse;
      if (sample > from) {
        continue;
      }
      int first = Math.clamp((long) Math.ceil(sample - radius * width - 0.5f), 0, from - 1);
      int last = Math.clamp((long) Math.floor(sample + radius * width - 0.5f), 0, from - 1);
      for (int k = first; k <= last; k++) {
        weights[i][k] = (float) kernel.applyAsDouble(Math.abs((k + 0.5f - sample) / width));
      }
      normalize(weights[i]);
    }
    return weights;
  }

  private static void normalize(float[] weights) {
    float sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    if (Math.abs(sum) >= SMALLEST_SUM) {
      for (int i = 0; i < weights.length; i++) {
        weights[i] *= 1 / sum;
      }
    }
  }

  /** Whether two matrices differ by no more than rounding. */
  static boolean isClose(float[][] a, float[][] b) {
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < a[i].length; k++) {
        if (Math.abs(a[i][k] - b[i][k]) > 1e-6f) {
          return false;
        }
      }
    }
    return true;
  }
}
