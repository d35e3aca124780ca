package dev.lathe.backend.reference;

import static dev.lathe.backend.reference.Evaluate.floats;
import static dev.lathe.backend.reference.Evaluate.longs;
import static dev.lathe.backend.reference.Evaluate.run;
import static dev.lathe.backend.reference.Evaluate.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.Op;
import dev.lathe.runtime.Tensor;
import org.junit.jupiter.api.Test;

class UnaryKernelsTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  private static double f64(Op op, double x) {
    return run(op, tensor(ElementType.F64, new double[] {x}))[0];
  }

  private static double f64(UnaryFunction function, double x) {
    return f64(new Unary(function), x);
  }

  @Test
  void erfIsAccurateToDoublePrecision() {
    double[][] table = {
      {0, 0},
      {1e-9, 1.1283791670955127e-9},
      {0.1, 0.11246291601828488},
      {0.46875, 0.492613473217938},
      {0.5, 0.5204998778130465},
      {1, 0.8427007929497149},
      {2, 0.9953222650189527},
      {3, 0.9999779095030014},
      {4, 0.9999999845827421},
      {5, 0.9999999999984626},
      {6, 1},
      {100, 1}
    };
    for (double[] row : table) {
      assertThat(f64(UnaryFunction.ERF, row[0])).isEqualTo(row[1], within(2e-16));
      assertThat(f64(UnaryFunction.ERF, -row[0])).isEqualTo(-row[1], within(2e-16));
    }
    assertThat(f64(UnaryFunction.ERF, NAN)).isNaN();
    assertThat(f64(UnaryFunction.ERF, -INF)).isEqualTo(-1);
  }

  /** Its derivative is {@code 2/sqrt(pi) exp(-x^2)}, across the borders of the approximations. */
  @Test
  void erfHasItsDerivative() {
    double h = 1e-3;
    for (double x = 0.4; x < 6.5; x += 0.0499) {
      // Central differences of fourth order.
      double slope =
          (8 * (Functions.erf(x + h) - Functions.erf(x - h))
                  - (Functions.erf(x + 2 * h) - Functions.erf(x - 2 * h)))
              / (12 * h);
      assertThat(slope).isEqualTo(2 / Math.sqrt(Math.PI) * Math.exp(-x * x), within(1e-11));
    }
  }

  @Test
  void hyperbolicInverses() {
    assertThat(f64(UnaryFunction.ASINH, 1)).isEqualTo(0.881373587019543, within(1e-15));
    assertThat(f64(UnaryFunction.ASINH, -1e-10)).isEqualTo(-1e-10, within(1e-25));
    assertThat(f64(UnaryFunction.ASINH, -1e200)).isEqualTo(-461.210165779, within(1e-8));
    assertThat(f64(UnaryFunction.ACOSH, 2)).isEqualTo(1.3169578969248166, within(1e-15));
    assertThat(f64(UnaryFunction.ACOSH, 1)).isZero();
    assertThat(f64(UnaryFunction.ACOSH, 0.5)).isNaN();
    assertThat(f64(UnaryFunction.ACOSH, 1e200)).isEqualTo(461.210165779, within(1e-8));
    assertThat(f64(UnaryFunction.ATANH, 0.5)).isEqualTo(0.5493061443340549, within(1e-15));
    assertThat(f64(UnaryFunction.ATANH, -1)).isEqualTo(-INF);
  }

  @Test
  void activations() {
    assertThat(f64(UnaryFunction.SIGMOID, -800)).isZero();
    assertThat(f64(UnaryFunction.SIGMOID, 0)).isEqualTo(0.5);
    assertThat(f64(UnaryFunction.SOFTPLUS, 1000)).isEqualTo(1000);
    assertThat(f64(UnaryFunction.SOFTPLUS, 0)).isEqualTo(Math.log(2));
    assertThat(f64(UnaryFunction.SOFTSIGN, -3)).isEqualTo(-0.75);
    assertThat(f64(UnaryFunction.SILU, 1)).isEqualTo(0.7310585786300049, within(1e-15));
    assertThat(f64(UnaryFunction.MISH, 1)).isEqualTo(0.8650983882673103, within(1e-15));
    assertThat(f64(UnaryFunction.HARD_SWISH, 1)).isEqualTo(2 / 3.0, within(1e-15));
    assertThat(f64(new ElementwiseOp.Gelu(false), 1)).isEqualTo(0.8413447460685429, within(1e-15));
    assertThat(f64(new ElementwiseOp.Gelu(true), 1)).isEqualTo(0.8411919906082768, within(1e-15));
    assertThat(f64(new ElementwiseOp.LeakyRelu(0.5f), -3)).isEqualTo(-1.5);
    assertThat(f64(new ElementwiseOp.Elu(2), -1)).isEqualTo(2 * Math.expm1(-1));
    assertThat(f64(new ElementwiseOp.Celu(2), -1)).isEqualTo(2 * Math.expm1(-0.5));
    assertThat(f64(new ElementwiseOp.Selu(2, 3), -1)).isEqualTo(6 * Math.expm1(-1));
    assertThat(f64(new ElementwiseOp.Selu(2, 3), 1)).isEqualTo(3);
    assertThat(f64(new ElementwiseOp.HardSigmoid(0.5f, 0.25f), 1)).isEqualTo(0.75);
    assertThat(f64(new ElementwiseOp.ThresholdedRelu(2), 2)).isZero();
    assertThat(f64(new ElementwiseOp.Shrink(1, 0.5f), -3)).isEqualTo(-2.5);
    assertThat(f64(new ElementwiseOp.Shrink(1, 0.5f), 3)).isEqualTo(2.5);
    assertThat(f64(new ElementwiseOp.Shrink(1, 0.5f), 1)).isZero();
  }

  @Test
  void nanStaysNan() {
    for (Op op :
        new Op[] {
          new Unary(UnaryFunction.RELU),
          new Unary(UnaryFunction.HARD_SWISH),
          new Unary(UnaryFunction.SIGN),
          new ElementwiseOp.HardSigmoid(1, 0),
          new ElementwiseOp.LeakyRelu(1),
          new Clamp(0, 1)
        }) {
      assertThat(f64(op, NAN)).as(op.toString()).isNaN();
    }
    assertThat(run(new Unary(UnaryFunction.IS_NAN), floats(NAN, 1, INF))).containsExactly(1, 0, 0);
    assertThat(run(new ElementwiseOp.IsInf(true, false), floats(NAN, -INF, INF)))
        .containsExactly(0, 1, 0);
  }

  @Test
  void roundsTiesToEven() {
    assertThat(run(new Unary(UnaryFunction.ROUND), floats(-1.5, -0.5, 0.5, 1.5, 2.5)))
        .containsExactly(-2, -0.0, 0, 2, 2);
  }

  @Test
  void integersWrap() {
    Tensor bytes = tensor(ElementType.I8, new double[] {-128, 5}, 2);
    assertThat(run(new Unary(UnaryFunction.ABS), bytes)).containsExactly(-128, 5);
    assertThat(run(new Unary(UnaryFunction.NEG), bytes)).containsExactly(-128, -5);
    Tensor unsigned = tensor(ElementType.U8, new double[] {0, 1, 200}, 3);
    assertThat(run(new Unary(UnaryFunction.NEG), unsigned)).containsExactly(0, 255, 56);
    assertThat(run(new Unary(UnaryFunction.BITWISE_NOT), unsigned)).containsExactly(255, 254, 55);
    Tensor large = Evaluate.one(new Cast(ElementType.U64), longs(-1, 0, 3));
    assertThat(run(new Unary(UnaryFunction.SIGN), large)).containsExactly(1, 0, 1);
    assertThat(run(new Unary(UnaryFunction.RELU), large)[0]).isEqualTo(0x1p64);
  }

  @Test
  void clampsIntegersAtBoundsInsideTheirType() {
    Tensor x = longs(Long.MIN_VALUE, -3, 0, 7, Long.MAX_VALUE);
    assertThat(Evaluate.one(new Clamp(-2.5, 6.5), x).toLongs()).containsExactly(-2, -2, 0, 6, 6);
    assertThat(Evaluate.one(new Clamp(-INF, INF), x).toLongs()).containsExactly(x.toLongs());
    Tensor unsigned = Evaluate.one(new Cast(ElementType.U64), longs(-1, 5));
    Tensor clamped = Evaluate.one(new Clamp(-1, 10), unsigned);
    assertThat(Evaluate.values(clamped)).containsExactly(10, 5);
  }

  @Test
  void castTruncatesAndWraps() {
    Tensor x = floats(-1.9, 1.9, 300.7, NAN, 0.2, -0.0);
    assertThat(run(new Cast(ElementType.I32), x)).containsExactly(-1, 1, 300, 0, 0, 0);
    assertThat(run(new Cast(ElementType.U8), x)).containsExactly(255, 1, 44, 0, 0, 0);
    assertThat(run(new Cast(ElementType.BOOL), x)).containsExactly(1, 1, 1, 1, 1, 0);
    Tensor huge = tensor(ElementType.F64, new double[] {0x1p63, 1.5 * 0x1p63, 1e30, -1}, 4);
    assertThat(Evaluate.one(new Cast(ElementType.U64), huge).getLong(1)).isEqualTo(3L << 62);
    assertThat(Evaluate.one(new Cast(ElementType.U64), huge).getLong(2)).isEqualTo(-1);
    assertThat(run(new Cast(ElementType.I8), longs(127, 128, 256, -129)))
        .containsExactly(127, -128, 0, 127);
    assertThat(run(new Cast(ElementType.I4), longs(7, 8, -9))).containsExactly(7, -8, 7);
    assertThat(run(new Cast(ElementType.U4), longs(15, 16, -1))).containsExactly(15, 0, 15);
  }

  @Test
  void castRoundsOnce() {
    // Rounded to double, this is the middle of two floats, of which the even one is below.
    long x = (1L << 60) + (1L << 36) + 1;
    assertThat(Evaluate.one(new Cast(ElementType.F32), longs(x)).toFloats()[0])
        .isEqualTo((float) x)
        .isNotEqualTo((float) (double) x);
    Tensor f16 = tensor(ElementType.F64, new double[] {1 + 0x1p-11 + 0x1p-40}, 1);
    assertThat(run(new Cast(ElementType.F16), f16)).containsExactly(1 + 0x1p-10);
  }

  @Test
  void emptyAndScalarTensors() {
    assertThat(
            Evaluate.one(
                new Unary(UnaryFunction.EXP), tensor(ElementType.F32, new double[0], 2, 0)))
        .hasToString("f32[2, 0]");
    assertThat(
            Evaluate.one(new Unary(UnaryFunction.NEG), tensor(ElementType.F32, new double[] {1})))
        .hasToString("f32[]");
  }
}
