package dev.lathe.backend.onednn.host;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionInteger;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.LinalgOp.MatMulInteger;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.Window;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProductTest {
  private static final List<ElementType> BYTES = List.of(ElementType.I8, ElementType.U8);

  // Terms cancel, so that errors are proportional to the terms.
  private final HostFixture fixture = new HostFixture(11).tolerate(4).tolerateAbsolute(1e-6);

  private static Padding pads(long... beginsAndEnds) {
    int axes = beginsAndEnds.length / 2;
    List<Long> all = java.util.Arrays.stream(beginsAndEnds).boxed().toList();
    return new Padding.Explicit(all.subList(0, axes), all.subList(axes, 2 * axes));
  }

  @Test
  void matrices() {
    for (ElementType type : HostFixture.numbers()) {
      for (int transposed = 0; transposed < 4; transposed++) {
        boolean a = (transposed & 1) != 0;
        boolean b = (transposed & 2) != 0;
        MatMul op = new MatMul(a, b);
        Tensor left = a ? fixture.tensor(type, 2, 1, 7, 5) : fixture.tensor(type, 2, 1, 5, 7);
        Tensor right = b ? fixture.tensor(type, 3, 9, 7) : fixture.tensor(type, 3, 7, 9);
        fixture.check(op, left, right);
        fixture.check(op, left, right, fixture.tensor(type, 9));
        fixture.check(op, left, right, fixture.tensor(type, 3, 5, 1));
      }
    }
  }

  @Test
  void largeMatrices() {
    fixture.tolerateAbsolute(1e-5);
    for (ElementType type : List.of(ElementType.F32, ElementType.F64, ElementType.I32)) {
      fixture.check(
          new MatMul(false, false), fixture.tensor(type, 3, 4500), fixture.tensor(type, 4500, 40));
      fixture.check(
          new MatMul(false, true), fixture.tensor(type, 3, 10), fixture.tensor(type, 1030, 10));
    }
  }

  @Test
  void emptyMatrices() {
    MatMul op = new MatMul(false, false);
    ElementType type = ElementType.F64;
    fixture.check(op, fixture.tensor(type, 2, 0), fixture.tensor(type, 0, 3));
    fixture.check(op, fixture.tensor(type, 0, 2), fixture.tensor(type, 2, 3));
    fixture.check(op, fixture.tensor(type, 2, 2), fixture.tensor(type, 2, 0));
    fixture.check(op, fixture.tensor(type, 0, 2, 2), fixture.tensor(type, 2, 3));
  }

  @Test
  void matricesOfBytes() {
    for (ElementType a : BYTES) {
      for (ElementType b : BYTES) {
        Tensor left = fixture.wild(a, 2, 5, 70);
        Tensor right = fixture.wild(b, 70, 9);
        fixture.check(new MatMulInteger(), left, right, fixture.wild(a), fixture.wild(b));
        fixture.check(new MatMulInteger(), left, right, fixture.wild(a, 5), fixture.wild(b, 9));
      }
    }
    Tensor left = fixture.wild(ElementType.I8, 2, 3);
    assertThatThrownBy(
            () ->
                HostFixture.kernel(
                    new MatMulInteger(),
                    List.of(
                        left,
                        fixture.wild(ElementType.I8, 3, 4),
                        fixture.wild(ElementType.I8, 3),
                        fixture.wild(ElementType.I8)),
                    List.of(fixture.tensor(ElementType.I32, 2, 4).type())))
        .hasMessage("zero points i8[3] must be one, or 2");
  }

  @Test
  void convolutions() {
    for (ElementType type : HostFixture.FLOATS) {
      Window window = new Window(List.of(2L, 1L), List.of(1L, 2L), pads(1, 2, 0, 1));
      Tensor x = fixture.tensor(type, 2, 4, 19, 18);
      fixture.check(
          new Convolution(window, 2), x, fixture.tensor(type, 6, 2, 3, 2), fixture.tensor(type, 6));
      fixture.check(
          new Convolution(new Window(List.of(2L, 2L), List.of(1L, 1L), new Padding.Same(true)), 1),
          x,
          fixture.tensor(type, 3, 4, 3, 3));
      fixture.check(
          new Convolution(Window.unit(1), 1),
          fixture.tensor(type, 2, 3, 9),
          fixture.tensor(type, 5, 3, 4));
      fixture.check(
          new Convolution(Window.unit(3), 4),
          fixture.tensor(type, 1, 4, 5, 6, 7),
          fixture.tensor(type, 4, 1, 2, 3, 2));
    }
  }

  @Test
  void convolutionsOfBytes() {
    for (ElementType a : BYTES) {
      for (ElementType b : BYTES) {
        Window window = new Window(List.of(1L, 2L), List.of(2L, 1L), pads(2, 1, 1, 0));
        Tensor x = fixture.wild(a, 2, 4, 20, 15);
        Tensor weights = fixture.wild(b, 6, 2, 3, 2);
        fixture.check(
            new ConvolutionInteger(window, 2), x, weights, fixture.wild(a), fixture.wild(b));
        fixture.check(
            new ConvolutionInteger(window, 2), x, weights, fixture.wild(a), fixture.wild(b, 6));
      }
    }
  }
}
