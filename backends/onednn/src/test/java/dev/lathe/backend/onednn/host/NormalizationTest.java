package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.ir.op.NormalizationOp.GroupNormalization;
import dev.lathe.ir.op.NormalizationOp.InstanceNormalization;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.NormalizationOp.Lrn;
import dev.lathe.ir.op.NormalizationOp.RmsNormalization;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class NormalizationTest {
  private static final List<long[]> IMAGES =
      List.of(
          new long[] {2, 6},
          new long[] {3, 6, 5},
          new long[] {2, 6, 40, 41},
          new long[] {2, 6, 3, 4, 5},
          new long[] {0, 6, 2});

  // The mean is taken away, so that errors are proportional to what it is taken from.
  private final HostFixture fixture = new HostFixture(7).tolerate(4).tolerateAbsolute(4e-7);

  @Test
  void channels() {
    for (ElementType type : HostFixture.FLOATS) {
      for (long[] shape : IMAGES) {
        Tensor x = fixture.tensor(type, shape);
        Tensor scale = fixture.tensor(type, 6);
        Tensor bias = fixture.tensor(type, 6);
        fixture.check(
            new BatchNormalization(1e-5f),
            x,
            scale,
            bias,
            fixture.tensor(type, 6),
            fixture.between(0.1, 3, type, 6));
        fixture.check(new InstanceNormalization(1e-5f), x, scale, bias);
        fixture.check(new GroupNormalization(3, 1e-5f), x, scale, bias);
        fixture.check(new GroupNormalization(1, 1e-5f), x, scale, bias);
      }
    }
  }

  @Test
  void statisticsOfAnotherType() {
    fixture.check(
        new BatchNormalization(1e-3f),
        fixture.tensor(ElementType.F16, 2, 3, 4),
        fixture.tensor(ElementType.F16, 3),
        fixture.tensor(ElementType.F16, 3),
        fixture.tensor(ElementType.F32, 3),
        fixture.between(0.1, 3, ElementType.F32, 3));
  }

  @Test
  void rows() {
    for (ElementType type : HostFixture.FLOATS) {
      for (int axis = -3; axis < 3; axis++) {
        Tensor x = fixture.tensor(type, 3, 4, 50);
        Tensor scale = fixture.tensor(type, 50);
        fixture.check(new LayerNormalization(axis, 1e-5f), x, scale, fixture.tensor(type, 1));
        fixture.check(new RmsNormalization(axis, 1e-5f), x, scale);
      }
      Tensor x = fixture.tensor(type, 3, 4, 1500);
      fixture.check(
          new LayerNormalization(1, 1e-5f),
          x,
          fixture.tensor(type, 4, 1500),
          fixture.tensor(type, 4, 1));
      fixture.check(new RmsNormalization(-1, 1e-5f), x, fixture.tensor(type, 1500));
    }
  }

  @Test
  void neighbouringChannels() {
    for (ElementType type : HostFixture.FLOATS) {
      for (long[] shape : IMAGES) {
        for (int size : new int[] {1, 2, 3, 5, 9}) {
          Tensor x = fixture.tensor(type, shape);
          fixture.check(new Lrn(size, 0.01f, 0.75f, 1f), x);
          fixture.check(new Lrn(size, 0.3f, 0.6f, 2f), x);
        }
      }
    }
  }
}
