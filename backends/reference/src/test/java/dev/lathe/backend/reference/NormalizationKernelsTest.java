package dev.lathe.backend.reference;

import static dev.lathe.backend.reference.Evaluate.floats;
import static dev.lathe.backend.reference.Evaluate.iota;
import static dev.lathe.backend.reference.Evaluate.run;
import static dev.lathe.backend.reference.Evaluate.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.ir.op.NormalizationOp.GroupNormalization;
import dev.lathe.ir.op.NormalizationOp.InstanceNormalization;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.NormalizationOp.LogSoftmax;
import dev.lathe.ir.op.NormalizationOp.Lrn;
import dev.lathe.ir.op.NormalizationOp.RmsNormalization;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.runtime.Tensor;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class NormalizationKernelsTest {
  private static final Offset<Double> CLOSE = within(1e-6);

  @Test
  void softmaxOfAnyAxis() {
    double log2 = Math.log(2);
    double log3 = Math.log(3);
    assertThat(run(new Softmax(0), floats(0, log3)))
        .containsExactly(new double[] {0.25, 0.75}, CLOSE);
    Tensor x = tensor(ElementType.F32, new double[] {0, log2, log3, 0}, 2, 2);
    assertThat(run(new Softmax(0), x))
        .containsExactly(new double[] {0.25, 2 / 3.0, 0.75, 1 / 3.0}, CLOSE);
    assertThat(run(new Softmax(-1), x))
        .containsExactly(new double[] {1 / 3.0, 2 / 3.0, 0.75, 0.25}, CLOSE);
    assertThat(run(new LogSoftmax(0), floats(0, log3)))
        .containsExactly(new double[] {Math.log(0.25), Math.log(0.75)}, CLOSE);
  }

  @Test
  void softmaxOfExtremes() {
    double infinity = Double.POSITIVE_INFINITY;
    assertThat(run(new Softmax(0), floats(1e30, 1e30, -infinity))).containsExactly(0.5, 0.5, 0);
    assertThat(run(new LogSoftmax(0), floats(1e30, -1e30)))
        .containsExactly(new double[] {0, -2e30}, within(1e24));
    assertThat(run(new Softmax(0), floats(-infinity, -infinity)))
        .containsExactly(Double.NaN, Double.NaN);
    assertThat(Evaluate.one(new Softmax(1), tensor(ElementType.F32, new double[0], 2, 0)))
        .hasToString("f32[2, 0]");
  }

  @Test
  void batch() {
    Tensor x = iota(1, 2, 2);
    assertThat(
            run(
                new BatchNormalization(0),
                x,
                floats(2, 1),
                floats(0, 5),
                floats(1, 2),
                floats(4, 0.25)))
        .containsExactly(-1, 0, 5, 7);
  }

  @Test
  void layer() {
    Tensor x = tensor(ElementType.F32, new double[] {1, 3, 10, 10}, 2, 2);
    assertThat(run(new LayerNormalization(-1, 0.1f), x, floats(1, 2), floats(0, 1)))
        .containsExactly(new double[] {-1 / Math.sqrt(1.1), 2 / Math.sqrt(1.1) + 1, 0, 1}, CLOSE);
    // Mean 6, variance 16.5 over all four.
    double deviation = Math.sqrt(16.5);
    assertThat(run(new LayerNormalization(0, 0), x, floats(1), floats(0)))
        .containsExactly(
            new double[] {-5 / deviation, -3 / deviation, 4 / deviation, 4 / deviation}, CLOSE);
  }

  @Test
  void rootMeanSquare() {
    assertThat(run(new RmsNormalization(0, 0), floats(3, 4), floats(1, 2)))
        .containsExactly(new double[] {3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)}, CLOSE);
  }

  @Test
  void channels() {
    Tensor x = tensor(ElementType.F32, new double[] {1, 3, 10, 20}, 1, 2, 2);
    assertThat(run(new InstanceNormalization(0), x, floats(1, 2), floats(0, 1)))
        .containsExactly(new double[] {-1, 1, -1, 3}, CLOSE);
    assertThat(run(new GroupNormalization(2, 0), x, floats(1, 2), floats(0, 1)))
        .containsExactly(new double[] {-1, 1, -1, 3}, CLOSE);
    double deviation = Math.sqrt((7.5 * 7.5 + 5.5 * 5.5 + 1.5 * 1.5 + 11.5 * 11.5) / 4);
    assertThat(run(new GroupNormalization(1, 0), x, floats(1, 1), floats(0, 0)))
        .containsExactly(
            new double[] {-7.5 / deviation, -5.5 / deviation, 1.5 / deviation, 11.5 / deviation},
            CLOSE);
  }

  @Test
  void neighbours() {
    Tensor x = tensor(ElementType.F32, new double[] {1, 2, 3}, 1, 3);
    assertThat(run(new Lrn(3, 3, 1, 1), x))
        .containsExactly(new double[] {1 / 6.0, 2 / 15.0, 3 / 14.0}, CLOSE);
    // Of two neighbours, the second is the one after.
    assertThat(run(new Lrn(2, 2, 1, 1), x))
        .containsExactly(new double[] {1 / 6.0, 2 / 14.0, 3 / 10.0}, CLOSE);
  }
}
