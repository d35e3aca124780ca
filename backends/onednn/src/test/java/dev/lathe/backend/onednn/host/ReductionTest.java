package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.NormalizationOp.LogSoftmax;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReductionTest {
  private static final List<List<Integer>> AXES =
      List.of(
          List.of(),
          List.of(0),
          List.of(1),
          List.of(3),
          List.of(0, 1),
          List.of(2, 3),
          List.of(1, 3),
          List.of(0, 2),
          List.of(0, 2, 3),
          List.of(0, 1, 2, 3));

  private final HostFixture fixture = new HostFixture(4);

  @ParameterizedTest
  @EnumSource(ReduceFunction.class)
  void reductions(ReduceFunction function) {
    for (ElementType type : HostFixture.numbers()) {
      boolean exponentials = function == ReduceFunction.LOG_SUM_EXP && !type.isFloat();
      for (List<Integer> axes : exponentials ? List.<List<Integer>>of() : AXES) {
        fixture.tolerate(100);
        Tensor x = fixture.between(0.5, 5, type, 3, 4, 5, 6);
        fixture.check(new Reduce(function, axes, true), x);
        fixture.check(new Reduce(function, axes, false), x);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ReduceFunction.class)
  void longRows(ReduceFunction function) {
    fixture.tolerate(100);
    for (ElementType type : List.of(ElementType.F32, ElementType.F64, ElementType.I64)) {
      if (type.isFloat() || function != ReduceFunction.LOG_SUM_EXP) {
        Tensor x = fixture.between(0.9, 1.1, type, 2, 3000);
        fixture.check(new Reduce(function, List.of(1), false), x);
        fixture.check(new Reduce(function, List.of(0), false), x);
        fixture.check(new Reduce(function, List.of(0, 1), false), x);
      }
    }
  }

  @Test
  void extremesOfAllValues() {
    for (ElementType type : HostFixture.bytesWide()) {
      for (ReduceFunction function : List.of(ReduceFunction.MAX, ReduceFunction.MIN)) {
        fixture.check(new Reduce(function, List.of(1), false), fixture.wild(type, 300, 7));
        fixture.check(new Reduce(function, List.of(0), false), fixture.wild(type, 7, 300));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ReduceFunction.class)
  void nothingToReduce(ReduceFunction function) {
    fixture.check(new Reduce(function, List.of(1), false), fixture.tensor(ElementType.F32, 3, 0));
    fixture.check(new Reduce(function, List.of(0), false), fixture.tensor(ElementType.F32, 0, 3));
    fixture.check(new Reduce(function, List.of(1), false), fixture.tensor(ElementType.F32, 0, 3));
    fixture.check(new Reduce(function, List.of(), false), fixture.tensor(ElementType.F32));
  }

  @Test
  void infinitiesInSumsOfExponentials() {
    for (ElementType type : HostFixture.FLOATS) {
      fixture.check(
          new Reduce(ReduceFunction.LOG_SUM_EXP, List.of(1), false), fixture.wild(type, 300, 2));
    }
  }

  @Test
  void softmax() {
    for (ElementType type : HostFixture.FLOATS) {
      fixture.tolerate(20);
      for (int axis = -3; axis < 3; axis++) {
        Tensor x = fixture.tensor(type, 4, 5, 6);
        fixture.check(new Softmax(axis), x);
        fixture.check(new LogSoftmax(axis), x);
      }
      fixture.check(new Softmax(1), fixture.tensor(type, 2, 3, 2000));
      fixture.check(new LogSoftmax(1), fixture.tensor(type, 2, 3, 2000));
      fixture.check(new Softmax(-1), fixture.between(-90, 90, type, 3, 2000));
      fixture.check(new Softmax(-1), fixture.tensor(type, 3, 0));
      fixture.check(new Softmax(0), fixture.tensor(type, 3, 0));
    }
  }
}
