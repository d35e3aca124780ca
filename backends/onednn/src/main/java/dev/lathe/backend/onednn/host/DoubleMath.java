package dev.lathe.backend.onednn.host;

/** Functions in double precision that {@link Math} lacks. */
final class DoubleMath {
  private static final double SQRT_PI = Math.sqrt(Math.PI);

  /** From here on, the continued fraction of erfc converges fast. */
  private static final double ERF_SPLIT = 2.5;

  /** Levels of the continued fraction of erfc that make it exact from {@link #ERF_SPLIT} on. */
  private static final int ERFC_LEVELS = 60;

  private DoubleMath() {}

  /**
   * The error function (Abramowitz and Stegun 1964): near zero the series 7.1.6, whose terms have
   * one sign, then one minus the continued fraction 7.1.14 of the complement.
   */
  static double erf(double x) {
    double y = Math.abs(x);
    if (!(y < ERF_SPLIT)) {
      return Double.isNaN(x) ? x : Math.signum(x) * (1 - largeErfc(y));
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > Math.abs(sum) * 0x1p-54; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / SQRT_PI * Math.exp(-x * x) * sum;
  }

  private static double largeErfc(double y) {
    double fraction = y;
    for (int n = ERFC_LEVELS; n > 0; n--) {
      fraction = y + n * 0.5 / fraction;
    }
    return Math.exp(-y * y) / (SQRT_PI * fraction);
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** {@code log(1 + exp(x))} without overflow. */
  static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  static double asinh(double x) {
    double y = Math.abs(x);
    // Beyond, the square overflows, and one more does not matter.
    double result =
        y > 1e150 ? Math.log(2) + Math.log(y) : Math.log1p(y + y * y / (1 + Math.sqrt(y * y + 1)));
    return Math.copySign(result, x);
  }

  static double acosh(double x) {
    double t = x - 1;
    return x > 1e150 ? Math.log(2) + Math.log(x) : Math.log1p(t + Math.sqrt(2 * t + t * t));
  }

  static double atanh(double x) {
    return 0.5 * Math.log1p(2 * x / (1 - x));
  }

  /** See {@link FloatMath#gelu}; beyond 100 the complement is zero. */
  static double gelu(double x) {
    double y = Math.min(Math.abs(x), 100);
    double z = y / Math.sqrt(2);
    double complement = z < ERF_SPLIT ? 1 - erf(z) : largeErfc(z);
    return Math.max(x, 0) - 0.5 * y * complement;
  }

  static double geluTanh(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  /** {@link Math#pow} with the two cases in which C and ONNX differ: 1^NaN and (-1)^infinity. */
  static double pow(double base, double exponent) {
    if (base == 1 || (base == -1 && Double.isInfinite(exponent))) {
      return 1;
    }
    return Math.pow(base, exponent);
  }

  /** The remainder with the sign of the divisor. */
  static double floorMod(double a, double b) {
    double remainder = a % b;
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
  }
}
