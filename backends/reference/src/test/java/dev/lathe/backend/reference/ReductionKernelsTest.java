package dev.lathe.backend.reference;

import static dev.lathe.backend.reference.Evaluate.floats;
import static dev.lathe.backend.reference.Evaluate.iota;
import static dev.lathe.backend.reference.Evaluate.longs;
import static dev.lathe.backend.reference.Evaluate.run;
import static dev.lathe.backend.reference.Evaluate.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ReductionOp.ArgReduce;
import dev.lathe.ir.op.ReductionOp.CumSum;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ReductionOp.TopK;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReductionKernelsTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  private static double[] reduce(ReduceFunction function, Tensor x, Integer... axes) {
    return run(new Reduce(function, List.of(axes), false), x);
  }

  @Test
  void reducesAlongAnyAxes() {
    Tensor x = iota(2, 3, 2);
    assertThat(reduce(ReduceFunction.SUM, x, 0)).containsExactly(6, 8, 10, 12, 14, 16);
    assertThat(reduce(ReduceFunction.SUM, x, 1)).containsExactly(6, 9, 24, 27);
    assertThat(reduce(ReduceFunction.SUM, x, 0, 2)).containsExactly(14, 22, 30);
    assertThat(reduce(ReduceFunction.SUM, x, 0, 1, 2)).containsExactly(66);
    assertThat(Evaluate.one(new Reduce(ReduceFunction.SUM, List.of(1), true), x))
        .hasToString("f32[2, 1, 2]");
  }

  @Test
  void functions() {
    Tensor x = floats(3, -4);
    assertThat(reduce(ReduceFunction.MEAN, x, 0)).containsExactly(-0.5);
    assertThat(reduce(ReduceFunction.PROD, x, 0)).containsExactly(-12);
    assertThat(reduce(ReduceFunction.MAX, x, 0)).containsExactly(3);
    assertThat(reduce(ReduceFunction.MIN, x, 0)).containsExactly(-4);
    assertThat(reduce(ReduceFunction.L1, x, 0)).containsExactly(7);
    assertThat(reduce(ReduceFunction.L2, x, 0)).containsExactly(5);
    assertThat(reduce(ReduceFunction.SUM_SQUARE, x, 0)).containsExactly(25);
    assertThat(reduce(ReduceFunction.LOG_SUM, floats(1, 2), 0)[0])
        .isEqualTo(Math.log(3), within(1e-7));
    assertThat(reduce(ReduceFunction.LOG_SUM_EXP, floats(1000, 1000), 0)[0])
        .isEqualTo(1000 + Math.log(2), within(1e-4));
    // Without axes, the function is applied to each element alone.
    assertThat(reduce(ReduceFunction.L2, x)).containsExactly(3, 4);
  }

  @Test
  void nothingGivesTheNeutralElement() {
    Tensor none = tensor(ElementType.F32, new double[0], 1, 0);
    assertThat(reduce(ReduceFunction.SUM, none, 1)).containsExactly(0);
    assertThat(reduce(ReduceFunction.PROD, none, 1)).containsExactly(1);
    assertThat(reduce(ReduceFunction.MAX, none, 1)).containsExactly(-INF);
    assertThat(reduce(ReduceFunction.MIN, none, 1)).containsExactly(INF);
    assertThat(reduce(ReduceFunction.MEAN, none, 1)).containsExactly(NAN);
    assertThat(reduce(ReduceFunction.LOG_SUM_EXP, none, 1)).containsExactly(-INF);
    Tensor integers = tensor(ElementType.I8, new double[0], 1, 0);
    assertThat(reduce(ReduceFunction.MAX, integers, 1)).containsExactly(-128);
    assertThat(reduce(ReduceFunction.MIN, integers, 1)).containsExactly(127);
    Tensor booleans = tensor(ElementType.BOOL, new double[0], 1, 0);
    assertThat(reduce(ReduceFunction.MIN, booleans, 1)).containsExactly(1);
    Tensor emptyResult = Evaluate.one(new Reduce(ReduceFunction.SUM, List.of(0), false), none);
    assertThat(emptyResult).hasToString("f32[0]");
  }

  @Test
  void integers() {
    Tensor bytes = tensor(ElementType.U8, new double[] {200, 100, 3}, 3);
    assertThat(reduce(ReduceFunction.SUM, bytes, 0)).containsExactly(303 - 256);
    assertThat(reduce(ReduceFunction.MEAN, bytes, 0)).containsExactly(101);
    assertThat(reduce(ReduceFunction.MEAN, longs(-3, -4), 0)).containsExactly(-3);
    assertThat(reduce(ReduceFunction.L1, longs(3, -4), 0)).containsExactly(7);
    assertThat(reduce(ReduceFunction.L2, longs(3, -4), 0)).containsExactly(5);
    long big = (1L << 62) + 1;
    Tensor sum = Evaluate.one(new Reduce(ReduceFunction.SUM, List.of(0), false), longs(big, 1));
    assertThat(sum.toLongs()).containsExactly(big + 1);
  }

  @Test
  void sumsOfFloatsDoNotLoseSmallOnes() {
    assertThat(reduce(ReduceFunction.SUM, floats(1e8, 1, -1e8, 1), 0)).containsExactly(2);
  }

  @Test
  void nanWins() {
    assertThat(reduce(ReduceFunction.MAX, floats(1, NAN, 2), 0)).containsExactly(NAN);
    assertThat(reduce(ReduceFunction.MIN, floats(1, NAN, 2), 0)).containsExactly(NAN);
    assertThat(run(new ArgReduce(true, 0, false, false), floats(1, NAN, 2))).containsExactly(1);
    assertThat(run(new ArgReduce(false, 0, false, false), floats(1, NAN, 2))).containsExactly(1);
  }

  @Test
  void extremes() {
    Tensor ties = floats(1, 3, 3, 0, 0.0);
    assertThat(run(new ArgReduce(true, 0, false, false), ties)).containsExactly(1);
    assertThat(run(new ArgReduce(true, 0, false, true), ties)).containsExactly(2);
    assertThat(run(new ArgReduce(false, 0, false, false), ties)).containsExactly(3);
    assertThat(run(new ArgReduce(false, -1, true, true), ties)).containsExactly(4);
    assertThat(run(new ArgReduce(true, 0, false, false), iota(2, 3))).containsExactly(1, 1, 1);
    assertThatThrownBy(
            () ->
                run(
                    new ArgReduce(true, 1, false, false),
                    tensor(ElementType.F32, new double[0], 2, 0)))
        .hasMessage("axis 1 of f32[2, 0] is empty, so it has no extreme element");
  }

  @Test
  void runningSums() {
    Tensor x = longs(1, 2, 3);
    assertThat(run(new CumSum(0, false, false), x)).containsExactly(1, 3, 6);
    assertThat(run(new CumSum(0, true, false), x)).containsExactly(0, 1, 3);
    assertThat(run(new CumSum(0, false, true), x)).containsExactly(6, 5, 3);
    assertThat(run(new CumSum(0, true, true), x)).containsExactly(5, 3, 0);
    assertThat(run(new CumSum(0, false, false), iota(2, 2))).containsExactly(0, 1, 2, 4);
  }

  @Test
  void topKIsStable() {
    Tensor x = floats(1, 3, 2, 3, -1);
    List<Tensor> largest = Evaluate.all(new TopK(0, true, true), x, longs(3));
    assertThat(largest.get(0).toFloats()).containsExactly(3, 3, 2);
    assertThat(largest.get(1).toLongs()).containsExactly(1, 3, 2);
    List<Tensor> smallest = Evaluate.all(new TopK(0, false, true), x, longs(2));
    assertThat(smallest.get(0).toFloats()).containsExactly(-1, 1);
    assertThat(smallest.get(1).toLongs()).containsExactly(4, 0);
    List<Tensor> columns = Evaluate.all(new TopK(0, true, true), iota(3, 2), longs(1));
    assertThat(columns.get(0).toFloats()).containsExactly(4, 5);
    assertThat(columns.get(1).toLongs()).containsExactly(2, 2);
    assertThatThrownBy(() -> Evaluate.all(new TopK(0, true, true), x, longs(6)))
        .hasMessage("k is 6 but axis 0 has only 5 elements");
    assertThatThrownBy(() -> Evaluate.all(new TopK(0, true, true), x, longs(-1)))
        .hasMessageContaining("negative");
  }
}
