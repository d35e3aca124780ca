package dev.lathe.backend.reference;

/** Functions of real numbers in double precision that {@link Math} lacks. */
final class Functions {
  private static final double INVERSE_SQRT_PI = 1 / Math.sqrt(Math.PI);

  /** Beyond it, erf is 1 in double precision. */
  private static final double ERF_SATURATION = 6;

  private static final double[] SMALL_NUMERATOR = {
    0.18577770618460315,
    3.1611237438705655,
    113.86415415105016,
    377.485237685302,
    3209.3775891384694
  };
  private static final double[] SMALL_DENOMINATOR = {
    1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171
  };
  private static final double[] MEDIUM_NUMERATOR = {
    2.1531153547440383e-08,
    0.5641884969886701,
    8.883149794388377,
    66.11919063714163,
    298.6351381974001,
    881.952221241769,
    1712.0476126340707,
    2051.0783778260716,
    1230.3393547979972
  };
  private static final double[] MEDIUM_DENOMINATOR = {
    1,
    15.744926110709835,
    117.6939508913125,
    537.1811018620099,
    1621.3895745666903,
    3290.7992357334597,
    4362.619090143247,
    3439.3676741437216,
    1230.3393548037495
  };
  private static final double[] LARGE_NUMERATOR = {
    0.016315387137302097,
    0.30532663496123236,
    0.36034489994980445,
    0.12578172611122926,
    0.016083785148742275,
    0.0006587491615298378
  };
  private static final double[] LARGE_DENOMINATOR = {
    1,
    2.568520192289822,
    1.8729528499234673,
    0.5279051029514285,
    0.06051834131244132,
    0.0023352049762686918
  };

  private Functions() {}

  /**
   * The error function, by the rational approximations of W. J. Cody, "Rational Chebyshev
   * approximations for the error function", Math. Comp. 23 (1969); coefficients rounded to double.
   */
  static double erf(double x) {
    double y = Math.abs(x);
    if (Double.isNaN(x)) {
      return x;
    }
    if (y <= 0.46875) {
      return x * ratio(SMALL_NUMERATOR, SMALL_DENOMINATOR, y * y);
    }
    if (y >= ERF_SATURATION) {
      return Math.signum(x);
    }
    double scaled;
    if (y <= 4) {
      scaled = ratio(MEDIUM_NUMERATOR, MEDIUM_DENOMINATOR, y);
    } else {
      double z = 1 / (y * y);
      scaled = (INVERSE_SQRT_PI - z * ratio(LARGE_NUMERATOR, LARGE_DENOMINATOR, z)) / y;
    }
    // exp(-y^2) in two factors, so that the rounding of y^2 does not matter.
    double coarse = Math.floor(y * 16) / 16;
    double rest = (y - coarse) * (y + coarse);
    double complement = Math.exp(-coarse * coarse) * Math.exp(-rest) * scaled;
    return Math.signum(x) * (1 - complement);
  }

  /** The quotient of two polynomials, coefficients of the highest powers first. */
  private static double ratio(double[] numerator, double[] denominator, double x) {
    double n = 0;
    for (double coefficient : numerator) {
      n = n * x + coefficient;
    }
    double d = 0;
    for (double coefficient : denominator) {
      d = d * x + coefficient;
    }
    return n / d;
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
    double result =
        y > 1e150 ? Math.log(2) + Math.log(y) : Math.log1p(y + y * y / (1 + Math.hypot(y, 1)));
    return Math.copySign(result, x);
  }

  static double acosh(double x) {
    double t = x - 1;
    return x > 1e150 ? Math.log(2) + Math.log(x) : Math.log1p(t + Math.sqrt(2 * t + t * t));
  }

  static double atanh(double x) {
    return 0.5 * Math.log1p(2 * x / (1 - x));
  }

  static double gelu(double x) {
    return 0.5 * x * (1 + erf(x / Math.sqrt(2)));
  }

  static double geluTanh(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  /** {@link Math#pow} with the two cases in which C differs: {@code 1^NaN} and {@code -1^inf}. */
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
