package dev.lathe.backend.reference;

import static dev.lathe.backend.reference.Evaluate.floats;
import static dev.lathe.backend.reference.Evaluate.iota;
import static dev.lathe.backend.reference.Evaluate.run;
import static dev.lathe.backend.reference.Evaluate.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionInteger;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.Window;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvolutionKernelsTest {
  private static Window window(long stride, long dilation, long begin, long end) {
    return new Window(
        List.of(stride), List.of(dilation), new Padding.Explicit(List.of(begin), List.of(end)));
  }

  private static Tensor ones(long... shape) {
    double[] values = new double[(int) Strided.count(shape)];
    java.util.Arrays.fill(values, 1);
    return tensor(ElementType.F32, values, shape);
  }

  private static double[] conv(Window window, Tensor x, Tensor w) {
    return run(new Convolution(window, 1), x, w);
  }

  @Test
  void slidesOverOneAxis() {
    Tensor x = tensor(ElementType.F32, new double[] {1, 2, 3, 4, 5}, 1, 1, 5);
    Tensor w = tensor(ElementType.F32, new double[] {1, 10, 100}, 1, 1, 3);
    assertThat(conv(window(1, 1, 0, 0), x, w)).containsExactly(321, 432, 543);
    assertThat(conv(window(1, 1, 1, 1), x, w)).containsExactly(210, 321, 432, 543, 54);
    assertThat(conv(window(2, 1, 1, 1), x, w)).containsExactly(210, 432, 54);
    assertThat(conv(window(1, 2, 0, 0), x, w)).containsExactly(531);
    assertThat(conv(window(1, 1, 0, 2), x, w)).containsExactly(321, 432, 543, 54, 5);
    assertThat(conv(window(1, 1, -1, 0), x, w)).containsExactly(432, 543);
    Window same = new Window(List.of(2L), List.of(1L), new Padding.Same(false));
    assertThat(conv(same, x, w)).containsExactly(210, 432, 54);
  }

  @Test
  void slidesOverTwoAxes() {
    Window window = new Window(List.of(1L, 1L), List.of(1L, 1L), Padding.Explicit.none(2));
    assertThat(run(new Convolution(window, 1), iota(1, 1, 3, 3), ones(1, 1, 2, 2)))
        .containsExactly(8, 12, 20, 24);
    assertThat(run(new Convolution(window, 1), iota(1, 1, 3, 3), ones(2, 1, 2, 2), floats(1, 2)))
        .containsExactly(9, 13, 21, 25, 10, 14, 22, 26);
  }

  @Test
  void slidesOverThreeAxes() {
    Window window = new Window(List.of(1L, 1L, 1L), List.of(1L, 1L, 1L), Padding.Explicit.none(3));
    assertThat(run(new Convolution(window, 1), iota(1, 1, 2, 2, 3), ones(1, 1, 2, 2, 2)))
        .containsExactly(40, 48);
  }

  @Test
  void groupsSeeOnlyTheirChannels() {
    Tensor x = tensor(ElementType.F32, new double[] {1, 2, 3, 4}, 1, 4, 1);
    Tensor w = tensor(ElementType.F32, new double[] {1, 10, 100, 1000}, 2, 2, 1);
    assertThat(run(new Convolution(window(1, 1, 0, 0), 2), x, w)).containsExactly(21, 4300);
  }

  @Test
  void paddingOfIntegersIsTheZeroPoint() {
    Tensor x = tensor(ElementType.U8, new double[] {10, 12}, 1, 1, 2);
    Tensor w = tensor(ElementType.I8, new double[] {3, 4, 5}, 1, 1, 3);
    Tensor ten = tensor(ElementType.U8, new double[] {10});
    Tensor one = tensor(ElementType.I8, new double[] {1});
    ConvolutionInteger op = new ConvolutionInteger(window(1, 1, 1, 1), 1);
    // x less 10 is {0, 2}, w less 1 is {2, 3, 4}.
    assertThat(run(op, x, w, ten, one)).containsExactly(8, 6);
    Tensor two = tensor(ElementType.I8, new double[] {1, 2}, 2);
    assertThatThrownBy(() -> run(op, x, w, ten, two))
        .hasMessage("zero points i8[2] must be one, or 1");
  }

  @Test
  void transposedSpreadsEachElement() {
    Tensor x = tensor(ElementType.F32, new double[] {1, 2}, 1, 1, 2);
    Tensor w = tensor(ElementType.F32, new double[] {1, 10, 100}, 1, 1, 3);
    assertThat(run(new ConvolutionTranspose(window(1, 1, 0, 0), 1, List.of(0L)), x, w))
        .containsExactly(1, 12, 120, 200);
    assertThat(run(new ConvolutionTranspose(window(2, 1, 0, 0), 1, List.of(1L)), x, w))
        .containsExactly(1, 10, 102, 20, 200, 0);
    assertThat(run(new ConvolutionTranspose(window(2, 1, 1, 1), 1, List.of(0L)), x, w))
        .containsExactly(10, 102, 20);
    assertThat(run(new ConvolutionTranspose(window(1, 2, 0, 0), 1, List.of(0L)), x, w, floats(5)))
        .containsExactly(6, 7, 15, 25, 105, 205);
  }

  @Test
  void transposedGroups() {
    Tensor x = tensor(ElementType.F32, new double[] {1, 2}, 1, 2, 1);
    Tensor w = tensor(ElementType.F32, new double[] {3, 4, 5, 6}, 2, 2, 1);
    assertThat(run(new ConvolutionTranspose(window(1, 1, 0, 0), 2, List.of(0L)), x, w))
        .containsExactly(3, 4, 10, 12);
    assertThat(run(new ConvolutionTranspose(window(1, 1, 0, 0), 1, List.of(0L)), x, w))
        .containsExactly(13, 16);
  }

  @Test
  void wrongChannelsAreRefused() {
    assertThatThrownBy(() -> conv(window(1, 1, 0, 0), iota(1, 2, 5), iota(1, 3, 3)))
        .hasMessageContaining("channels of the input and of the weights");
  }
}
