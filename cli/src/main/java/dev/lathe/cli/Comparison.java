package dev.lathe.cli;

import dev.lathe.runtime.Tensor;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells whether an output is as it should be. Integers and bools must be equal. */
final class Comparison {
  private static final double ABSOLUTE = 1e-7;
  private static final double RELATIVE = 1e-3;

  /** How far floats may be off. */
  enum Tolerance {
    /**
     * {@code 1e-7 + 1e-3*|expected|}, as ONNX's backend tests ask, or two steps of a narrower type.
     */
    CASE(0, 0),

    /**
     * Also a hundred-thousandth of the range of the output, for cases with several convolutions or
     * products one after the other: what the first rounds stays where the sums of the next cancel.
     */
    CHAIN(1e-5, 1e-5),

    /**
     * Also a thousandth of the range of the output, for models of many nodes: errors of large
     * intermediate values stay where these cancel.
     */
    NET(1e-3, 1e-3),

    /**
     * Also a tenth of the range of the output, and half a hundredth of it on average, for models
     * that quantise activations by their extremes. A last bit that decides a rounding there moves
     * every value after it by up to a quantisation step: ONNX Runtime's own results for such a
     * model differ by 4% of the range, and by 0.2% on average, between its optimisation levels.
     */
    DYNAMICALLY_QUANTIZED(0.1, 0.005),

    /**
     * Also a fifth of the range of the output, and a hundredth of it on average, for models that
     * were asked to compute with 8 or 11 significant bits.
     */
    REDUCED(0.2, 0.01);

    private final double ofRange;
    private final double meanOfRange;

    Tolerance(double ofRange, double meanOfRange) {
      this.ofRange = ofRange;
      this.meanOfRange = meanOfRange;
    }
  }

  private final Tensor expected;
  private final Tensor actual;
  private final double slack;
  private final double meanSlack;

  private Comparison(Tensor expected, Tensor actual, Tolerance tolerance) {
    this.expected = expected;
    this.actual = actual;
    boolean ranged = tolerance != Tolerance.CASE && expected.elementType().isFloat();
    double range = ranged ? range(expected) : 0;
    this.slack = tolerance.ofRange * range;
    this.meanSlack = tolerance.meanOfRange * range;
  }

  /**
   * What is wrong with an output.
   *
   * @return one line, or null if nothing is
   */
  static @Nullable String difference(Tensor expected, Tensor actual, Tolerance tolerance) {
    if (expected.elementType() != actual.elementType()
        || !Arrays.equals(expected.shape(), actual.shape())) {
      return "is " + actual.type() + " instead of " + expected.type();
    }
    return new Comparison(expected, actual, tolerance).difference();
  }

  private @Nullable String difference() {
    long count = expected.elementCount();
    long wrong = 0;
    long worst = -1;
    double most = -1;
    double sum = 0;
    for (long i = 0; i < count; i++) {
      double distance = distance(i);
      double excess = distance - allowed(i);
      sum += distance;
      if (excess > 0) {
        wrong++;
      }
      if (excess > most) {
        most = excess;
        worst = i;
      }
    }
    if (wrong > 0) {
      return String.format(
          Locale.ROOT,
          "%d of %d elements differ, the most at %s: %s instead of %s",
          wrong,
          count,
          position(worst),
          text(actual, worst),
          text(expected, worst));
    }
    if (slack > 0 && sum / count > meanSlack) {
      return String.format(
          Locale.ROOT,
          "elements differ by %.3g on average, allowed is %.3g",
          sum / count,
          meanSlack);
    }
    return null;
  }

  private static double range(Tensor tensor) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (long i = 0; i < tensor.elementCount(); i++) {
      double value = tensor.getDouble(i);
      if (Double.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    return low > high ? 0 : low == high ? Math.abs(low) : high - low;
  }

  private double distance(long index) {
    if (!expected.elementType().isFloat()) {
      return expected.getLong(index) == actual.getLong(index) ? 0 : Double.MAX_VALUE;
    }
    double e = expected.getDouble(index);
    double a = actual.getDouble(index);
    if (e == a || (Double.isNaN(e) && Double.isNaN(a))) {
      return 0;
    }
    return Double.isFinite(e) && Double.isFinite(a) ? Math.abs(a - e) : Double.MAX_VALUE;
  }

  private double allowed(long index) {
    double relative =
        switch (expected.elementType()) {
          // Two steps of the mantissa.
          case F16 -> 0x1p-9;
          case BF16 -> 0x1p-6;
          case F32, F64 -> RELATIVE;
          case I8, I16, I32, I64, U8, U16, U32, U64, BOOL, I4, U4 -> 0;
        };
    double value = expected.getDouble(index);
    double magnitude = Double.isFinite(value) ? Math.abs(value) : 0;
    return relative == 0 ? 0 : Math.max(ABSOLUTE + relative * magnitude, slack);
  }

  private static String text(Tensor tensor, long index) {
    return tensor.elementType().isFloat()
        ? String.format(Locale.ROOT, "%.7g", tensor.getDouble(index))
        : Long.toString(tensor.getLong(index));
  }

  private String position(long index) {
    long[] position = new long[expected.rank()];
    long rest = index;
    for (int axis = position.length - 1; axis >= 0; axis--) {
      position[axis] = rest % expected.dim(axis);
      rest /= expected.dim(axis);
    }
    return Arrays.toString(position);
  }
}
