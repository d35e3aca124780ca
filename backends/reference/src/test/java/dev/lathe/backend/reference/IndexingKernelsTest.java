package dev.lathe.backend.reference;

import static dev.lathe.backend.reference.Evaluate.floats;
import static dev.lathe.backend.reference.Evaluate.iota;
import static dev.lathe.backend.reference.Evaluate.longs;
import static dev.lathe.backend.reference.Evaluate.run;
import static dev.lathe.backend.reference.Evaluate.scalar;
import static dev.lathe.backend.reference.Evaluate.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.IndexingOp.GatherElements;
import dev.lathe.ir.op.IndexingOp.GatherNd;
import dev.lathe.ir.op.IndexingOp.NonZero;
import dev.lathe.ir.op.IndexingOp.OneHot;
import dev.lathe.ir.op.IndexingOp.ReverseSequence;
import dev.lathe.ir.op.IndexingOp.ScatterElements;
import dev.lathe.ir.op.IndexingOp.ScatterNd;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import dev.lathe.ir.op.IndexingOp.Trilu;
import dev.lathe.runtime.Tensor;
import org.junit.jupiter.api.Test;

class IndexingKernelsTest {
  private static Tensor indices(double[] values, long... shape) {
    return tensor(ElementType.I64, values, shape);
  }

  @Test
  void gathers() {
    assertThat(run(new Gather(0), iota(3, 2), longs(2, -3))).containsExactly(4, 5, 0, 1);
    assertThat(run(new Gather(1), iota(3, 2), longs(1))).containsExactly(1, 3, 5);
    assertThat(Evaluate.one(new Gather(1), iota(3, 2), scalar(0))).hasToString("f32[3]");
    assertThat(Evaluate.one(new Gather(0), iota(3, 2), indices(new double[0], 0, 4)))
        .hasToString("f32[0, 4, 2]");
    Tensor packed = tensor(ElementType.U4, new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertThat(run(new Gather(0), packed, longs(1, 1))).containsExactly(4, 5, 6, 4, 5, 6);
    assertThatThrownBy(() -> run(new Gather(1), iota(3, 2), longs(2)))
        .hasMessage("index 2 is out of range for axis 1 of size 2");
    assertThatThrownBy(() -> run(new Gather(0), iota(3, 2), longs(-4)))
        .hasMessage("index -4 is out of range for axis 0 of size 3");
  }

  @Test
  void gathersElements() {
    Tensor index = indices(new double[] {0, 0, 1, -1}, 2, 2);
    assertThat(run(new GatherElements(1), iota(2, 2), index)).containsExactly(0, 0, 3, 3);
    assertThat(run(new GatherElements(0), iota(2, 2), index)).containsExactly(0, 1, 2, 3);
    assertThatThrownBy(() -> run(new GatherElements(0), iota(2, 2), indices(new double[3], 1, 3)))
        .hasMessage("indices i64[1, 3] reach outside f32[2, 2] on axis 1");
  }

  @Test
  void gathersSlices() {
    Tensor data = iota(2, 2, 2);
    assertThat(run(new GatherNd(0), data, indices(new double[] {0, 1, 1, -2}, 2, 2)))
        .containsExactly(2, 3, 4, 5);
    assertThat(run(new GatherNd(0), data, indices(new double[] {1}, 1, 1)))
        .containsExactly(4, 5, 6, 7);
    assertThat(run(new GatherNd(1), data, indices(new double[] {1, 0}, 2, 1)))
        .containsExactly(2, 3, 4, 5);
    assertThatThrownBy(() -> run(new GatherNd(0), data, indices(new double[] {0, 2}, 1, 2)))
        .hasMessage("index 2 is out of range for axis 1 of size 2");
    assertThatThrownBy(() -> run(new GatherNd(1), data, indices(new double[] {0, 1, 0}, 3, 1)))
        .hasMessage("the first 1 axes of data f32[2, 2, 2] and of indices i64[3, 1] must agree");
  }

  @Test
  void scattersElements() {
    Tensor data = floats(1, 2, 3);
    Tensor index = longs(0, 2, 0);
    Tensor updates = floats(5, 6, 7);
    assertThat(scatter(ScatterReduction.NONE, data, longs(0, -1), floats(5, 6)))
        .containsExactly(5, 2, 6);
    assertThat(scatter(ScatterReduction.ADD, data, index, updates)).containsExactly(13, 2, 9);
    assertThat(scatter(ScatterReduction.MUL, data, index, updates)).containsExactly(35, 2, 18);
    assertThat(scatter(ScatterReduction.MAX, data, index, updates)).containsExactly(7, 2, 6);
    assertThat(scatter(ScatterReduction.MIN, data, index, updates)).containsExactly(1, 2, 3);
    assertThat(data.toFloats()).containsExactly(1, 2, 3);
    Tensor bytes = tensor(ElementType.U8, new double[] {250, 1}, 2);
    Tensor more = tensor(ElementType.U8, new double[] {10, 10}, 2);
    assertThat(scatter(ScatterReduction.ADD, bytes, longs(0, 1), more)).containsExactly(4, 11);
    assertThatThrownBy(() -> scatter(ScatterReduction.ADD, data, index, floats(1)))
        .hasMessage("updates f32[1] must have the shape of indices i64[3]");
    assertThatThrownBy(() -> scatter(ScatterReduction.ADD, data, longs(3), floats(1)))
        .hasMessage("index 3 is out of range for axis 0 of size 3");
  }

  private static double[] scatter(
      ScatterReduction reduction, Tensor data, Tensor index, Tensor updates) {
    return run(new ScatterElements(0, reduction), data, index, updates);
  }

  @Test
  void scattersSlices() {
    Tensor data = iota(3, 2);
    assertThat(
            run(
                new ScatterNd(ScatterReduction.NONE),
                data,
                indices(new double[] {2, 0}, 2, 1),
                tensor(ElementType.F32, new double[] {9, 8, 7, 6}, 2, 2)))
        .containsExactly(7, 6, 2, 3, 9, 8);
    assertThat(
            run(
                new ScatterNd(ScatterReduction.ADD),
                data,
                indices(new double[] {0, 1, 0, 1}, 2, 2),
                floats(10, 10)))
        .containsExactly(0, 21, 2, 3, 4, 5);
    assertThatThrownBy(
            () ->
                run(
                    new ScatterNd(ScatterReduction.NONE),
                    data,
                    indices(new double[] {2, 0}, 2, 1),
                    tensor(ElementType.F32, new double[] {9, 8}, 1, 2)))
        .hasMessage("updates f32[1, 2] must have 4 elements for indices i64[2, 1] into f32[3, 2]");
  }

  @Test
  void triangles() {
    assertThat(run(new Trilu(true), iota(2, 3), scalar(0))).containsExactly(0, 1, 2, 0, 4, 5);
    assertThat(run(new Trilu(false), iota(2, 3), scalar(0))).containsExactly(0, 0, 0, 3, 4, 0);
    assertThat(run(new Trilu(true), iota(2, 3), scalar(1))).containsExactly(0, 1, 2, 0, 0, 5);
    assertThat(run(new Trilu(false), iota(2, 3), scalar(-1))).containsExactly(0, 0, 0, 3, 0, 0);
  }

  @Test
  void oneHot() {
    Tensor values = floats(-1, 1);
    assertThat(run(new OneHot(-1), longs(1, -1, 3), scalar(3), values))
        .containsExactly(-1, 1, -1, -1, -1, 1, -1, -1, -1);
    assertThat(run(new OneHot(0), longs(1, 0), scalar(2), values)).containsExactly(-1, 1, 1, -1);
    assertThat(Evaluate.one(new OneHot(0), longs(1, 0), scalar(0), values))
        .hasToString("f32[0, 2]");
    assertThatThrownBy(() -> run(new OneHot(0), longs(1), scalar(-1), values))
        .hasMessageContaining("negative");
  }

  @Test
  void findsWhatIsNotZero() {
    Tensor x = tensor(ElementType.F32, new double[] {0, 1, Double.NaN, -0.0}, 2, 2);
    Tensor found = Evaluate.one(new NonZero(), x);
    assertThat(found).hasToString("i64[2, 2]");
    assertThat(found.toLongs()).containsExactly(0, 1, 1, 0);
    assertThat(Evaluate.one(new NonZero(), floats(0))).hasToString("i64[1, 0]");
    assertThat(Evaluate.one(new NonZero(), scalar(5))).hasToString("i64[0, 1]");
  }

  @Test
  void reversesSequences() {
    assertThat(run(new ReverseSequence(0, 1), iota(2, 3), longs(2, 3)))
        .containsExactly(1, 0, 2, 5, 4, 3);
    assertThat(run(new ReverseSequence(1, 0), iota(2, 3), longs(2, 0, 1)))
        .containsExactly(3, 1, 2, 0, 4, 5);
    assertThatThrownBy(() -> run(new ReverseSequence(0, 1), iota(2, 3), longs(4, 0)))
        .hasMessage("length 4 is not one of a sequence of up to 3 steps");
    assertThatThrownBy(() -> run(new ReverseSequence(0, 1), iota(2, 3), longs(1)))
        .hasMessage("1 lengths are given for 2 sequences");
  }
}
