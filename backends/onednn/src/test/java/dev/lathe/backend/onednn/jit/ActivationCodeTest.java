package dev.lathe.backend.onednn.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.backend.onednn.binding.ExecutableMemory;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.jit.Assembler.Label;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Activations are those of double precision, over all the floats there are. */
class ActivationCodeTest {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  /** Vectors that are worked on at a time, and the registers for it: not all at once. */
  private static final int VECTORS = 5;

  private static final int FREE = 9;

  /** What is lost where {@code exp(-x)} is beyond the range of f32. */
  private static final double TINY = 3e-37;

  /** What lies between two floats that are tried, as bits. */
  private static final int STEP = 40_009;

  private static final int COUNT = (int) ((1L << 32) / STEP) / 80 * 80;

  @BeforeAll
  static void needsAvx512() {
    assumeTrue(OneDnn.hasAvx512(), "the code is for AVX-512");
  }

  /** Applies a function to numbers in place, so many vectors at a time. */
  private static byte[] code(Activation activation, int groups) {
    Assembler a = new Assembler();
    ActivationCode code = new ActivationCode(a, activation);
    a.movImmediate(Assembler.RCX, groups);
    Label next = a.here();
    for (int i = 0; i < VECTORS; i++) {
      a.loadVector(i, Assembler.RDI, i * Assembler.VECTOR, Assembler.UNMASKED);
    }
    code.apply(0, VECTORS, VECTORS, VECTORS + FREE);
    for (int i = 0; i < VECTORS; i++) {
      a.storeVector(Assembler.RDI, i * Assembler.VECTOR, i, Assembler.UNMASKED);
    }
    a.addImmediate(Assembler.RDI, VECTORS * Assembler.VECTOR);
    a.addImmediate(Assembler.RCX, -1);
    a.jump(Assembler.NOT_EQUAL, next);
    a.vzeroupper();
    a.ret();
    code.data();
    return a.toBytes();
  }

  private static float[] apply(Activation activation, float... numbers) {
    int vectors = Math.ceilDiv(numbers.length, CodeSource.LANES * VECTORS);
    try (Arena arena = Arena.ofConfined();
        ExecutableMemory code = ExecutableMemory.of(code(activation, vectors))) {
      MemorySegment memory = arena.allocate(FLOAT, (long) vectors * VECTORS * CodeSource.LANES);
      MemorySegment.copy(numbers, 0, memory, FLOAT, 0, numbers.length);
      code.call(memory, 1);
      float[] results = new float[numbers.length];
      MemorySegment.copy(memory, FLOAT, 0, results, 0, numbers.length);
      return results;
    }
  }

  private static void assertExact(
      Activation activation, double tolerance, DoubleUnaryOperator function) {
    float[] numbers = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      numbers[i] = Float.intBitsToFloat(i * STEP);
    }
    float[] results = apply(activation, numbers);
    for (int i = 0; i < COUNT; i++) {
      double x = numbers[i];
      if (Double.isNaN(x)) {
        assertThat(results[i]).isNaN();
      } else if (Double.isFinite(x)) {
        double expected = (float) function.applyAsDouble(x);
        double range = tolerance * Math.abs(expected) + TINY;
        if (!(Math.abs(results[i] - expected) <= range)) {
          assertThat((double) results[i])
              .as("%s of %s", activation.function(), x)
              .isEqualTo(expected, within(range));
        }
      }
    }
  }

  /** The exponential is exact to 1e-7, and so many times its argument's rounding. */
  @Test
  void sigmoidAndSilu() {
    DoubleUnaryOperator sigmoid = x -> 1 / (1 + Math.exp(-x));
    assertExact(Activation.SIGMOID, 1e-5, sigmoid);
    assertExact(Activation.SILU, 1e-5, x -> x * sigmoid.applyAsDouble(x));
  }

  @Test
  void exponential() {
    assertExact(Activation.EXP, 1e-5, Math::exp);
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(apply(Activation.EXP, 0, -infinity, infinity, 1000, -1000))
        .containsExactly(1, 0, infinity, infinity, 0);
  }

  @Test
  void tanh() {
    assertExact(Activation.TANH, 4e-7, Math::tanh);
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(apply(Activation.TANH, 0, -0f)).containsExactly(0, -0f);
    assertThat(apply(Activation.TANH, infinity)[0]).isCloseTo(1, within(2e-7f));
    assertThat(apply(Activation.TANH, -infinity)[0]).isCloseTo(-1, within(2e-7f));
  }

  /** The normal distribution's part between 0 and x, by Simpson's rule. */
  private static double normal(double x) {
    int intervals = 400;
    double sum = 0;
    for (int i = 0; i <= intervals; i++) {
      double at = x * i / intervals;
      int weight = i == 0 || i == intervals ? 1 : i % 2 == 0 ? 2 : 4;
      sum += weight * Math.exp(-at * at / 2);
    }
    return sum * x / intervals / 3 / Math.sqrt(2 * Math.PI);
  }

  /** Where the result is next to 0, it is a part of the argument that is not exact. */
  @Test
  void gelu() {
    float[] numbers = new float[2400];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (i - 1200) / 100f;
    }
    float[] exact = apply(Activation.GELU, numbers);
    float[] approximate = apply(Activation.GELU_TANH, numbers);
    for (int i = 0; i < numbers.length; i++) {
      double x = numbers[i];
      double range = 4e-7 * Math.abs(x) + TINY;
      double tanh = Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
      assertThat((double) exact[i]).isCloseTo(x * (0.5 + normal(x)), within(range));
      assertThat((double) approximate[i]).isCloseTo(x * 0.5 * (1 + tanh), within(range));
    }
    float[] large = {100, 1e30f, Float.POSITIVE_INFINITY, 0};
    assertThat(apply(Activation.GELU, large)).containsExactly(large);
    assertThat(apply(Activation.GELU_TANH, large)).containsExactly(large);
    assertThat(apply(Activation.GELU, -100, -1e30f, Float.NaN))
        .containsExactly(-0f, -0f, Float.NaN);
    assertThat(apply(Activation.GELU_TANH, -100, -1e30f, Float.NaN))
        .containsExactly(-0f, -0f, Float.NaN);
  }

  @Test
  void factors() {
    assertExact(Activation.NONE.then(0.5f, 2), 0, x -> 0.5 * x + 2);
    assertThat(apply(Activation.clamp(0, 6).then(0.5f, 1).then(2, 3), -1, 4, 7))
        .containsExactly(5, 9, 11);
  }

  @Test
  void clamps() {
    assertExact(Activation.NONE, 0, x -> x);
    assertExact(Activation.clamp(-1.5f, 6), 0, x -> Math.clamp(x, -1.5, 6));
    assertExact(Activation.clamp(0, Float.POSITIVE_INFINITY), 0, x -> Math.max(x, 0));
    assertExact(Activation.clamp(Float.NEGATIVE_INFINITY, 2), 0, x -> Math.min(x, 2));
  }

  @Test
  void hardFunctions() {
    DoubleUnaryOperator hard = x -> Math.clamp((double) (0.2f * (float) x) + 0.5, 0, 1);
    assertExact(new Activation(Activation.Function.HARD_SIGMOID, 0.2f, 0.5f), 3e-7, hard);
    assertExact(
        new Activation(Activation.Function.HARD_SWISH, 0.2f, 0.5f),
        3e-7,
        x -> x * hard.applyAsDouble(x));
  }

  @Test
  void infinities() {
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(apply(Activation.SIGMOID, infinity, -infinity, 0)).containsExactly(1, 0, 0.5f);
    assertThat(apply(Activation.SILU, infinity, -100, 0)[0]).isEqualTo(infinity);
    assertThat(apply(Activation.SILU, -1000, -1e30f)).containsExactly(-0f, -0f);
    assertThat(apply(Activation.SILU, -infinity)[0]).isNaN();
    assertThat(apply(Activation.clamp(0, infinity), infinity, -infinity))
        .containsExactly(infinity, 0);
  }
}
