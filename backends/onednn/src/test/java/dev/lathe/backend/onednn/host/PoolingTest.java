package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.PoolingOp.AveragePool;
import dev.lathe.ir.op.PoolingOp.LpPool;
import dev.lathe.ir.op.PoolingOp.MaxPool;
import dev.lathe.ir.op.Window;
import dev.lathe.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolingTest {
  private final HostFixture fixture = new HostFixture(10).tolerate(4).tolerateAbsolute(4e-7);

  private List<Long> list(int size, int low, int high) {
    Long[] values = new Long[size];
    Arrays.setAll(values, i -> fixture.random.nextLong(low, high + 1L));
    return new ArrayList<>(List.of(values));
  }

  private Padding padding(int axes, List<Long> kernel) {
    if (fixture.random.nextInt(3) == 0) {
      return new Padding.Same(fixture.random.nextBoolean());
    }
    List<Long> begin = list(axes, 0, 1);
    List<Long> end = list(axes, 0, 1);
    for (int i = 0; i < axes; i++) {
      begin.set(i, Math.min(begin.get(i), kernel.get(i) - 1));
      end.set(i, Math.min(end.get(i), kernel.get(i) - 1));
    }
    return new Padding.Explicit(begin, end);
  }

  @Test
  void windows() {
    for (int i = 0; i < 200; i++) {
      int axes = 1 + i % 3;
      List<Long> kernel = list(axes, 1, 3);
      Window window = new Window(list(axes, 1, 3), list(axes, 1, 2), padding(axes, kernel));
      boolean ceil = fixture.random.nextBoolean();
      long[] shape = fixture.shape(axes + 2, 3);
      for (int axis = 2; axis < shape.length; axis++) {
        shape[axis] = fixture.random.nextInt(6, 10);
      }
      ElementType type = HostFixture.FLOATS.get(i % 4);
      Tensor x = fixture.tensor(type, shape);
      fixture.check(new MaxPool(kernel, window, ceil, true, i % 2 == 0), x);
      fixture.check(new MaxPool(kernel, window, ceil, false, false), x);
      fixture.check(new AveragePool(kernel, window, ceil, i % 2 == 0), x);
      fixture.check(new LpPool(kernel, window, ceil, 1 + i % 3), x);
    }
  }

  @Test
  void extremesOfAllTypes() {
    List<Long> kernel = List.of(2L, 3L);
    Window window = Window.unit(2);
    for (ElementType type : List.of(ElementType.I8, ElementType.U8, ElementType.I32)) {
      fixture.check(
          new MaxPool(kernel, window, false, true, false), fixture.wild(type, 2, 3, 9, 8));
    }
    for (ElementType type : HostFixture.FLOATS) {
      fixture.check(
          new MaxPool(kernel, window, false, true, false), fixture.wild(type, 2, 3, 9, 8));
    }
  }
}
