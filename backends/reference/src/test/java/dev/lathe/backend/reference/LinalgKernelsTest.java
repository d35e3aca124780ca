package dev.lathe.backend.reference;

import static dev.lathe.backend.reference.Evaluate.floats;
import static dev.lathe.backend.reference.Evaluate.iota;
import static dev.lathe.backend.reference.Evaluate.run;
import static dev.lathe.backend.reference.Evaluate.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.LinalgOp.Attention;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.LinalgOp.MatMulInteger;
import dev.lathe.runtime.Tensor;
import org.junit.jupiter.api.Test;

class LinalgKernelsTest {
  @Test
  void products() {
    Tensor a = iota(2, 3);
    Tensor b = iota(3, 2);
    assertThat(run(new MatMul(false, false), a, b)).containsExactly(10, 13, 28, 40);
    assertThat(run(new MatMul(false, true), a, iota(2, 3))).containsExactly(5, 14, 14, 50);
    assertThat(run(new MatMul(true, false), iota(3, 2), b)).containsExactly(20, 26, 26, 35);
    assertThat(run(new MatMul(true, true), iota(3, 2), iota(2, 3))).containsExactly(10, 28, 13, 40);
    assertThat(run(new MatMul(false, false), a, b, floats(1, -1))).containsExactly(11, 12, 29, 39);
  }

  @Test
  void batchesBroadcast() {
    Tensor product = Evaluate.one(new MatMul(false, false), iota(2, 1, 1, 2), iota(3, 2, 1));
    assertThat(product).hasToString("f32[2, 3, 1, 1]");
    assertThat(product.toFloats()).containsExactly(1, 3, 5, 3, 13, 23);
  }

  @Test
  void nothingSumsToZero() {
    Tensor empty = tensor(ElementType.F32, new double[0], 2, 0);
    Tensor other = tensor(ElementType.F32, new double[0], 0, 2);
    assertThat(run(new MatMul(false, false), empty, other)).containsExactly(0, 0, 0, 0);
    assertThat(Evaluate.one(new MatMul(false, false), other, iota(2, 3))).hasToString("f32[0, 3]");
  }

  /** Larger than any tile on every side, against sums done one by one. */
  @Test
  void tilesMeet() {
    Tensor a = iota(70, 140);
    Tensor b = iota(140, 270);
    float[] product = Evaluate.one(new MatMul(false, false), a, b).toFloats();
    for (int[] place : new int[][] {{0, 0}, {63, 255}, {64, 256}, {69, 269}, {64, 0}, {0, 256}}) {
      double sum = 0;
      for (int k = 0; k < 140; k++) {
        sum += a.getDouble(place[0] * 140L + k) * b.getDouble(k * 270L + place[1]);
      }
      assertThat(product[place[0] * 270 + place[1]]).isEqualTo((float) sum);
    }
  }

  @Test
  void integersWrap() {
    Tensor a = tensor(ElementType.I32, new double[] {1 << 20, 1}, 1, 2);
    Tensor b = tensor(ElementType.I32, new double[] {1 << 12, 5}, 2, 1);
    assertThat(run(new MatMul(false, false), a, b)).containsExactly(5);
    Tensor bias = tensor(ElementType.I32, new double[] {-7}, 1);
    assertThat(run(new MatMul(false, false), a, b, bias)).containsExactly(-2);
  }

  @Test
  void quantizedProducts() {
    Tensor a = tensor(ElementType.U8, new double[] {11, 7, 3, 10, 6, 2}, 2, 3);
    Tensor b = tensor(ElementType.I8, new double[] {1, 4, 2, 5, 3, -6}, 3, 2);
    Tensor zeroA = tensor(ElementType.U8, new double[] {12, 10}, 2);
    Tensor zeroB = tensor(ElementType.I8, new double[] {0, 1}, 2);
    // Rows less 12 and 10: {-1, -5, -9}, {0, -4, -8}; columns: {1, 2, 3}, {3, 4, -7}.
    assertThat(run(new MatMulInteger(), a, b, zeroA, zeroB)).containsExactly(-38, 40, -32, 40);
    Tensor three = tensor(ElementType.U8, new double[] {1, 2, 3}, 3);
    assertThatThrownBy(() -> run(new MatMulInteger(), a, b, three, zeroB))
        .hasMessage("zero points u8[3] must be one, or 2");
  }

  @Test
  void attention() {
    Tensor q = tensor(ElementType.F32, new double[] {1, 0}, 1, 1, 2);
    Tensor k = tensor(ElementType.F32, new double[] {0, 5, Math.log(3), 7}, 1, 2, 2);
    Tensor v = tensor(ElementType.F32, new double[] {4, 8}, 1, 2, 1);
    // Scores 0 and log 3 give weights 1/4 and 3/4.
    assertThat(run(new Attention(1), q, k, v)[0]).isEqualTo(7, within(1e-6));
    Tensor mask = floats(0, Double.NEGATIVE_INFINITY);
    assertThat(run(new Attention(1), q, k, v, mask)[0]).isEqualTo(4, within(1e-6));
  }
}
