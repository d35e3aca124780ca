package dev.lathe.backend.reference;

import static dev.lathe.backend.reference.Evaluate.floats;
import static dev.lathe.backend.reference.Evaluate.iota;
import static dev.lathe.backend.reference.Evaluate.run;
import static dev.lathe.backend.reference.Evaluate.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.QuantizationOp.DequantizeLinear;
import dev.lathe.ir.op.QuantizationOp.DynamicQuantizeLinear;
import dev.lathe.ir.op.QuantizationOp.QuantizeLinear;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuantizationKernelsTest {
  private static Tensor zero(ElementType type, double... values) {
    return values.length == 1 ? tensor(type, values) : tensor(type, values, values.length);
  }

  private static Tensor scale(double value) {
    return tensor(ElementType.F32, new double[] {value});
  }

  @Test
  void quantizesWithTiesToEvenAndSaturates() {
    QuantizeLinear op = new QuantizeLinear(0, 0);
    Tensor x = floats(0.5, 1.5, 2.5, -0.5, 1000, -1000, Double.NaN);
    assertThat(run(op, x, scale(1), zero(ElementType.U8, 3)))
        .containsExactly(3, 5, 5, 3, 255, 0, 0);
    assertThat(run(op, x, scale(0.5), zero(ElementType.I8, 0)))
        .containsExactly(1, 3, 5, -1, 127, -128, 0);
    assertThat(run(op, x, scale(1), zero(ElementType.I4, 0))).containsExactly(0, 2, 2, 0, 7, -8, 0);
    assertThat(run(op, x, scale(1), zero(ElementType.U4, 1))).containsExactly(1, 3, 3, 1, 15, 0, 0);
  }

  @Test
  void eachIndexOfAnAxisHasItsScale() {
    Tensor x = iota(2, 2);
    assertThat(run(new QuantizeLinear(0, 0), x, floats(1, 0.5), zero(ElementType.U8, 0, 10)))
        .containsExactly(0, 1, 14, 16);
    assertThat(run(new QuantizeLinear(-1, 0), x, floats(1, 0.5), zero(ElementType.U8, 0, 10)))
        .containsExactly(0, 12, 2, 16);
    Tensor q = tensor(ElementType.U8, new double[] {10, 11, 12, 13}, 2, 2);
    assertThat(run(new DequantizeLinear(1, 0), q, floats(1, 0.5), zero(ElementType.U8, 10, 9)))
        .containsExactly(0, 1, 2, 2);
  }

  @Test
  void blocksShareScales() {
    Tensor q = tensor(ElementType.I4, new double[] {1, 2, 3, 4, 5, 6}, 1, 6);
    Tensor scales = tensor(ElementType.F32, new double[] {1, 10, 100}, 1, 3);
    Tensor zeros = tensor(ElementType.I4, new double[] {0, 1, 0}, 1, 3);
    assertThat(run(new DequantizeLinear(1, 2), q, scales, zeros))
        .containsExactly(1, 2, 20, 30, 500, 600);
    assertThatThrownBy(() -> run(new DequantizeLinear(1, 4), q, scales, zeros))
        .hasMessage("scales f32[1, 3] must have size 2 on axis 1 for blocks of 4");
    assertThatThrownBy(() -> run(new DequantizeLinear(1, 2), q, scales, zero(ElementType.I4, 0)))
        .hasMessage("scales f32[1, 3] and zero points i4[] must agree");
  }

  @Test
  void dequantizesAllTypes() {
    Tensor sums = tensor(ElementType.I32, new double[] {1 << 30}, 1);
    assertThat(run(new DequantizeLinear(0, 0), sums, scale(0.5), zero(ElementType.I32, 0)))
        .containsExactly(1 << 29);
    Tensor half = tensor(ElementType.F16, new double[] {0.5});
    Tensor result =
        Evaluate.one(
            new DequantizeLinear(0, 0),
            tensor(ElementType.I8, new double[] {-3}, 1),
            half,
            zero(ElementType.I8, 1));
    assertThat(result).hasToString("f16[1]");
    assertThat(result.getDouble(0)).isEqualTo(-2);
  }

  private static List<Tensor> dynamic(double... values) {
    return Evaluate.all(new DynamicQuantizeLinear(), floats(values));
  }

  @Test
  void dynamicRangeHoldsZero() {
    List<Tensor> both = dynamic(-1, 0, 4.1);
    assertThat(both.get(1).toFloats()).containsExactly((float) (5.1f / 255.0));
    assertThat(Evaluate.values(both.get(2))).containsExactly(50);
    assertThat(Evaluate.values(both.get(0))).containsExactly(0, 50, 255);
    List<Tensor> positive = dynamic(51, 255);
    assertThat(positive.get(1).toFloats()).containsExactly(1);
    assertThat(Evaluate.values(positive.get(0))).containsExactly(51, 255);
    List<Tensor> negative = dynamic(-255, -51);
    assertThat(Evaluate.values(negative.get(2))).containsExactly(255);
    assertThat(Evaluate.values(negative.get(0))).containsExactly(0, 204);
    List<Tensor> nothing = dynamic(0, 0);
    assertThat(nothing.get(1).toFloats()).containsExactly(1);
    assertThat(Evaluate.values(nothing.get(0))).containsExactly(0, 0);
  }
}
