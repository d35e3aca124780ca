package dev.lathe.backend.reference;

import static dev.lathe.backend.reference.Evaluate.floats;
import static dev.lathe.backend.reference.Evaluate.longs;
import static dev.lathe.backend.reference.Evaluate.run;
import static dev.lathe.backend.reference.Evaluate.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ShapeOp.CoordinateTransform;
import dev.lathe.ir.op.ShapeOp.NearestMode;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import org.junit.jupiter.api.Test;

class ResizeKernelTest {
  private static Resize linear(CoordinateTransform transform, boolean byScales) {
    return new Resize(
        ResizeMode.LINEAR, transform, NearestMode.FLOOR, byScales, -0.75f, false, false);
  }

  private static double[] nearest(CoordinateTransform transform, NearestMode mode, long size) {
    Resize op = new Resize(ResizeMode.NEAREST, transform, mode, false, -0.75f, false, false);
    return run(op, floats(0, 1, 2, 3), longs(size));
  }

  @Test
  void nearestNeighbours() {
    // Positions 0, 2/3, 4/3, 2, 8/3, 10/3.
    CoordinateTransform asymmetric = CoordinateTransform.ASYMMETRIC;
    assertThat(nearest(asymmetric, NearestMode.FLOOR, 6)).containsExactly(0, 0, 1, 2, 2, 3);
    assertThat(nearest(asymmetric, NearestMode.CEIL, 6)).containsExactly(0, 1, 2, 2, 3, 3);
    // Positions 0.5 and 2.5.
    CoordinateTransform halfPixel = CoordinateTransform.HALF_PIXEL;
    assertThat(nearest(halfPixel, NearestMode.ROUND_PREFER_FLOOR, 2)).containsExactly(0, 2);
    assertThat(nearest(halfPixel, NearestMode.ROUND_PREFER_CEIL, 2)).containsExactly(1, 3);
    // Positions 1 and 3.
    assertThat(nearest(CoordinateTransform.TF_HALF_PIXEL_FOR_NN, NearestMode.FLOOR, 2))
        .containsExactly(1, 3);
  }

  @Test
  void linearInAllTransforms() {
    assertThat(run(linear(CoordinateTransform.HALF_PIXEL, false), floats(0, 4), longs(4)))
        .containsExactly(0, 1, 3, 4);
    assertThat(run(linear(CoordinateTransform.ASYMMETRIC, false), floats(0, 4), longs(4)))
        .containsExactly(0, 2, 4, 4);
    assertThat(run(linear(CoordinateTransform.ALIGN_CORNERS, false), floats(0, 4), longs(5)))
        .containsExactly(0, 1, 2, 3, 4);
    assertThat(run(linear(CoordinateTransform.ALIGN_CORNERS, false), floats(7, 4), longs(1)))
        .containsExactly(7);
    assertThat(run(linear(CoordinateTransform.PYTORCH_HALF_PIXEL, false), floats(7, 4), longs(1)))
        .containsExactly(7);
    assertThat(run(linear(CoordinateTransform.HALF_PIXEL, false), floats(7, 4), longs(1)))
        .containsExactly(5.5);
  }

  /** A size that the factor only nearly gives is centred. */
  @Test
  void symmetricKeepsTheMiddle() {
    double[] values =
        run(
            linear(CoordinateTransform.HALF_PIXEL_SYMMETRIC, true),
            floats(0, 1, 2, 3),
            floats(0.6));
    // Size floor(2.4); adjustment 2/2.4; positions 1/3 + 0.5/0.6 - 0.5 and one of 1/0.6 further.
    assertThat(values).containsExactly(new double[] {2 / 3.0, 2 / 3.0 + 1 / 0.6}, within(1e-6));
  }

  @Test
  void factorsMapPositionsEvenWhereSizesAreRounded() {
    assertThat(run(linear(CoordinateTransform.ASYMMETRIC, true), floats(0, 1, 2), floats(1.5)))
        .containsExactly(new double[] {0, 2 / 3.0, 4 / 3.0, 2}, within(1e-6));
  }

  @Test
  void cubic() {
    Resize op =
        new Resize(
            ResizeMode.CUBIC,
            CoordinateTransform.HALF_PIXEL,
            NearestMode.FLOOR,
            false,
            -0.75f,
            false,
            false);
    // Half way between elements, the weights are a/8, 1/2 - a/8, 1/2 - a/8, a/8.
    double[] values = run(op, floats(1, 2, 4, 8), longs(2));
    assertThat(values[0]).isEqualTo(-0.09375 * (1 + 4) + 0.59375 * (1 + 2), within(1e-6));
    Resize inside =
        new Resize(
            ResizeMode.CUBIC,
            CoordinateTransform.HALF_PIXEL,
            NearestMode.FLOOR,
            false,
            -0.75f,
            true,
            false);
    double expected = (0.59375 * (1 + 2) - 0.09375 * 4) / (2 * 0.59375 - 0.09375);
    assertThat(run(inside, floats(1, 2, 4, 8), longs(2))[0]).isEqualTo(expected, within(1e-6));
  }

  @Test
  void antialiasWidensTheFilter() {
    Resize op =
        new Resize(
            ResizeMode.LINEAR,
            CoordinateTransform.HALF_PIXEL,
            NearestMode.FLOOR,
            false,
            -0.75f,
            false,
            true);
    // At 0.5, a triangle of half width 2: weights 1/8, 3/8, 3/8, 1/8 of -1, 0, 1, 2.
    assertThat(run(op, floats(0, 8, 16, 24), longs(2))).containsExactly(5, 19);
    assertThat(run(op, floats(0, 4), longs(4))).containsExactly(0, 1, 3, 4);
  }

  @Test
  void severalAxesAndIntegers() {
    assertThat(
            run(
                linear(CoordinateTransform.ALIGN_CORNERS, false),
                tensor(ElementType.F32, new double[] {0, 2, 4, 6}, 2, 2),
                longs(3, 3)))
        .containsExactly(0, 1, 2, 2, 3, 4, 4, 5, 6);
    assertThat(
            run(
                linear(CoordinateTransform.HALF_PIXEL, false),
                tensor(ElementType.U8, new double[] {0, 255}, 2),
                longs(4)))
        .containsExactly(0, 63, 191, 255);
    assertThatThrownBy(
            () ->
                run(
                    linear(CoordinateTransform.HALF_PIXEL, false),
                    tensor(ElementType.F32, new double[0], 0),
                    longs(4)))
        .hasMessage("axis 0 of f32[0] is empty, so it cannot be enlarged");
  }
}
