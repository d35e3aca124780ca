package dev.lathe.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.ir.op.Window;
import java.util.List;
import org.junit.jupiter.api.Test;

class InferenceTest {
  private final BlockBuilder b = new Graph("test").newBlock();

  private Value input(String type) {
    return b.argument("x", TensorType.parse(type));
  }

  @Test
  void broadcastingOfSymbols() {
    assertThat(
            b.add(new Binary(BinaryFunction.ADD), input("f32[N, 1, 4]"), input("f32[3, 1]")).type())
        .hasToString("f32[N, 3, 4]");
    assertThat(b.add(new Binary(BinaryFunction.ADD), input("f32[N]"), input("f32[M]")).type())
        .hasToString("f32[max(M, N)]");
    assertThat(b.add(new Binary(BinaryFunction.LESS), input("f32[N]"), input("f32[7]")).type())
        .hasToString("bool[7]");
  }

  @Test
  void aBiasOfNarrowProductsMayBeWide() {
    MatMul product = new MatMul(false, false);
    assertThat(b.add(product, input("bf16[N, 3]"), input("bf16[3, 4]"), input("f32[4]")).type())
        .hasToString("bf16[N, 4]");
    Value x = input("f32[N, 3]");
    Value w = input("f32[3, 4]");
    Value narrow = input("bf16[4]");
    assertThatThrownBy(() -> b.add(product, x, w, narrow))
        .isInstanceOf(TypeException.class)
        .hasMessageContaining("must have the same element type, not f32 and bf16");
  }

  @Test
  void reshapeByShapeArithmeticIsKnown() {
    Value x = input("f32[N, S, 384]");
    Value shape = b.add(new ShapeOp.ShapeOf(), x);
    Value n = b.add(new IndexingOp.Gather(0), shape, b.constant(ConstantData.ofLong(0)));
    Value target =
        b.add(
            new ShapeOp.Concat(0),
            b.add(new ShapeOp.Unsqueeze(List.of(0)), n),
            b.longs(-1, 12, 32));
    assertThat(b.add(new ShapeOp.Reshape(false), x, target).type())
        .hasToString("f32[N, S, 12, 32]");
  }

  @Test
  void slicesOfSymbolicAxes() {
    Value x = input("f32[N, 10]");
    assertThat(slice(x, List.of(0), 1, Long.MAX_VALUE, 1)).hasToString("f32[max(0, N - 1), 10]");
    assertThat(slice(x, List.of(1), -3, Long.MAX_VALUE, 1)).hasToString("f32[N, 3]");
    assertThat(slice(x, List.of(1), 8, 1, -2)).hasToString("f32[N, 4]");
    assertThat(slice(x, List.of(1), -1, Long.MIN_VALUE, -1)).hasToString("f32[N, 10]");
    assertThat(slice(x, List.of(0), -1, Long.MIN_VALUE, -1)).hasToString("f32[N, 10]");
    assertThat(slice(x, List.of(1), 20, 30, 1)).hasToString("f32[N, 0]");
    Value empty = b.argument("empty", TensorType.of(ElementType.F32, 0));
    assertThat(slice(empty, List.of(0), 0, -3, -1)).hasToString("f32[0]");
  }

  private TensorType slice(Value x, List<Integer> axes, long start, long end, long step) {
    return b.add(new ShapeOp.Slice(axes), x, b.longs(start), b.longs(end), b.longs(step)).type();
  }

  @Test
  void windows() {
    Value x = input("f32[N, 3, H, 224]");
    Value w = input("f32[64, 3, 7, 7]");
    Window strided =
        new Window(
            List.of(2L, 2L),
            List.of(1L, 1L),
            new Padding.Explicit(List.of(3L, 3L), List.of(3L, 3L)));
    assertThat(b.add(new ConvolutionOp.Convolution(strided, 1), x, w).type())
        .hasToString("f32[N, 64, floordiv(H + 1, 2), 112]");
    Window same = new Window(List.of(2L, 2L), List.of(1L, 1L), new Padding.Same(true));
    assertThat(b.add(new ConvolutionOp.Convolution(same, 1), x, w).type())
        .hasToString("f32[N, 64, floordiv(H + 1, 2), 112]");
    Window pool = new Window(List.of(2L, 2L), List.of(1L, 1L), Padding.Explicit.none(2));
    Value y = input("f32[1, 3, 7, 8]");
    assertThat(b.add(new PoolingOp.MaxPool(List.of(3L, 3L), pool, true, false, false), y).type())
        .hasToString("f32[1, 3, 3, 4]");
  }

  @Test
  void dataDependentShapesGetSymbolsOfTheirOwn() {
    Value places = b.add(new IndexingOp.NonZero(), input("f32[N, 4]"));
    Value more = b.add(new IndexingOp.NonZero(), input("f32[N, 4]"));
    assertThat(places.type().dim(1).isUnbacked()).isTrue();
    assertThat(places.type().dim(1)).isNotEqualTo(more.type().dim(1));
  }

  @Test
  void refusalsNameOpOperandsAndReason() {
    b.from("MatMul_7");
    assertThatThrownBy(
            () -> b.add(new LinalgOp.MatMul(false, false), input("f32[2, 3]"), input("f32[4, 5]")))
        .isInstanceOf(TypeException.class)
        .hasMessage(
            "matmul (from MatMul_7) of [f32[2, 3], f32[4, 5]]: "
                + "inner dimensions of f32[2, 3] and f32[4, 5]: 3 and 4 differ");
    assertThatThrownBy(
            () -> b.add(new Binary(BinaryFunction.ADD), input("f32[2]"), input("i64[2]")))
        .hasMessageContaining("operands 0 and 1 must have the same element type, not f32 and i64");
    assertThatThrownBy(
            () -> b.add(new Binary(BinaryFunction.ADD), input("f32[2]"), input("f32[3]")))
        .hasMessageContaining("shapes [2] and [3] do not broadcast");
    assertThatThrownBy(() -> b.add(new ShapeOp.Reshape(false), input("f32[2, 3]"), b.longs(4, -1)))
        .hasMessageContaining("[2, 3] has no multiple of 4 elements for the -1");
    assertThatThrownBy(() -> b.add(new ShapeOp.Reshape(false), input("f32[2, 3]"), b.longs(4, 2)))
        .hasMessageContaining("6 and 8 differ");
    assertThatThrownBy(() -> b.add(new ShapeOp.Concat(2), input("f32[2, 3]")))
        .hasMessageContaining("axis 2 is out of range for a tensor of rank 2");
  }

  @Test
  void valuesOfAnotherBlockAreRefused() {
    Value foreign = new Graph("other").newBlock().argument("y", TensorType.of(ElementType.F32, 2));
    assertThatThrownBy(() -> b.add(new ShapeOp.ShapeOf(), foreign))
        .hasMessageContaining("is of another block");
  }
}
