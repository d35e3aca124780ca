package dev.lathe.backend.onednn.host;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.QuantizationOp.DequantizeLinear;
import dev.lathe.ir.op.QuantizationOp.DynamicQuantizeLinear;
import dev.lathe.ir.op.QuantizationOp.QuantizeLinear;
import dev.lathe.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuantizationTest {
  private static final List<ElementType> NARROW =
      List.of(
          ElementType.I8,
          ElementType.U8,
          ElementType.I16,
          ElementType.U16,
          ElementType.I32,
          ElementType.U32,
          ElementType.I4,
          ElementType.U4);

  private final HostFixture fixture = new HostFixture(8);

  /** The sizes of scales for one of all, one a channel, and one a block of three. */
  private static List<long[]> scaleShapes() {
    return List.of(new long[] {}, new long[] {1}, new long[] {6}, new long[] {5, 2, 300});
  }

  private static int blockSize(long[] scales) {
    return scales.length == 3 ? 3 : 0;
  }

  @Test
  void quantization() {
    for (ElementType from : HostFixture.FLOATS) {
      for (ElementType to : NARROW) {
        for (long[] scales : scaleShapes()) {
          Tensor scale = fixture.between(0.01, 0.1, from, scales);
          Tensor zero = fixture.between(0, 7, to, scales);
          QuantizeLinear op = new QuantizeLinear(1, blockSize(scales));
          fixture.check(op, fixture.tensor(from, 5, 6, 300), scale, zero);
          fixture.check(op, fixture.wild(from, 5, 6, 300), scale, zero);
        }
      }
    }
  }

  @Test
  void tiesGoToTheEvenNeighbour() {
    Tensor x = Tensor.of(new float[] {-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 3.5f}, 7);
    fixture.check(
        new QuantizeLinear(0, 0),
        x,
        HostFixture.scalar(ElementType.F32, 1),
        HostFixture.scalar(ElementType.I8, 1));
  }

  @Test
  void dequantization() {
    for (ElementType from : NARROW) {
      for (ElementType to : HostFixture.FLOATS) {
        for (long[] scales : scaleShapes()) {
          fixture.check(
              new DequantizeLinear(-2, blockSize(scales)),
              fixture.wild(from, 5, 6, 300),
              fixture.between(0.01, 0.1, to, scales),
              fixture.between(0, 7, from, scales));
        }
      }
    }
  }

  @Test
  void rangesThatAreMeasured() {
    DynamicQuantizeLinear op = new DynamicQuantizeLinear();
    fixture.check(op, fixture.tensor(ElementType.F32, 3, 700));
    fixture.check(op, fixture.between(1, 5, ElementType.F32, 50));
    fixture.check(op, fixture.between(-5, -1, ElementType.F32, 50));
    fixture.check(op, fixture.between(0, 0, ElementType.F32, 5));
    fixture.check(op, fixture.tensor(ElementType.F32, 0));
  }

  @Test
  void scalesThatDoNotFitAreRefused() {
    Tensor x = fixture.tensor(ElementType.F32, 4, 6);
    Tensor scale = fixture.tensor(ElementType.F32, 4, 3);
    Tensor zero = fixture.tensor(ElementType.I8, 4, 3);
    var type = fixture.tensor(ElementType.I8, 4, 6).type();
    assertThatThrownBy(
            () ->
                HostFixture.kernel(
                    new QuantizeLinear(1, 3), List.of(x, scale, zero), List.of(type)))
        .hasMessage("scales f32[4, 3] must have size 2 on axis 1 for blocks of 3");
    assertThatThrownBy(
            () ->
                HostFixture.kernel(
                    new QuantizeLinear(1, 0),
                    List.of(x, scale, fixture.tensor(ElementType.I8, 6)),
                    List.of(type)))
        .hasMessage("scales f32[4, 3] and zero points i8[6] must agree");
  }
}
