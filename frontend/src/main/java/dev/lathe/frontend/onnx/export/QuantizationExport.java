package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.QuantizationOp;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Between real numbers and the integers that stand for them. */
final class QuantizationExport {
  /** What QuantizeLinear-21 gives, and DequantizeLinear-21 takes but for i32. */
  private static final Set<ElementType> QUANTISED =
      EnumSet.of(
          ElementType.I8,
          ElementType.U8,
          ElementType.I16,
          ElementType.U16,
          ElementType.I4,
          ElementType.U4);

  private static final Set<ElementType> SCALES =
      EnumSet.of(ElementType.F32, ElementType.F16, ElementType.BF16);

  private QuantizationExport() {}

  static void write(QuantizationOp op, NodeExport out) {
    switch (op) {
      case QuantizationOp.QuantizeLinear o -> quantize(o.axis(), o.blockSize(), out);
      case QuantizationOp.DequantizeLinear o -> dequantize(o.axis(), o.blockSize(), out);
      case QuantizationOp.DynamicQuantizeLinear ignored ->
          out.results("DynamicQuantizeLinear", out.in(0));
    }
  }

  private static void quantize(int axis, int blockSize, NodeExport out) {
    ElementType to = out.type(2).elementType();
    if (!QUANTISED.contains(to)) {
      throw out.fail(
          "ONNX quantises to integers of 4, 8 and 16 bits, not to " + to,
          "quantise to one of those, then cast");
    }
    String x = real(out, 0);
    String scale = real(out, 1);
    along(out.op("QuantizeLinear", x, scale, out.in(2)), axis, blockSize, out).results();
  }

  /** An operand as f32 where ONNX has no quantisation of its type. */
  private static String real(NodeExport out, int operand) {
    ElementType type = out.type(operand).elementType();
    ElementType wanted =
        SCALES.contains(out.type(0).elementType()) ? out.type(0).elementType() : ElementType.F32;
    return type == wanted ? out.in(operand) : out.cast(out.in(operand), wanted);
  }

  private static OpBuilder along(OpBuilder op, int axis, int blockSize, NodeExport out) {
    TensorType scale = out.type(1);
    if (scale.shape().elementCount().is(1)) {
      return op;
    }
    op.integer("axis", axis);
    return blockSize > 0 ? op.integer("block_size", blockSize) : op;
  }

  private static void dequantize(int axis, int blockSize, NodeExport out) {
    ElementType from = out.type(0).elementType();
    ElementType to = out.type(1).elementType();
    if (SCALES.contains(to) && QUANTISED.contains(from)) {
      along(out.op("DequantizeLinear", out.in(0), out.in(1), out.in(2)), axis, blockSize, out)
          .results();
      return;
    }
    if (SCALES.contains(to) && from == ElementType.I32 && isZero(out.constant(2))) {
      // Sums have no zero point, and runtimes refuse to be told one.
      along(out.op("DequantizeLinear", out.in(0), out.in(1)), axis, blockSize, out).results();
      return;
    }
    if (blockSize > 0) {
      throw out.fail("ONNX dequantises no blocks of " + from + " to " + to, "cast the operands");
    }
    String difference = out.step("Sub", wide(out, out.in(0)), wide(out, aligned(out, 2, axis)));
    out.results("Mul", out.cast(difference, to), aligned(out, 1, axis));
  }

  private static boolean isZero(@Nullable ConstantData data) {
    if (data == null) {
      return false;
    }
    for (long i = 0; i < data.elementCount(); i++) {
      if (data.getLong(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static String wide(NodeExport out, String value) {
    return out.type(0).elementType() == ElementType.I64 ? value : out.cast(value, ElementType.I64);
  }

  /** A scale or zero point in the place of its axis. */
  private static String aligned(NodeExport out, int operand, int axis) {
    TensorType type = out.type(operand);
    int rank = out.type(0).rank();
    int behind = type.rank() == 0 ? 0 : rank - 1 - (axis < 0 ? axis + rank : axis);
    if (type.rank() == 0 || behind == 0) {
      return out.in(operand);
    }
    long[] shape = new long[behind + 1];
    Arrays.fill(shape, 1);
    shape[0] = -1;
    return out.reshape(out.in(operand), shape);
  }
}
