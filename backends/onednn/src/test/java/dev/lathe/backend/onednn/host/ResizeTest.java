package dev.lathe.backend.onednn.host;

import static dev.lathe.backend.onednn.host.HostFixture.longs;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ShapeOp.CoordinateTransform;
import dev.lathe.ir.op.ShapeOp.NearestMode;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResizeTest {
  private final HostFixture fixture = new HostFixture(9);

  private static Resize resize(
      ResizeMode mode, CoordinateTransform transform, NearestMode nearest, boolean byScales) {
    return new Resize(mode, transform, nearest, byScales, -0.75f, false, false);
  }

  @ParameterizedTest
  @EnumSource(CoordinateTransform.class)
  void nearest(CoordinateTransform transform) {
    for (ElementType type :
        List.of(ElementType.U8, ElementType.F16, ElementType.F32, ElementType.F64)) {
      Tensor x = fixture.wild(type, 2, 3, 5, 6);
      for (NearestMode mode : NearestMode.values()) {
        Resize bySize = resize(ResizeMode.NEAREST, transform, mode, false);
        Resize byScale = resize(ResizeMode.NEAREST, transform, mode, true);
        fixture.check(bySize, x, longs(2, 3, 10, 12));
        fixture.check(bySize, x, longs(2, 3, 3, 13));
        fixture.check(bySize, x, longs(4, 3, 5, 6));
        fixture.check(bySize, x, longs(2, 3, 1, 1));
        fixture.check(byScale, x, Tensor.of(new float[] {1, 1, 2.6f, 0.6f}, 4));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(CoordinateTransform.class)
  void interpolation(CoordinateTransform transform) {
    fixture.tolerate(10).tolerateAbsolute(1e-6);
    for (ElementType type : HostFixture.FLOATS) {
      Tensor x = fixture.tensor(type, 2, 3, 5, 6);
      for (ResizeMode mode : List.of(ResizeMode.LINEAR, ResizeMode.CUBIC)) {
        for (int options = 0; options < 4; options++) {
          boolean exclude = (options & 1) != 0;
          boolean antialias = (options & 2) != 0;
          Resize bySize =
              new Resize(mode, transform, NearestMode.FLOOR, false, -0.5f, exclude, antialias);
          Resize byScale =
              new Resize(mode, transform, NearestMode.FLOOR, true, -0.75f, exclude, antialias);
          fixture.check(bySize, x, longs(2, 3, 10, 12));
          fixture.check(bySize, x, longs(2, 3, 3, 4));
          fixture.check(bySize, x, longs(2, 3, 11, 6));
          fixture.check(bySize, x, longs(2, 5, 4, 9));
          fixture.check(bySize, x, longs(2, 3, 5, 6));
          fixture.check(byScale, x, Tensor.of(new float[] {1, 1, 2.6f, 0.6f}, 4));
        }
      }
    }
  }

  @Test
  void emptyAndScalarTensors() {
    Resize linear =
        resize(ResizeMode.LINEAR, CoordinateTransform.HALF_PIXEL, NearestMode.FLOOR, false);
    fixture.check(linear, fixture.tensor(ElementType.F32), longs());
    fixture.check(linear, fixture.tensor(ElementType.F32, 2, 3), longs(2, 0));
    fixture.check(linear, fixture.tensor(ElementType.F32, 0, 3), longs(0, 4));
    assertThatThrownBy(
            () ->
                HostFixture.kernel(
                    linear,
                    List.of(fixture.tensor(ElementType.F32, 0), longs(2)),
                    List.of(fixture.tensor(ElementType.F32, 2).type())))
        .hasMessage("axis 0 of f32[0] is empty, so it cannot be enlarged");
  }
}
