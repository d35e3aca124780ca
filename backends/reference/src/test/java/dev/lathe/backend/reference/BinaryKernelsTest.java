package dev.lathe.backend.reference;

import static dev.lathe.backend.reference.Evaluate.floats;
import static dev.lathe.backend.reference.Evaluate.longs;
import static dev.lathe.backend.reference.Evaluate.run;
import static dev.lathe.backend.reference.Evaluate.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.runtime.Tensor;
import org.junit.jupiter.api.Test;

class BinaryKernelsTest {
  private static final double NAN = Double.NaN;

  private static Tensor of(BinaryFunction function, Tensor a, Tensor b) {
    return Evaluate.one(new Binary(function), a, b);
  }

  private static double[] values(BinaryFunction function, Tensor a, Tensor b) {
    return run(new Binary(function), a, b);
  }

  private static Tensor bytes(double... values) {
    return tensor(ElementType.U8, values, values.length);
  }

  private static Tensor unsigned(long... values) {
    return Evaluate.one(new Cast(ElementType.U64), longs(values));
  }

  @Test
  void broadcasts() {
    Tensor column = tensor(ElementType.F32, new double[] {10, 20}, 2, 1);
    Tensor sum = of(BinaryFunction.ADD, column, floats(1, 2, 3));
    assertThat(sum).hasToString("f32[2, 3]");
    assertThat(sum.toFloats()).containsExactly(11, 12, 13, 21, 22, 23);
    assertThat(of(BinaryFunction.ADD, column, tensor(ElementType.F32, new double[0], 0)))
        .hasToString("f32[2, 0]");
    assertThatThrownBy(() -> of(BinaryFunction.ADD, floats(1, 2), floats(1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shapes [2] and [3] do not broadcast: 2 and 3 differ and neither is 1");
  }

  @Test
  void floatsRoundOnce() {
    Tensor third = of(BinaryFunction.DIV, floats(1), floats(3));
    assertThat(third.toFloats()[0]).isEqualTo(1f / 3);
    Tensor half = tensor(ElementType.F16, new double[] {2049}, 1);
    assertThat(half.getDouble(0)).isEqualTo(2048);
    assertThat(values(BinaryFunction.ADD, half, tensor(ElementType.F16, new double[] {3}, 1)))
        .containsExactly(2052);
  }

  @Test
  void nanWinsInMinimumAndMaximum() {
    assertThat(values(BinaryFunction.MIN, floats(NAN, 1, 1), floats(1, NAN, 2)))
        .containsExactly(NAN, NAN, 1);
    assertThat(values(BinaryFunction.MAX, floats(NAN, 1, 1), floats(1, NAN, 2)))
        .containsExactly(NAN, NAN, 2);
  }

  @Test
  void nanIsUnequalToAll() {
    Tensor a = floats(NAN, NAN, 0.0, 1);
    Tensor b = floats(NAN, 1, -0.0, 2);
    assertThat(values(BinaryFunction.EQUAL, a, b)).containsExactly(0, 0, 1, 0);
    assertThat(values(BinaryFunction.NOT_EQUAL, a, b)).containsExactly(1, 1, 0, 1);
    assertThat(values(BinaryFunction.LESS, a, b)).containsExactly(0, 0, 0, 1);
    assertThat(values(BinaryFunction.GREATER_OR_EQUAL, a, b)).containsExactly(0, 0, 1, 0);
  }

  @Test
  void remainders() {
    Tensor a = floats(7, -7, 7, -7, 6);
    Tensor b = floats(3, 3, -3, -3, -3);
    assertThat(values(BinaryFunction.MOD, a, b)).containsExactly(1, 2, -2, -1, 0);
    assertThat(values(BinaryFunction.REM, a, b)).containsExactly(1, -1, 1, -1, 0);
    Tensor c = longs(7, -7, 7, -7, 6);
    Tensor d = longs(3, 3, -3, -3, -3);
    assertThat(values(BinaryFunction.MOD, c, d)).containsExactly(1, 2, -2, -1, 0);
    assertThat(values(BinaryFunction.REM, c, d)).containsExactly(1, -1, 1, -1, 0);
    assertThat(values(BinaryFunction.DIV, c, d)).containsExactly(2, -2, -2, 2, -2);
  }

  @Test
  void integersWrap() {
    assertThat(values(BinaryFunction.ADD, bytes(250, 1), bytes(10, 2))).containsExactly(4, 3);
    assertThat(values(BinaryFunction.SUB, bytes(1), bytes(2))).containsExactly(255);
    assertThat(values(BinaryFunction.MUL, bytes(200), bytes(3))).containsExactly(88);
    Tensor least = tensor(ElementType.I32, new double[] {Integer.MIN_VALUE}, 1);
    Tensor minusOne = tensor(ElementType.I32, new double[] {-1}, 1);
    assertThat(values(BinaryFunction.DIV, least, minusOne)).containsExactly(Integer.MIN_VALUE);
  }

  @Test
  void unsignedOfAllBits() {
    Tensor a = unsigned(-1, -1, 5);
    Tensor b = unsigned(2, 1, -1);
    assertThat(of(BinaryFunction.DIV, a, b).getLong(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(of(BinaryFunction.MOD, a, b).getLong(0)).isEqualTo(1);
    assertThat(of(BinaryFunction.REM, a, b).getLong(2)).isEqualTo(5);
    assertThat(values(BinaryFunction.LESS, a, b)).containsExactly(0, 0, 1);
    assertThat(of(BinaryFunction.MAX, a, b).getLong(1)).isEqualTo(-1);
    assertThat(of(BinaryFunction.MIN, a, b).getLong(2)).isEqualTo(5);
  }

  @Test
  void powers() {
    assertThat(values(BinaryFunction.POW, longs(2, -3, 7, 2, -1), longs(10, 3, 0, 64, -3)))
        .containsExactly(1024, -27, 1, 0, -1);
    assertThat(values(BinaryFunction.POW, longs(2, 9), floats(-1, 0.5))).containsExactly(0, 3);
    assertThat(values(BinaryFunction.POW, floats(2, 1, -1, -2), floats(-1, NAN, 1 / 0.0, 0.5)))
        .containsExactly(0.5, 1, 1, NAN);
    assertThat(values(BinaryFunction.POW, floats(2, 3), longs(3, 2))).containsExactly(8, 9);
  }

  @Test
  void shifts() {
    assertThat(values(BinaryFunction.SHIFT_LEFT, bytes(129, 1, 1), bytes(1, 7, 8)))
        .containsExactly(2, 128, 0);
    assertThat(values(BinaryFunction.SHIFT_RIGHT, bytes(129, 255, 255), bytes(1, 7, 8)))
        .containsExactly(64, 1, 0);
    Tensor signed = tensor(ElementType.I8, new double[] {-2}, 1);
    Tensor one = tensor(ElementType.I8, new double[] {1}, 1);
    assertThat(values(BinaryFunction.SHIFT_RIGHT, signed, one)).containsExactly(127);
    assertThat(of(BinaryFunction.SHIFT_RIGHT, unsigned(-1), unsigned(63)).getLong(0)).isEqualTo(1);
  }

  @Test
  void integerDivisionByZeroIsRefused() {
    for (BinaryFunction function :
        new BinaryFunction[] {BinaryFunction.DIV, BinaryFunction.MOD, BinaryFunction.REM}) {
      assertThatThrownBy(() -> of(function, longs(1), longs(0)))
          .isInstanceOf(ArithmeticException.class)
          .hasMessage("an integer is divided by zero");
    }
    assertThat(values(BinaryFunction.DIV, floats(1, 0), floats(0, 0)))
        .containsExactly(Double.POSITIVE_INFINITY, NAN);
  }

  @Test
  void chooses() {
    Tensor condition = tensor(ElementType.BOOL, new double[] {1, 0}, 2, 1);
    assertThat(run(new ElementwiseOp.Where(), condition, floats(1, 2), floats(-1)))
        .containsExactly(1, 2, -1, -1);
    assertThat(run(new ElementwiseOp.PRelu(), floats(-4, 4), floats(0.25))).containsExactly(-1, 4);
    assertThat(run(new ElementwiseOp.PRelu(), longs(-4, 4), longs(2))).containsExactly(-8, 4);
  }
}
