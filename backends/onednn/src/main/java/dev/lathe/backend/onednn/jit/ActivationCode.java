package dev.lathe.backend.onednn.jit;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes the code of an {@link Activation} on vectors in registers.
 *
 * <p>The exponential is {@code 2^t} with {@code t = x log2(e)}: a polynomial of degree 5 on what
 * {@code t} is above an integer, whose relative error is at most 8.3e-8, and a change of the
 * exponent, which gives 0 and infinity where the result is beyond the range. The division by {@code
 * 1 + 2^t} costs less than an approximation of the reciprocal and a step of Newton's.
 *
 * <p>The hyperbolic tangent is a rational function fitted to it by weighted least squares on
 * Chebyshev nodes up to 9.02, beyond which it is 1; its relative error is at most 3.1e-7. So is the
 * distribution function of the normal distribution less 0.5, up to 5.5; its absolute error is at
 * most 3e-7.
 */
final class ActivationCode {
  /** The registers that are needed for each vector that is worked on at a time. */
  static final int TEMPORARIES = 3;

  private static final float LOG2_E = 1.442695f;

  /** From the highest degree; that of degree 0 is 1, so that {@code 2^0} is exact. */
  private static final float[] POWER = {
    1.86713e-3f, 9.01703e-3f, 5.579991e-2f, 2.4016444e-1f, 6.931513e-1f, 1
  };

  private static final float TANH_END = 9.02f;

  /** From the highest power of the square. */
  private static final float[] TANH_NUMERATOR = {
    1.3319562e-08f, 2.0583877e-05f, 0.0034940606f, 0.1337974f, 1
  };

  private static final float[] TANH_DENOMINATOR = {
    7.762232e-07f, 0.00032831338f, 0.025871174f, 0.46713057f, 1
  };

  private static final float NORMAL_END = 5.5f * 5.5f;

  private static final float[] NORMAL_NUMERATOR = {
    7.3076367e-6f, 4.072272e-4f, 0.006130481f, 0.05795524f, 0.3989416f
  };

  private static final float[] NORMAL_DENOMINATOR = {
    6.005741e-7f, 1.4622041e-4f, 0.0032450526f, 0.042374514f, 0.31192803f, 1
  };

  /** {@code 2 * sqrt(2 / pi)}, and that times 0.044715. */
  private static final float GELU_LINEAR = 1.595769f;

  private static final float GELU_CUBIC = 0.07135481f;

  private final Assembler a;
  private final Activation activation;
  private final Map<Float, Label> numbers = new LinkedHashMap<>();

  // The vectors in work, and the first of the registers that may be changed.
  private int first;
  private int count;
  private int free;

  ActivationCode(Assembler a, Activation activation) {
    this.a = a;
    this.activation = activation;
  }

  /** Writes the numbers that the code reads, behind code that does not run on. */
  void data() {
    a.align(Float.BYTES);
    numbers.forEach(
        (number, label) -> {
          a.bind(label);
          a.data(number);
        });
  }

  private Label number(float value) {
    return numbers.computeIfAbsent(value, v -> a.label());
  }

  /**
   * Applies the function to registers.
   *
   * @param from the first of them
   * @param to the first that is none of them
   * @param freeFrom the first of the registers that may be changed
   * @param freeTo the first that may not; at least {@value #TEMPORARIES} behind
   */
  void apply(int from, int to, int freeFrom, int freeTo) {
    int most = (freeTo - freeFrom) / TEMPORARIES;
    free = freeFrom;
    for (first = from; first < to; first += most) {
      count = Math.min(most, to - first);
      switch (activation.function()) {
        case NONE -> {}
        case CLAMP -> clamp();
        case HARD_SIGMOID -> hard(false);
        case HARD_SWISH -> hard(true);
        case SIGMOID -> logistic(false);
        case SILU -> logistic(true);
        case EXP -> exponential();
        case TANH -> tanh();
        case GELU -> gelu();
        case GELU_TANH -> geluTanh();
      }
      if (activation.isScaled()) {
        Label shift = number(activation.shift());
        a.vbroadcastss(free, number(activation.scale()));
        each((x, t, u, p) -> a.vfmadd213ps(x, free, shift));
      }
    }
  }

  /** What is done with one vector. */
  private interface Step {
    /**
     * Writes the instruction.
     *
     * @param x the register of the vector
     * @param t its first temporary register
     * @param u its second
     * @param p its third
     */
    void emit(int x, int t, int u, int p);
  }

  /** A step for all vectors, so that none has to wait for the step before. */
  private void each(Step step) {
    for (int i = 0; i < count; i++) {
      int own = free + TEMPORARIES * i;
      step.emit(first + i, own, own + 1, own + 2);
    }
  }

  /** The second operand is what comes out where one is not a number. */
  private void clamp() {
    if (activation.alpha() != Float.NEGATIVE_INFINITY) {
      a.vbroadcastss(free, number(activation.alpha()));
      each((x, t, u, p) -> a.vmaxps(x, free, x));
    }
    if (activation.beta() != Float.POSITIVE_INFINITY) {
      a.vbroadcastss(free, number(activation.beta()));
      each((x, t, u, p) -> a.vminps(x, free, x));
    }
  }

  private void hard(boolean times) {
    Label slope = number(activation.alpha());
    Label shift = number(activation.beta());
    Label one = number(1);
    each((x, t, u, p) -> a.vmulps(t, x, slope));
    each((x, t, u, p) -> a.vaddps(t, t, shift));
    each((x, t, u, p) -> a.vpxord(u, u, u));
    each((x, t, u, p) -> a.vmaxps(t, u, t));
    each((x, t, u, p) -> a.vbroadcastss(u, one));
    each((x, t, u, p) -> a.vminps(times ? t : x, u, t));
    if (times) {
      each((x, t, u, p) -> a.vmulps(x, x, t));
    }
  }

  private void logistic(boolean times) {
    Label one = number(1);
    power(-LOG2_E);
    each((x, t, u, p) -> a.vaddps(p, p, one));
    if (!times) {
      each((x, t, u, p) -> a.vbroadcastss(x, one));
    }
    each((x, t, u, p) -> a.vdivps(x, x, p));
  }

  private void exponential() {
    power(LOG2_E);
    each((x, t, u, p) -> a.vmovups(x, p, Assembler.UNMASKED));
  }

  /** The third temporary becomes two to the power of so many times the vector. */
  private void power(float times) {
    Label scale = number(times);
    each((x, t, u, p) -> a.vmulps(t, x, scale));
    power();
  }

  /** The third temporary becomes two to the power of the first. */
  private void power() {
    Label highest = number(POWER[0]);
    each((x, t, u, p) -> a.vreduceps(u, t));
    each((x, t, u, p) -> a.vbroadcastss(p, highest));
    for (int i = 1; i < POWER.length; i++) {
      Label coefficient = number(POWER[i]);
      each((x, t, u, p) -> a.vfmadd213ps(p, u, coefficient));
    }
    each((x, t, u, p) -> a.vscalefps(p, p, t));
  }

  private void tanh() {
    Label least = number(-TANH_END);
    Label greatest = number(TANH_END);
    each((x, t, u, p) -> a.vbroadcastss(t, least));
    each((x, t, u, p) -> a.vmaxps(x, t, x));
    each((x, t, u, p) -> a.vbroadcastss(t, greatest));
    each((x, t, u, p) -> a.vminps(x, t, x));
    each((x, t, u, p) -> a.vmulps(t, x, x));
    polynomials(TANH_NUMERATOR, TANH_DENOMINATOR);
    each((x, t, u, p) -> a.vmulps(x, x, u));
    each((x, t, u, p) -> a.vdivps(x, x, p));
  }

  /** The second and third temporaries become polynomials of the first. */
  private void polynomials(float[] second, float[] third) {
    Label numerator = number(second[0]);
    Label denominator = number(third[0]);
    each((x, t, u, p) -> a.vbroadcastss(u, numerator));
    each((x, t, u, p) -> a.vbroadcastss(p, denominator));
    for (int i = 1; i < third.length; i++) {
      if (i < second.length) {
        Label above = number(second[i]);
        each((x, t, u, p) -> a.vfmadd213ps(u, t, above));
      }
      Label below = number(third[i]);
      each((x, t, u, p) -> a.vfmadd213ps(p, t, below));
    }
  }

  /** Beyond the end, the rational function is constant, and its product with x is beyond 0.5. */
  private void gelu() {
    Label end = number(NORMAL_END);
    Label low = number(-0.5f);
    Label high = number(0.5f);
    each((x, t, u, p) -> a.vmulps(t, x, x));
    each((x, t, u, p) -> a.vbroadcastss(u, end));
    each((x, t, u, p) -> a.vminps(t, u, t));
    polynomials(NORMAL_NUMERATOR, NORMAL_DENOMINATOR);
    each((x, t, u, p) -> a.vmulps(u, u, x));
    each((x, t, u, p) -> a.vdivps(u, u, p));
    each((x, t, u, p) -> a.vbroadcastss(t, low));
    each((x, t, u, p) -> a.vmaxps(u, t, u));
    each((x, t, u, p) -> a.vbroadcastss(t, high));
    each((x, t, u, p) -> a.vminps(u, t, u));
    each((x, t, u, p) -> a.vaddps(u, u, t));
    each((x, t, u, p) -> a.vmulps(x, x, u));
  }

  /** {@code (1 + tanh(y)) / 2} is the sigmoid of {@code 2 * y}. */
  private void geluTanh() {
    Label linear = number(-LOG2_E * GELU_LINEAR);
    Label cubic = number(-LOG2_E * GELU_CUBIC);
    Label one = number(1);
    each((x, t, u, p) -> a.vmulps(t, x, x));
    each((x, t, u, p) -> a.vbroadcastss(u, cubic));
    each((x, t, u, p) -> a.vfmadd213ps(t, u, linear));
    each((x, t, u, p) -> a.vmulps(t, t, x));
    power();
    each((x, t, u, p) -> a.vaddps(p, p, one));
    each((x, t, u, p) -> a.vdivps(x, x, p));
  }
}
