package dev.lathe.cli;

import static dev.lathe.cli.Comparison.difference;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.cli.Comparison.Tolerance;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Tensor;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static Tensor floats(float... elements) {
    return Tensor.of(elements, elements.length);
  }

  private static Tensor of(ElementType type, double... elements) {
    Tensor tensor = Tensor.allocate(type, elements.length);
    for (int i = 0; i < elements.length; i++) {
      tensor.setDouble(i, elements[i]);
    }
    return tensor;
  }

  @Test
  void aCaseIsHeldToTheToleranceOfOnnx() {
    assertThat(difference(floats(1000, 0), floats(1000.9f, 1e-8f), Tolerance.CASE)).isNull();
    assertThat(difference(floats(1000, 0), floats(1001.1f, 0), Tolerance.CASE))
        .isEqualTo("1 of 2 elements differ, the most at [0]: 1001.100 instead of 1000.000");
    assertThat(difference(floats(1000, 0), floats(1000, 0.5f), Tolerance.CASE)).isNotNull();
  }

  @Test
  void aCaseOfSeveralProductsMayBeOffByAHundredThousandthOfTheRange() {
    assertThat(difference(floats(1000, 0), floats(1000, 0.009f), Tolerance.CHAIN)).isNull();
    assertThat(difference(floats(1000, 0), floats(1000, 0.011f), Tolerance.CHAIN)).isNotNull();
  }

  @Test
  void aNetMayBeOffByAThousandthOfTheRange() {
    assertThat(difference(floats(1000, 0), floats(1000, 0.9f), Tolerance.NET)).isNull();
    assertThat(difference(floats(1000, 0), floats(1000, 1.1f), Tolerance.NET)).isNotNull();
  }

  @Test
  void aNetThatQuantisesAsItRunsMayBeOffByMoreHereAndThereButNotOnAverage() {
    float[] expected = new float[100];
    expected[0] = 10;
    float[] spike = expected.clone();
    spike[50] = 0.9f;
    float[] shift = expected.clone();
    for (int i = 1; i < shift.length; i++) {
      shift[i] = 0.06f;
    }
    Tolerance tolerance = Tolerance.DYNAMICALLY_QUANTIZED;
    assertThat(difference(floats(expected), floats(spike), tolerance)).isNull();
    assertThat(difference(floats(expected), floats(shift), tolerance))
        .isEqualTo("elements differ by 0.0594 on average, allowed is 0.0500");
    spike[50] = 1.1f;
    assertThat(difference(floats(expected), floats(spike), tolerance)).isNotNull();
  }

  @Test
  void integersAndBoolsMustBeEqual() {
    for (ElementType type : new ElementType[] {ElementType.I64, ElementType.U8, ElementType.BOOL}) {
      assertThat(difference(of(type, 1, 0), of(type, 1, 0), Tolerance.NET)).isNull();
      assertThat(difference(of(type, 1, 0), of(type, 1, 1), Tolerance.DYNAMICALLY_QUANTIZED))
          .isEqualTo("1 of 2 elements differ, the most at [1]: 1 instead of 0");
    }
  }

  @Test
  void narrowFloatsMayBeOffByTwoSteps() {
    Tensor one = of(ElementType.BF16, 1);
    assertThat(difference(one, of(ElementType.BF16, 1.015625), Tolerance.CASE)).isNull();
    assertThat(difference(one, of(ElementType.BF16, 1.03125), Tolerance.CASE)).isNotNull();
  }

  @Test
  void whatIsNotFiniteMustBeTheSame() {
    float inf = Float.POSITIVE_INFINITY;
    assertThat(difference(floats(Float.NaN, inf), floats(Float.NaN, inf), Tolerance.NET)).isNull();
    assertThat(difference(floats(inf), floats(-inf), Tolerance.NET)).isNotNull();
    assertThat(difference(floats(inf), floats(3e38f), Tolerance.NET)).isNotNull();
    assertThat(difference(floats(1), floats(Float.NaN), Tolerance.NET)).isNotNull();
    assertThat(difference(floats(Float.NaN), floats(1), Tolerance.NET)).isNotNull();
  }

  @Test
  void typesAndShapesMustBeTheSame() {
    assertThat(difference(floats(1), floats(1, 2), Tolerance.NET))
        .isEqualTo("is f32[2] instead of f32[1]");
    assertThat(difference(floats(1), of(ElementType.F64, 1), Tolerance.NET))
        .isEqualTo("is f64[1] instead of f32[1]");
  }
}
