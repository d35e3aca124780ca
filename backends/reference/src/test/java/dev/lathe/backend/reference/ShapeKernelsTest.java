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
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.Expand;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.ir.op.ShapeOp.ShapeOf;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.ir.op.ShapeOp.Squeeze;
import dev.lathe.ir.op.ShapeOp.Tile;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.ir.op.ShapeOp.Unsqueeze;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeKernelsTest {
  private static final Tensor EMPTY = tensor(ElementType.F32, new double[0], 0);

  @Test
  void ranges() {
    assertThat(run(new CreationOp.Range(), scalar(2), scalar(9), scalar(3)))
        .containsExactly(2, 5, 8);
    assertThat(run(new CreationOp.Range(), scalar(3), scalar(-1), scalar(-2)))
        .containsExactly(3, 1);
    assertThat(run(new CreationOp.Range(), scalar(3), scalar(3), scalar(1))).isEmpty();
    assertThat(run(new CreationOp.Range(), scalar(3), scalar(5), scalar(-1))).isEmpty();
    assertThat(run(new CreationOp.Range(), real(0), real(1), real(0.25)))
        .containsExactly(0, 0.25, 0.5, 0.75);
    assertThatThrownBy(() -> run(new CreationOp.Range(), real(0), real(1), real(0)))
        .hasMessage("the delta of a range must not be zero");
    assertThatThrownBy(() -> run(new CreationOp.Range(), real(0), real(1e30), real(1)))
        .hasMessageMatching(
            "a range of 1.0\\S+E30 elements is too large for the reference backend");
  }

  private static Tensor real(double value) {
    return tensor(ElementType.F32, new double[] {value});
  }

  @Test
  void shapes() {
    assertThat(run(new ShapeOf(), iota(2, 3, 4))).containsExactly(2, 3, 4);
    assertThat(run(new ShapeOf(-2, 9), iota(2, 3, 4))).containsExactly(3, 4);
    assertThat(run(new ShapeOf(), real(1))).isEmpty();
  }

  @Test
  void reshapes() {
    assertThat(Evaluate.one(new Reshape(false), iota(2, 6), longs(3, -1))).hasToString("f32[3, 4]");
    assertThat(Evaluate.one(new Reshape(false), iota(2, 6), longs(0, 2, 3)))
        .hasToString("f32[2, 2, 3]");
    assertThat(Evaluate.one(new Reshape(true), EMPTY, longs(3, 0))).hasToString("f32[3, 0]");
    assertThat(Evaluate.one(new Reshape(false), floats(7), longs())).hasToString("f32[]");
    assertThat(Evaluate.one(new Squeeze(List.of(0, 2)), iota(1, 2, 1))).hasToString("f32[2]");
    assertThat(Evaluate.one(new Unsqueeze(List.of(0, 2)), iota(2))).hasToString("f32[1, 2, 1]");
    assertThatThrownBy(() -> run(new Reshape(false), iota(2, 6), longs(5, -1)))
        .hasMessageContaining("has no multiple of 5 elements for the -1");
    assertThatThrownBy(() -> run(new Reshape(false), iota(2, 6), longs(5, 2)))
        .hasMessageContaining("element counts");
    assertThatThrownBy(() -> run(new Squeeze(List.of(0)), iota(2, 1)))
        .hasMessageContaining("size of squeezed axis 0");
  }

  @Test
  void transposes() {
    assertThat(run(new Transpose(List.of(1, 0)), iota(2, 3))).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(run(new Transpose(List.of(2, 0, 1)), iota(2, 1, 3)))
        .containsExactly(0, 3, 1, 4, 2, 5);
    Tensor packed = tensor(ElementType.U4, new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertThat(run(new Transpose(List.of(1, 0)), packed)).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(run(new Transpose(List.of()), real(3))).containsExactly(3);
  }

  @Test
  void expands() {
    Tensor column = tensor(ElementType.F32, new double[] {1, 2}, 2, 1);
    assertThat(run(new Expand(), column, longs(2, 2))).containsExactly(1, 1, 2, 2);
    assertThat(run(new Expand(), column, longs(2, 1, 1))).containsExactly(1, 2, 1, 2);
    assertThat(Evaluate.one(new Expand(), floats(1), longs(0))).hasToString("f32[0]");
    assertThat(run(new Tile(), tensor(ElementType.F32, new double[] {1, 2}, 1, 2), longs(2, 2)))
        .containsExactly(1, 2, 1, 2, 1, 2, 1, 2);
    assertThat(Evaluate.one(new Tile(), iota(2, 3), longs(0, 1))).hasToString("f32[0, 3]");
  }

  @Test
  void concatenates() {
    assertThat(run(new Concat(0), floats(1, 2), EMPTY, floats(3))).containsExactly(1, 2, 3);
    assertThat(run(new Concat(-1), iota(2, 1), iota(2, 2))).containsExactly(0, 0, 1, 1, 2, 3);
    Tensor packed = tensor(ElementType.I4, new double[] {-8, 7, 3}, 3);
    assertThat(run(new Concat(0), packed, packed)).containsExactly(-8, 7, 3, -8, 7, 3);
    assertThatThrownBy(() -> run(new Concat(0), iota(2, 1), iota(2, 2)))
        .hasMessageContaining("axis 1 of operands 0 and 1: 1 and 2 differ");
  }

  private static double[] slice(Tensor x, long start, long end, long step) {
    return run(new Slice(List.of(0)), x, longs(start), longs(end), longs(step));
  }

  @Test
  void slices() {
    Tensor x = iota(5);
    long max = Long.MAX_VALUE;
    long min = Long.MIN_VALUE;
    assertThat(slice(x, 1, 4, 2)).containsExactly(1, 3);
    assertThat(slice(x, -2, max, 1)).containsExactly(3, 4);
    assertThat(slice(x, max, min, -1)).containsExactly(4, 3, 2, 1, 0);
    assertThat(slice(x, 3, 0, -2)).containsExactly(3, 1);
    assertThat(slice(x, -1, -4, -1)).containsExactly(4, 3, 2);
    assertThat(slice(x, min, max, 1)).containsExactly(0, 1, 2, 3, 4);
    assertThat(slice(x, 4, 2, 1)).isEmpty();
    assertThat(slice(x, 7, 9, 1)).isEmpty();
    assertThat(slice(x, 0, max, max)).containsExactly(0);
    assertThat(slice(EMPTY, -1, min, -1)).isEmpty();
    assertThat(run(new Slice(List.of(1, 0)), iota(3, 3), longs(0, 2), longs(2, min), longs(1, -2)))
        .containsExactly(6, 7, 0, 1);
    assertThatThrownBy(() -> slice(x, 0, 1, 0)).hasMessage("the step of a slice must not be zero");
  }

  private static double[] pad(PadMode mode, long before, long after) {
    return run(new Pad(mode), floats(1, 2, 3), longs(before, after), real(9));
  }

  @Test
  void pads() {
    assertThat(pad(PadMode.CONSTANT, 2, 1)).containsExactly(9, 9, 1, 2, 3, 9);
    assertThat(pad(PadMode.EDGE, 2, 1)).containsExactly(1, 1, 1, 2, 3, 3);
    assertThat(pad(PadMode.REFLECT, 2, 1)).containsExactly(3, 2, 1, 2, 3, 2);
    assertThat(pad(PadMode.REFLECT, 5, 0)).containsExactly(2, 1, 2, 3, 2, 1, 2, 3);
    assertThat(pad(PadMode.WRAP, 2, 4)).containsExactly(2, 3, 1, 2, 3, 1, 2, 3, 1);
    assertThat(pad(PadMode.CONSTANT, -1, 1)).containsExactly(2, 3, 9);
    assertThat(pad(PadMode.EDGE, 1, -2)).containsExactly(1, 1);
    assertThat(run(new Pad(PadMode.REFLECT), floats(7), longs(2, 1), real(0)))
        .containsExactly(7, 7, 7, 7);
    assertThat(run(new Pad(PadMode.CONSTANT), EMPTY, longs(1, 1), real(9))).containsExactly(9, 9);
    assertThatThrownBy(() -> run(new Pad(PadMode.EDGE), EMPTY, longs(1, 0), real(0)))
        .hasMessage("axis 0 is empty, so there is nothing to pad it with in mode EDGE");
  }

  @Test
  void refusesWhatNoArrayHolds() {
    assertThatThrownBy(() -> run(new Expand(), floats(1), longs(1L << 40)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("f32[1099511627776] has more than the 2147483639 elements");
  }
}
