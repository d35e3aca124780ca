package dev.lathe.backend.onednn.host;

/**
 * Functions whose results are right in single precision, computed in double precision by straight
 * line code of arithmetic alone, so that loops over them vectorise.
 *
 * <p>Relative errors stay below 1e-8, a sixth of the rounding of a float. Exponentials are those of
 * a 256th of the argument, squared eight times, which needs no access to exponent bits. The
 * rational functions were fitted to the functions they stand for by weighted least squares on
 * Chebyshev nodes.
 */
final class FloatMath {
  /** Its exponential is less than half the smallest float. */
  static final double LOWEST = -104;

  /** Its exponential is greater than the largest float, and one over it less than the smallest. */
  private static final double HIGHEST = 104;

  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

  private FloatMath() {}

  static double exp(double x) {
    double p = 1 + expm1Of256th(x);
    p *= p;
    p *= p;
    p *= p;
    p *= p;
    p *= p;
    p *= p;
    p *= p;
    return p * p;
  }

  /** {@code exp(x) - 1}, also right near zero: squaring is {@code (1+p)^2 - 1 = p(p+2)}. */
  static double expm1(double x) {
    double p = expm1Of256th(x);
    p *= p + 2;
    p *= p + 2;
    p *= p + 2;
    p *= p + 2;
    p *= p + 2;
    p *= p + 2;
    p *= p + 2;
    return p * (p + 2);
  }

  private static double expm1Of256th(double x) {
    double r = Math.max(LOWEST, Math.min(HIGHEST, x)) * (1.0 / 256);
    double p = 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = p * r + 1;
    return p * r;
  }

  static double sigmoid(double x) {
    return 1 / (1 + exp(-x));
  }

  static double tanh(double x) {
    // Beyond 10, tanh is 1 in single precision.
    double e = expm1(2 * Math.max(-10, Math.min(10, x)));
    return e / (e + 2);
  }

  /** {@code log(1 + x)} for x between 0 and 1: the series of {@code 2 atanh(x / (2 + x))}. */
  static double log1p(double x) {
    double s = x / (2 + x);
    double t = s * s;
    double p = 1.0 / 17;
    p = p * t + 1.0 / 15;
    p = p * t + 1.0 / 13;
    p = p * t + 1.0 / 11;
    p = p * t + 1.0 / 9;
    p = p * t + 1.0 / 7;
    p = p * t + 1.0 / 5;
    p = p * t + 1.0 / 3;
    return 2 * s * (p * t + 1);
  }

  static double silu(double x) {
    return Math.max(x, LOWEST) * sigmoid(x);
  }

  /** {@code x * tanh(softplus(x))}; with {@code w = exp(x)}, the tangent is a quotient in w. */
  static double mish(double x) {
    double w = exp(Math.min(x, 40));
    double n = w * (w + 2);
    return Math.max(x, LOWEST) * (n / (n + 2));
  }

  static double erf(double x) {
    double z = Math.max(-4, Math.min(4, x));
    double t = z * z;
    double n = -1.3201882101372994e-08;
    n = n * t + 4.684704632000676e-06;
    n = n * t + 3.7960660685824367e-04;
    n = n * t + 3.8496225771025654e-03;
    n = n * t + 5.43169102755145e-02;
    n = n * t + 1.8520367075375277e-01;
    n = n * t + 1.1283791693631589;
    double d = 6.310989736201099e-05;
    d = d * t + 1.3075691781941452e-03;
    d = d * t + 1.5462102978277322e-02;
    d = d * t + 1.1395854822919466e-01;
    d = d * t + 4.9746589341663516e-01;
    d = d * t + 1;
    return z * n / d;
  }

  /**
   * {@code x/2 (1 + erf(x/sqrt 2)) = max(x, 0) - |x|/2 erfc(|x|/sqrt 2)}, right in both tails; the
   * complement is a bell curve times a rational function.
   *
   * @param bell {@code exp(-x*x/2)}
   */
  static double gelu(double x, double bell) {
    double y = Math.min(Math.abs(x), -LOWEST);
    double z = Math.min(y * SQRT_HALF, 10.4);
    double n = 3.305523833544169e-02;
    n = n * z + 2.3044908054601124e-01;
    n = n * z + 7.34182359511993e-01;
    n = n * z + 1.2408686175385086;
    n = n * z + 1.000000006073072;
    double d = 5.858822674744125e-02;
    d = d * z + 4.084855831932528e-01;
    d = d * z + 1.3301818983299052;
    d = d * z + 2.407583084246196;
    d = d * z + 2.369248394502016;
    d = d * z + 1;
    return Math.max(x, 0) - 0.5 * y * bell * n / d;
  }

  /** {@code x/2 (1 + tanh u) = x sigmoid(2u)} with {@code u = sqrt(2/pi) (x + 0.044715 x^3)}. */
  static double geluTanh(double x) {
    double u = SQRT_2_OVER_PI * (x + 0.044715 * x * x * x);
    return Math.max(x, LOWEST) * sigmoid(2 * u);
  }
}
