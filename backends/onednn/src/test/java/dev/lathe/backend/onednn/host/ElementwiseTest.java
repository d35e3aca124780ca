package dev.lathe.backend.onednn.host;

import static dev.lathe.backend.onednn.host.HostFixture.FLOATS;
import static dev.lathe.backend.onednn.host.HostFixture.INTEGERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.Celu;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.Elu;
import dev.lathe.ir.op.ElementwiseOp.Gelu;
import dev.lathe.ir.op.ElementwiseOp.HardSigmoid;
import dev.lathe.ir.op.ElementwiseOp.IsInf;
import dev.lathe.ir.op.ElementwiseOp.LeakyRelu;
import dev.lathe.ir.op.ElementwiseOp.PRelu;
import dev.lathe.ir.op.ElementwiseOp.Selu;
import dev.lathe.ir.op.ElementwiseOp.Shrink;
import dev.lathe.ir.op.ElementwiseOp.ThresholdedRelu;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryOp;
import dev.lathe.ir.op.ElementwiseOp.Where;
import dev.lathe.runtime.Tensor;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ElementwiseTest {
  private static final Set<UnaryFunction> ON_INTEGERS =
      EnumSet.of(
          UnaryFunction.ABS,
          UnaryFunction.NEG,
          UnaryFunction.SIGN,
          UnaryFunction.RELU,
          UnaryFunction.BITWISE_NOT);

  private static final Set<BinaryFunction> ON_FLOATS =
      EnumSet.of(
          BinaryFunction.ADD,
          BinaryFunction.SUB,
          BinaryFunction.MUL,
          BinaryFunction.DIV,
          BinaryFunction.MOD,
          BinaryFunction.REM,
          BinaryFunction.POW,
          BinaryFunction.MIN,
          BinaryFunction.MAX);

  private final HostFixture fixture = new HostFixture(1);

  static Stream<UnaryOp> floatOps() {
    return Stream.concat(
        Arrays.stream(UnaryFunction.values())
            .filter(f -> f != UnaryFunction.NOT && f != UnaryFunction.BITWISE_NOT)
            .map(Unary::new),
        Stream.of(
            new IsInf(true, false),
            new IsInf(false, true),
            new LeakyRelu(0.1f),
            new Elu(0.7f),
            new Celu(1.3f),
            new Selu(1.67f, 1.05f),
            new HardSigmoid(0.2f, 0.5f),
            new ThresholdedRelu(1.5f),
            new Shrink(0.5f, 0.25f),
            new Gelu(false),
            new Gelu(true),
            new Clamp(-1.25, 2.5),
            new Clamp(Double.NEGATIVE_INFINITY, 6)));
  }

  @ParameterizedTest
  @MethodSource("floatOps")
  void functionsOfFloats(UnaryOp op) {
    for (ElementType type : FLOATS) {
      // Where a sum of terms cancels, f32 is right only in proportion to the terms.
      fixture.tolerateAbsolute(cancels(op) ? 5e-7 : 0);
      fixture.check(op, fixture.tensor(type, 3, 701));
      fixture.check(op, fixture.between(-100, 100, type, 2, 1024));
      fixture.check(op, fixture.tensor(type));
      fixture.check(op, fixture.tensor(type, 0, 5));
    }
  }

  private static boolean cancels(UnaryOp op) {
    return op instanceof Shrink
        || op instanceof HardSigmoid
        || op instanceof Gelu
        || op.equals(new Unary(UnaryFunction.HARD_SWISH));
  }

  /** The limits of these at minus infinity are taken instead of the NaN of their formulas. */
  private static final Set<UnaryFunction> LIMITS =
      EnumSet.of(UnaryFunction.SILU, UnaryFunction.MISH, UnaryFunction.HARD_SWISH);

  @ParameterizedTest
  @MethodSource("floatOps")
  void functionsOfAllFloats(UnaryOp op) {
    boolean limit = op instanceof Gelu || (op instanceof Unary(var f) && LIMITS.contains(f));
    for (ElementType type : FLOATS) {
      Tensor x = fixture.wild(type, 5000);
      for (long i = 0; limit && i < x.elementCount(); i++) {
        x.setDouble(i, x.getDouble(i) < -80 ? 1 : x.getDouble(i));
      }
      fixture.tolerateAbsolute(cancels(op) ? 5e-7 : 0);
      fixture.check(op, x);
    }
  }

  @Test
  void functionsOfIntegers() {
    for (ElementType type : INTEGERS) {
      for (UnaryFunction function : ON_INTEGERS) {
        fixture.check(new Unary(function), fixture.wild(type, 1500));
      }
      fixture.check(new Clamp(-3.5, 100.5), fixture.wild(type, 1500));
      fixture.check(new Clamp(3, Double.POSITIVE_INFINITY), fixture.wild(type, 100));
    }
    fixture.check(new Unary(UnaryFunction.NOT), fixture.tensor(ElementType.BOOL, 70));
  }

  @Test
  void castsOfAllTypes() {
    for (ElementType from : ElementType.values()) {
      for (ElementType to : ElementType.values()) {
        Tensor x = fixture.wild(from, 1503);
        fixture.tolerate(from.isFloat() ? 1e-9 : 1);
        fixture.check(new Cast(to), x);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(BinaryFunction.class)
  void functionsOfTwoNumbers(BinaryFunction function) {
    for (ElementType type : HostFixture.bytesWide()) {
      if (!isDefined(function, type)) {
        continue;
      }
      for (int i = 0; i < 12; i++) {
        long[] shape = fixture.shape(fixture.random.nextInt(0, 5), 9);
        Tensor a = fixture.tensor(type, fixture.broadcastable(shape));
        Tensor b = fixture.tensor(type, fixture.broadcastable(shape));
        fixture.check(new Binary(function), a, nonZero(function, b));
      }
      Tensor a = fixture.wild(type, 2, 700);
      Tensor b = nonZero(function, fixture.wild(type, 2, 700));
      fixture.check(new Binary(function), a, b);
    }
  }

  private static boolean isDefined(BinaryFunction function, ElementType type) {
    if (function.isLogical()) {
      return type == ElementType.BOOL;
    }
    if (function == BinaryFunction.EQUAL || function == BinaryFunction.NOT_EQUAL) {
      return true;
    }
    if (type == ElementType.BOOL) {
      return false;
    }
    return type.isInteger() || function.isComparison() || ON_FLOATS.contains(function);
  }

  private static Tensor nonZero(BinaryFunction function, Tensor tensor) {
    boolean divides =
        function == BinaryFunction.DIV
            || function == BinaryFunction.MOD
            || function == BinaryFunction.REM;
    for (long i = 0; divides && i < tensor.elementCount(); i++) {
      if (tensor.getDouble(i) == 0) {
        tensor.setDouble(i, 3);
      }
    }
    return tensor;
  }

  @Test
  void powersOfMixedTypes() {
    Binary pow = new Binary(BinaryFunction.POW);
    for (ElementType base : HostFixture.numbers()) {
      for (ElementType exponent : HostFixture.numbers()) {
        Tensor a = fixture.between(base.isUnsigned() ? 0 : -4, 4, base, 4, 100);
        fixture.check(pow, a, fixture.between(0, 4, exponent, 4, 100));
        for (int e = 0; e < 4; e++) {
          fixture.check(pow, a, HostFixture.scalar(exponent, e));
        }
      }
    }
  }

  @Test
  void broadcastsInEveryWay() {
    Binary add = new Binary(BinaryFunction.ADD);
    List<long[]> shapes =
        List.of(
            new long[] {},
            new long[] {1},
            new long[] {700},
            new long[] {3, 1, 700},
            new long[] {5, 1},
            new long[] {3, 5, 1},
            new long[] {3, 5, 700},
            new long[] {2, 1, 1, 1},
            new long[] {1, 3, 1, 700});
    for (ElementType type : List.of(ElementType.F32, ElementType.F64, ElementType.I64)) {
      for (long[] a : shapes) {
        for (long[] b : shapes) {
          fixture.check(add, fixture.tensor(type, a), fixture.tensor(type, b));
        }
      }
    }
    fixture.check(
        add, fixture.tensor(ElementType.F32, 0, 3), fixture.tensor(ElementType.F32, 2, 1, 1));
  }

  @Test
  void choices() {
    for (ElementType type : HostFixture.bytesWide()) {
      for (int i = 0; i < 10; i++) {
        long[] shape = fixture.shape(fixture.random.nextInt(0, 5), 9);
        fixture.check(
            new Where(),
            fixture.tensor(ElementType.BOOL, fixture.broadcastable(shape)),
            fixture.tensor(type, fixture.broadcastable(shape)),
            fixture.tensor(type, fixture.broadcastable(shape)));
      }
      fixture.check(
          new Where(),
          fixture.tensor(ElementType.BOOL, 3000),
          fixture.wild(type, 3000),
          fixture.wild(type, 1));
    }
  }

  @Test
  void slopesOfPRelu() {
    for (ElementType type : HostFixture.numbers()) {
      fixture.check(new PRelu(), fixture.tensor(type, 2, 5, 31, 7), fixture.tensor(type, 5, 1, 1));
    }
  }

  @Test
  void aResultMayTakeThePlaceOfAnOperand() {
    Binary sub = new Binary(BinaryFunction.SUB);
    Tensor a = fixture.tensor(ElementType.F32, 4, 999);
    Tensor b = fixture.tensor(ElementType.F32, 999);
    List<Tensor> expected = HostFixture.reference(sub, a, b);
    HostKernel kernel =
        HostFixture.kernel(sub, List.of(a, b), expected.stream().map(Tensor::type).toList());
    var memory = new java.lang.foreign.MemorySegment[] {a.segment(), b.segment()};
    kernel.run(memory, new java.lang.foreign.MemorySegment[] {a.segment()});
    fixture.compare("in place", expected.get(0), a);
  }

  @Test
  void integersAreNotDividedByZero() {
    Tensor a = HostFixture.longs(1, 2);
    Tensor b = HostFixture.longs(1, 0);
    for (BinaryFunction function :
        List.of(BinaryFunction.DIV, BinaryFunction.MOD, BinaryFunction.REM)) {
      assertThatThrownBy(() -> HostFixture.run(new Binary(function), List.of(a), a, b))
          .isInstanceOf(ArithmeticException.class)
          .hasMessage("an integer is divided by zero");
    }
  }

  @Test
  void errorsOfFloatFunctionsAreBelowOneUnit() {
    for (UnaryFunction function :
        List.of(UnaryFunction.EXP, UnaryFunction.TANH, UnaryFunction.SIGMOID, UnaryFunction.ERF)) {
      Tensor x = Tensor.allocate(java.lang.foreign.Arena.ofAuto(), ElementType.F32, 400_000);
      for (long i = 0; i < x.elementCount(); i++) {
        int bits = (int) (i * 10737L) & 0x7FFFFFFF;
        x.setDouble(i, (i & 1) == 0 ? Float.intBitsToFloat(bits) : -Float.intBitsToFloat(bits));
      }
      Tensor expected = HostFixture.reference(new Unary(function), x).get(0);
      Tensor actual = HostFixture.run(new Unary(function), List.of(expected), x).get(0);
      for (long i = 0; i < x.elementCount(); i++) {
        float right = (float) expected.getDouble(i);
        float ours = (float) actual.getDouble(i);
        if (Float.isNaN(right) || right == ours) {
          assertThat(Float.isNaN(ours)).isEqualTo(Float.isNaN(right));
        } else {
          assertThat(Math.abs(ours - right))
              .as("%s of %s", function, x.getDouble(i))
              .isLessThanOrEqualTo(Math.ulp(right));
        }
      }
    }
  }
}
