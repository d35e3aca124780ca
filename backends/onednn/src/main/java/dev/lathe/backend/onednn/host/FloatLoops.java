package dev.lathe.backend.onednn.host;

/**
 * Functions of every element of f32 arrays in single precision, as straight-line arithmetic that
 * vectorises.
 *
 * <p>The hyperbolic tangent is a rational function fitted to it by weighted least squares on
 * Chebyshev nodes up to 9, beyond which it is 1; its relative error is below 4e-7. The sigmoid is
 * {@code (1 + tanh(x / 2)) / 2}, with an absolute error below 2e-7: where it is close to 0 its
 * relative error is large, which gates do not mind and outputs may.
 */
final class FloatLoops {
  private FloatLoops() {}

  static void tanh(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = tanh(x[i]);
    }
  }

  static void sigmoid(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = 0.5f + 0.5f * tanh(0.5f * x[i]);
    }
  }

  private static float tanh(float x) {
    float z = Math.max(-9f, Math.min(9f, x));
    float t = z * z;
    float n = -1.0684118e-11f;
    n = n * t + 2.8413583e-8f;
    n = n * t + 2.7075881e-5f;
    n = n * t + 0.0038217707f;
    n = n * t + 0.13642754f;
    n = n * t + 1;
    float d = 1.2230624e-6f;
    d = d * t + 3.856723e-4f;
    d = d * t + 0.027075404f;
    d = d * t + 0.46976086f;
    d = d * t + 1;
    return z * n / d;
  }
}
