package dev.lathe.frontend.onnx;

import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.QuantizationOp.DequantizeLinear;
import dev.lathe.ir.op.QuantizationOp.DynamicQuantizeLinear;
import dev.lathe.ir.op.QuantizationOp.QuantizeLinear;
import java.util.List;

/** Between real numbers and the integers that stand for them. */
final class QuantizationHandlers {

  private QuantizationHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("QuantizeLinear", QuantizationHandlers::quantize);
    handlers.add("DequantizeLinear", QuantizationHandlers::dequantize);
    handlers.add(
        "DynamicQuantizeLinear",
        node -> node.emit().addAll(new DynamicQuantizeLinear(), List.of(node.in(0))));
  }

  /** {@code QuantizeLinear}-21: u8 and zero point 0 unless something else is said. */
  private static List<Value> quantize(OnnxNode node) {
    Value x = node.in(0);
    Value scale = node.in(1);
    Value zero = node.has(2) ? node.in(2) : zeroLike(node, scale, outputType(node));
    int axis = axis(node, x, scale);
    QuantizeLinear op = new QuantizeLinear(axis, node.attributes().small("block_size", 0));
    Value same = node.emit().cast(x, realType(x, scale));
    return List.of(
        node.emit()
            .add(
                op,
                same,
                node.emit().cast(simple(node, scale), same.type().elementType()),
                simple(node, zero)));
  }

  private static ElementType realType(Value x, Value scale) {
    return x.type().elementType().isFloat() ? x.type().elementType() : scale.type().elementType();
  }

  private static ElementType outputType(OnnxNode node) {
    long number = node.attributes().integer("output_dtype", 0);
    if (number == 0) {
      return ElementType.U8;
    }
    ElementType type = DataType.of(number).map(ElementTypes::of).orElse(null);
    if (type == null || !type.isInteger()) {
      throw node.unsupported("output_dtype " + number, "quantise to an integer type");
    }
    return type;
  }

  /** {@code DequantizeLinear}-21. */
  private static List<Value> dequantize(OnnxNode node) {
    Value x = node.in(0);
    Value scale = node.in(1);
    Value zero = node.has(2) ? node.in(2) : zeroLike(node, scale, x.type().elementType());
    int axis = axis(node, x, scale);
    DequantizeLinear op = new DequantizeLinear(axis, node.attributes().small("block_size", 0));
    return List.of(node.emit().add(op, x, simple(node, scale), simple(node, zero)));
  }

  private static Value zeroLike(OnnxNode node, Value scale, ElementType type) {
    return scale.type().shape().elementCount().is(1)
        ? node.emit().scalar(type, 0)
        : node.emit().fillLike(scale, type, 0);
  }

  private static boolean isOne(TensorType type) {
    return type.shape().elementCount().is(1);
  }

  private static Value simple(OnnxNode node, Value value) {
    return isOne(value.type()) ? node.emit().asScalar(value) : value;
  }

  /** The axis along which scales differ; where there is one scale the axis means nothing. */
  private static int axis(OnnxNode node, Value x, Value scale) {
    return isOne(scale.type()) ? 0 : node.axis("axis", 1, x.type().rank());
  }
}
