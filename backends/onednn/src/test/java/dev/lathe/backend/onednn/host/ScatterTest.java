package dev.lathe.backend.onednn.host;

import static dev.lathe.backend.onednn.host.HostFixture.longs;
import static dev.lathe.backend.onednn.host.HostFixture.scalar;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.CreationOp.Range;
import dev.lathe.ir.op.IndexingOp.OneHot;
import dev.lathe.ir.op.IndexingOp.ReverseSequence;
import dev.lathe.ir.op.IndexingOp.ScatterElements;
import dev.lathe.ir.op.IndexingOp.ScatterNd;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import dev.lathe.ir.op.IndexingOp.Trilu;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScatterTest {
  private final HostFixture fixture = new HostFixture(5);

  @ParameterizedTest
  @EnumSource(ScatterReduction.class)
  void elements(ScatterReduction reduction) {
    for (ElementType type : HostFixture.numbers()) {
      // Each place gets many updates, which are rounded one by one.
      fixture.tolerate(50);
      for (int axis = -3; axis < 3; axis++) {
        long[] shape = {3, 4, 5};
        long size = new long[] {4, 5, 6}[Math.floorMod(axis, 3)];
        shape[Math.floorMod(axis, 3)] = 4;
        Tensor data = fixture.between(1, 2, type, 4, 5, 6);
        Tensor indices = fixture.indices(ElementType.I64, size, shape);
        fixture.check(
            new ScatterElements(axis, reduction),
            data,
            indices,
            fixture.between(1, 2, type, shape));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ScatterReduction.class)
  void slices(ScatterReduction reduction) {
    for (ElementType type : HostFixture.numbers()) {
      fixture.tolerate(50);
      for (int depth = 1; depth <= 3; depth++) {
        long[] updates = depth == 1 ? new long[] {3, 5, 6} : new long[] {3, 6};
        updates = depth == 3 ? new long[] {3} : updates;
        fixture.check(
            new ScatterNd(reduction),
            fixture.between(1, 2, type, 4, 5, 6),
            fixture.indices(ElementType.I64, 4, 3, depth),
            fixture.between(1, 2, type, updates));
      }
    }
  }

  @Test
  void bits() {
    fixture.check(
        new ScatterElements(0, ScatterReduction.NONE),
        fixture.wild(ElementType.F32, 3000),
        fixture.indices(ElementType.I32, 3000, 2500),
        fixture.wild(ElementType.F32, 2500));
    fixture.check(
        new ScatterNd(ScatterReduction.NONE),
        fixture.wild(ElementType.BOOL, 3, 4),
        fixture.indices(ElementType.I64, 3, 0, 1),
        fixture.wild(ElementType.BOOL, 0, 4));
  }

  @Test
  void updatesThatDoNotFitAreRefused() {
    Tensor data = fixture.tensor(ElementType.F32, 3);
    assertThatThrownBy(
            () ->
                HostFixture.kernel(
                    new ScatterElements(0, ScatterReduction.NONE),
                    List.of(data, longs(0, 1), data),
                    List.of(data.type())))
        .hasMessage("updates f32[3] must have the shape of indices i64[2]");
    assertThatThrownBy(
            () ->
                HostFixture.kernel(
                    new ScatterNd(ScatterReduction.NONE),
                    List.of(data, fixture.indices(ElementType.I64, 3, 2, 1), data),
                    List.of(data.type())))
        .hasMessage("updates f32[3] must have 2 elements for indices i64[2, 1] into f32[3]");
  }

  @Test
  void triangles() {
    for (ElementType type : List.of(ElementType.BOOL, ElementType.F16, ElementType.F32)) {
      for (long diagonal : new long[] {-9, -2, -1, 0, 1, 3, 9, Long.MAX_VALUE, Long.MIN_VALUE}) {
        Tensor k = scalar(ElementType.I64, 0);
        k.setLong(0, diagonal);
        fixture.check(new Trilu(true), fixture.wild(type, 2, 4, 6), k);
        fixture.check(new Trilu(false), fixture.wild(type, 2, 6, 4), k);
      }
    }
  }

  @Test
  void oneHotVectors() {
    for (int axis = -3; axis < 3; axis++) {
      fixture.check(
          new OneHot(axis),
          fixture.indices(ElementType.I64, 7, 4, 5),
          scalar(ElementType.I64, 5),
          fixture.wild(ElementType.F32, 2));
      fixture.check(
          new OneHot(axis),
          fixture.indices(ElementType.F32, 7, 4, 5),
          longs(5),
          fixture.wild(ElementType.U8, 2));
    }
  }

  @Test
  void reversedSequences() {
    for (int[] axes : new int[][] {{0, 1}, {1, 0}, {0, 2}, {2, 0}, {1, 2}, {2, 1}}) {
      Tensor x = fixture.wild(ElementType.F32, 3, 4, 5, 2);
      long batch = x.dim(axes[0]);
      long[] lengths = new long[(int) batch];
      for (int i = 0; i < batch; i++) {
        lengths[i] = fixture.random.nextLong(x.dim(axes[1]) + 1);
      }
      fixture.check(new ReverseSequence(axes[0], axes[1]), x, longs(lengths));
    }
  }

  @Test
  void ranges() {
    for (ElementType type : HostFixture.numbers()) {
      fixture.check(new Range(), scalar(type, 2), scalar(type, 90), scalar(type, 7));
      if (type.isFloat()) {
        fixture.check(new Range(), scalar(type, 2), scalar(type, -3), scalar(type, -0.25));
      }
    }
    fixture.check(
        new Range(),
        scalar(ElementType.I64, 5000),
        scalar(ElementType.I64, -3),
        scalar(ElementType.I64, -2));
  }
}
