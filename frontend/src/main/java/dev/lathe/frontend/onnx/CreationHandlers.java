package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.frontend.onnx.proto.TensorProto;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp.Range;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.IndexingOp.Trilu;
import java.util.List;

/**
 * Operators that make tensors out of numbers. {@code Constant} is dealt with where names are kept.
 */
final class CreationHandlers {

  private CreationHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("ConstantOfShape", CreationHandlers::constantOfShape);
    handlers.add("Range", CreationHandlers::range);
    handlers.add("EyeLike", CreationHandlers::eyeLike);
    handlers.add("HannWindow", node -> List.of(window(node, 0.5, 0.5, 0)));
    handlers.add("HammingWindow", node -> List.of(window(node, 25.0 / 46, 21.0 / 46, 0)));
    handlers.add("BlackmanWindow", node -> List.of(window(node, 0.42, 0.5, 0.08)));
  }

  /** {@code ConstantOfShape}: one number, 0 as f32 where none is given, in any shape. */
  private static List<Value> constantOfShape(OnnxNode node) {
    Emitter emit = node.emit();
    TensorProto value = node.attributes().tensor("value");
    Value scalar;
    if (value == null) {
      scalar = emit.scalar(ElementType.F32, 0);
    } else {
      ConstantData data = node.lowering().data(value, node.op());
      if (data.elementCount() != 1) {
        throw node.attributes()
            .refuse("value", "has " + data.elementCount() + " elements, not one");
      }
      scalar = emit.asScalar(node.scope().builder().constant(data));
    }
    return List.of(emit.expand(scalar, node.asDims(0)));
  }

  /** {@code Range}-11. */
  private static List<Value> range(OnnxNode node) {
    Emitter emit = node.emit();
    return List.of(
        emit.add(
            new Range(),
            emit.asScalar(node.in(0)),
            emit.asScalar(node.in(1)),
            emit.asScalar(node.in(2))));
  }

  /** {@code EyeLike}: ones with both triangles beside the diagonal k cut off. */
  private static List<Value> eyeLike(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    ElementType type = type(node, "dtype", x.type().elementType());
    Value diagonal = emit.number(node.attributes().integer("k", 0));
    Value ones = emit.fillLike(x, ElementType.F32, 1);
    Value band = emit.add(new Trilu(false), emit.add(new Trilu(true), ones, diagonal), diagonal);
    return List.of(emit.cast(band, type));
  }

  private static ElementType type(OnnxNode node, String attribute, ElementType byDefault) {
    if (!node.attributes().has(attribute)) {
      return byDefault;
    }
    long number = node.attributes().integer(attribute, 0);
    ElementType type = DataType.of(number).map(ElementTypes::of).orElse(null);
    if (type == null) {
      throw node.unsupported("element type number " + number, "choose a numeric type");
    }
    return type;
  }

  /**
   * The window functions of opset 17: {@code a - b cos(2 pi n / N) + c/... cos(4 pi n / N)}, where
   * N is the size, or one less for a symmetric window.
   *
   * @param second the factor of the second cosine, 0 for none
   */
  private static Value window(OnnxNode node, double constant, double first, double second) {
    Emitter emit = node.emit();
    ElementType type = type(node, "output_datatype", ElementType.F32);
    Value size = emit.asScalar(node.asLongs(0));
    Value zero = emit.number(0);
    Value one = emit.number(1);
    Value steps = emit.cast(emit.add(new Range(), zero, size, one), ElementType.F64);
    boolean periodic = node.attributes().flag("periodic", true);
    Value length = emit.cast(periodic ? size : emit.minus(size, one), ElementType.F64);
    Value angle = emit.over(emit.times(steps, emit.scalarLike(steps, 2 * Math.PI)), length);
    Value cosine = emit.unary(UnaryFunction.COS, angle);
    Value result =
        emit.minus(
            emit.scalarLike(angle, constant), emit.times(cosine, emit.scalarLike(angle, first)));
    if (second != 0) {
      Value twice = emit.times(angle, emit.scalarLike(angle, 2));
      Value cosine2 = emit.unary(UnaryFunction.COS, twice);
      result = emit.plus(result, emit.times(cosine2, emit.scalarLike(angle, second)));
    }
    return emit.cast(result, type);
  }
}
