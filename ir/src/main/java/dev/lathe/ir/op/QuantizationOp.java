package dev.lathe.ir.op;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.List;

/** Ops between real numbers and the integers that stand for them. */
public sealed interface QuantizationOp extends Op {

  private static void expectScaleAndZeroPoint(Operands operands, int axis, int blockSize) {
    operands.expectCount(3);
    TensorType x = operands.type(0);
    TensorType scale = operands.type(1);
    if (!scale.shape().isFixed() || scale.shape().elementCount().is(1)) {
      return;
    }
    int normal = operands.axis(0, axis);
    if (blockSize > 0) {
      operands.expectRank(1, x.rank());
    } else {
      operands.expectRank(1, 1);
      operands.expectEqual(
          scale.dim(0), x.dim(normal), "number of scales and size of axis " + normal);
    }
  }

  /**
   * {@code saturate(round(x / scale) + zeroPoint)}, ties to even (ONNX {@code QuantizeLinear}-21).
   * Operands: x; scale, one or one for each index of {@code axis}; zero points like the scales, of
   * the element type of the result.
   *
   * @param blockSize elements along the axis that share a scale; 0 for none
   */
  record QuantizeLinear(int axis, int blockSize) implements QuantizationOp {
    @Override
    public String mnemonic() {
      return "quantize_linear";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      expectScaleAndZeroPoint(operands, axis, blockSize);
      ElementType to = operands.type(2).elementType();
      if (!to.isInteger()) {
        throw new TypeException("the zero point must have an integer type, not " + to);
      }
      return List.of(operands.type(0).withElementType(to));
    }
  }

  /**
   * {@code (x - zeroPoint) * scale} (ONNX {@code DequantizeLinear}-21). Operands: x, an integer
   * tensor; scale, one or one for each index of {@code axis}; zero points like the scales, of the
   * type of x. The result has the element type of the scale.
   *
   * @param blockSize elements along the axis that share a scale; 0 for none
   */
  record DequantizeLinear(int axis, int blockSize) implements QuantizationOp {
    @Override
    public String mnemonic() {
      return "dequantize_linear";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      expectScaleAndZeroPoint(operands, axis, blockSize);
      operands.expectSameElementType(0, 2);
      operands.expectFloat(1);
      return List.of(operands.type(0).withElementType(operands.type(1).elementType()));
    }
  }

  /**
   * Quantisation to u8 with the scale and zero point of the data's range, zero included (ONNX
   * {@code DynamicQuantizeLinear}-11). Operand: f32. Results: {@code u8} of the same shape; scale,
   * {@code f32[]}; zero point, {@code u8[]}.
   */
  record DynamicQuantizeLinear() implements QuantizationOp {
    @Override
    public String mnemonic() {
      return "dynamic_quantize_linear";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      operands.expectElementType(0, ElementType.F32);
      return List.of(
          operands.type(0).withElementType(ElementType.U8),
          TensorType.of(ElementType.F32),
          TensorType.of(ElementType.U8));
    }
  }
}
