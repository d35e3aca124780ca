package dev.lathe.backend.onednn.host;

import static dev.lathe.backend.onednn.host.HostFixture.scalar;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ReductionOp.ArgReduce;
import dev.lathe.ir.op.ReductionOp.CumSum;
import dev.lathe.ir.op.ReductionOp.TopK;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderTest {
  private final HostFixture fixture = new HostFixture(6);

  /** Few different numbers, so that many are equal. */
  private Tensor ties(ElementType type, long... shape) {
    return fixture.between(type.isUnsigned() ? 0 : -3, 3, type, shape);
  }

  @Test
  void indicesOfExtremes() {
    for (ElementType type : HostFixture.numbers()) {
      for (int axis = -3; axis < 3; axis++) {
        for (int options = 0; options < 8; options++) {
          ArgReduce op =
              new ArgReduce((options & 1) != 0, axis, (options & 2) != 0, (options & 4) != 0);
          fixture.check(op, ties(type, 4, 5, 6));
          fixture.check(op, fixture.wild(type, 4, 5, 6));
        }
      }
      fixture.check(new ArgReduce(true, 1, false, false), ties(type, 2, 3000));
      fixture.check(new ArgReduce(false, 0, false, true), ties(type, 3, 2000));
    }
    assertThatThrownBy(
            () ->
                HostFixture.kernel(
                    new ArgReduce(true, 1, false, false),
                    List.of(fixture.tensor(ElementType.F32, 2, 0)),
                    List.of(fixture.tensor(ElementType.I64, 2).type())))
        .hasMessage("axis 1 of f32[2, 0] is empty, so it has no extreme element");
  }

  @Test
  void firstElements() {
    for (ElementType type : HostFixture.numbers()) {
      for (int axis = -3; axis < 3; axis++) {
        for (int k = 0; k <= 4; k++) {
          fixture.check(
              new TopK(axis, k % 2 == 0, true), ties(type, 4, 5, 6), scalar(ElementType.I64, k));
        }
        fixture.check(
            new TopK(axis, true, false), fixture.wild(type, 4, 5, 6), scalar(ElementType.I64, 3));
      }
      fixture.check(
          new TopK(1, true, true), fixture.wild(type, 2, 3000), scalar(ElementType.I64, 50));
      fixture.check(new TopK(1, false, true), ties(type, 2, 500), scalar(ElementType.I64, 500));
    }
  }

  @Test
  void runningSums() {
    for (ElementType type : HostFixture.numbers()) {
      fixture.tolerate(10);
      for (int axis = -3; axis < 3; axis++) {
        for (int options = 0; options < 4; options++) {
          fixture.check(
              new CumSum(axis, (options & 1) != 0, (options & 2) != 0),
              fixture.between(0, 3, type, 4, 5, 6));
        }
      }
      for (int options = 0; options < 4; options++) {
        fixture.check(
            new CumSum(1, (options & 1) != 0, (options & 2) != 0),
            fixture.between(0, 3, type, 2, 2500));
      }
    }
  }
}
