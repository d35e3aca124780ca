package dev.lathe.backend.reference;

import static dev.lathe.backend.reference.Evaluate.iota;
import static dev.lathe.backend.reference.Evaluate.run;
import static dev.lathe.backend.reference.Evaluate.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.PoolingOp.AveragePool;
import dev.lathe.ir.op.PoolingOp.LpPool;
import dev.lathe.ir.op.PoolingOp.MaxPool;
import dev.lathe.ir.op.Window;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolingKernelsTest {
  private static final List<Long> TWO = List.of(2L, 2L);
  private static final List<Long> ONE = List.of(1L, 1L);

  private static Window window(long stride, long dilation, long begin, long end) {
    return new Window(
        List.of(stride), List.of(dilation), new Padding.Explicit(List.of(begin), List.of(end)));
  }

  private static Tensor row(double... values) {
    return tensor(ElementType.F32, values, 1, 1, values.length);
  }

  private static double[] max(Window window, boolean ceil, Tensor x) {
    return run(new MaxPool(List.of(2L), window, ceil, false, false), x);
  }

  @Test
  void maxima() {
    Tensor x = row(-1, -5, -2, -4, -3);
    assertThat(max(window(1, 1, 0, 0), false, x)).containsExactly(-1, -2, -2, -3);
    assertThat(max(window(2, 1, 0, 0), false, x)).containsExactly(-1, -2);
    assertThat(max(window(2, 1, 0, 0), true, x)).containsExactly(-1, -2, -3);
    // Padding never wins, though all elements are negative.
    assertThat(max(window(2, 1, 1, 0), false, x)).containsExactly(-1, -2, -3);
    assertThat(max(window(1, 3, 0, 0), false, x)).containsExactly(-1, -3);
    assertThat(max(window(1, 1, 0, 0), false, row(1, Double.NaN, 3, 0)))
        .containsExactly(Double.NaN, Double.NaN, 3);
    Tensor bytes = tensor(ElementType.I8, new double[] {-3, -2, -1}, 1, 1, 3);
    assertThat(max(window(2, 1, 1, 0), false, bytes)).containsExactly(-3, -1);
  }

  @Test
  void indicesArePositionsInTheWholeOperand() {
    Window window = new Window(TWO, ONE, Padding.Explicit.none(2));
    List<Tensor> results =
        Evaluate.all(new MaxPool(TWO, window, false, true, false), iota(1, 2, 2, 4));
    assertThat(results.get(0).toFloats()).containsExactly(5, 7, 13, 15);
    assertThat(results.get(1).toLongs()).containsExactly(5, 7, 13, 15);
    List<Tensor> columns =
        Evaluate.all(new MaxPool(TWO, window, false, true, true), iota(1, 2, 2, 4));
    // Row 1, columns 1 and 3, of planes of two rows.
    assertThat(columns.get(1).toLongs()).containsExactly(3, 7, 11, 15);
  }

  @Test
  void firstOfEqualElementsWins() {
    List<Tensor> results =
        Evaluate.all(
            new MaxPool(List.of(3L), window(1, 1, 0, 0), false, true, false), row(2, 2, 1, 2));
    assertThat(results.get(1).toLongs()).containsExactly(0, 1);
  }

  private static double[] average(Window window, boolean ceil, boolean padding, Tensor x) {
    return run(new AveragePool(List.of(3L), window, ceil, padding), x);
  }

  @Test
  void means() {
    Tensor x = row(1, 2, 3, 4);
    assertThat(average(window(1, 1, 0, 0), false, false, x)).containsExactly(2, 3);
    assertThat(average(window(1, 1, 1, 1), false, false, x)).containsExactly(1.5, 2, 3, 3.5);
    assertThat(average(window(1, 1, 1, 1), false, true, x))
        .containsExactly(1, 2, 3, (float) (7 / 3.0));
    // What only the ceiling brings in counts for nothing.
    assertThat(average(window(2, 1, 0, 0), true, true, x)).containsExactly(2, 3.5);
    assertThat(average(window(2, 1, 1, 1), true, true, row(6, 6, 6))).containsExactly(4, 4);
  }

  @Test
  void norms() {
    Tensor x = row(3, -4, 0);
    assertThat(run(new LpPool(List.of(2L), window(1, 1, 0, 0), false, 2), x)[0])
        .isEqualTo(5, within(1e-6));
    assertThat(run(new LpPool(List.of(2L), window(1, 1, 0, 0), false, 1), x)).containsExactly(7, 4);
    assertThat(run(new LpPool(List.of(2L), window(1, 1, 1, 0), false, 1), x))
        .containsExactly(3, 7, 4);
  }

  @Test
  void twoAxes() {
    Window window = new Window(ONE, ONE, new Padding.Same(true));
    assertThat(run(new MaxPool(TWO, window, false, false, false), iota(1, 1, 2, 2)))
        .containsExactly(3, 3, 3, 3);
    assertThat(run(new AveragePool(TWO, window, false, false), iota(1, 1, 2, 2)))
        .containsExactly(1.5, 2, 2.5, 3);
  }
}
