package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Celu;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.Elu;
import dev.lathe.ir.op.ElementwiseOp.Gelu;
import dev.lathe.ir.op.ElementwiseOp.HardSigmoid;
import dev.lathe.ir.op.ElementwiseOp.IsInf;
import dev.lathe.ir.op.ElementwiseOp.LeakyRelu;
import dev.lathe.ir.op.ElementwiseOp.Selu;
import dev.lathe.ir.op.ElementwiseOp.Shrink;
import dev.lathe.ir.op.ElementwiseOp.ThresholdedRelu;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.Op;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Functions of one tensor, element by element, and operators that do nothing at inference. */
final class UnaryHandlers {

  /** Beyond this, not every integer is a double, so integer bounds are compared as integers. */
  private static final double EXACT = 1L << 53;

  private UnaryHandlers() {}

  static void register(Handlers handlers) {
    for (UnaryFunction function : UnaryFunction.values()) {
      String name = onnxName(function);
      if (name != null) {
        handlers.add(name, node -> List.of(node.emit().unary(function, node.in(0))));
      }
    }
    handlers.add(
        "LeakyRelu", with(node -> new LeakyRelu(node.attributes().number("alpha", 0.01f))));
    handlers.add("Elu", with(node -> new Elu(node.attributes().number("alpha", 1))));
    handlers.add("Celu", with(node -> new Celu(node.attributes().number("alpha", 1))));
    handlers.add(
        "Selu",
        with(
            node ->
                new Selu(
                    node.attributes().number("alpha", 1.6732632f),
                    node.attributes().number("gamma", 1.050701f))));
    handlers.add(
        "HardSigmoid",
        with(
            node ->
                new HardSigmoid(
                    node.attributes().number("alpha", 0.2f),
                    node.attributes().number("beta", 0.5f))));
    handlers.add(
        "ThresholdedRelu", with(node -> new ThresholdedRelu(node.attributes().number("alpha", 1))));
    handlers.add(
        "IsInf",
        with(
            node ->
                new IsInf(
                    node.attributes().flag("detect_negative", true),
                    node.attributes().flag("detect_positive", true))));
    handlers.add("Gelu", with(UnaryHandlers::gelu));
    handlers.add("Shrink", UnaryHandlers::shrink);
    handlers.add("Swish", UnaryHandlers::swish);
    handlers.add("Clip", UnaryHandlers::clip);
    handlers.add("Cast", UnaryHandlers::cast);
    handlers.add(
        "CastLike", node -> List.of(node.emit().cast(node.in(0), node.type(1).elementType())));
    handlers.add("Identity", node -> List.of(node.in(0)));
    handlers.add("Dropout", UnaryHandlers::dropout);
  }

  private static Handler with(Function<OnnxNode, Op> op) {
    return node -> List.of(node.emit().add(op.apply(node), node.in(0)));
  }

  /** The operator that is a function of the graph's, or null where ONNX has none. */
  private static @Nullable String onnxName(UnaryFunction function) {
    return switch (function) {
      case ABS -> "Abs";
      case NEG -> "Neg";
      case SIGN -> "Sign";
      case CEIL -> "Ceil";
      case FLOOR -> "Floor";
      case ROUND -> "Round";
      case EXP -> "Exp";
      case LOG -> "Log";
      case SQRT -> "Sqrt";
      case RECIPROCAL -> "Reciprocal";
      case ERF -> "Erf";
      case SIN -> "Sin";
      case COS -> "Cos";
      case TAN -> "Tan";
      case ASIN -> "Asin";
      case ACOS -> "Acos";
      case ATAN -> "Atan";
      case SINH -> "Sinh";
      case COSH -> "Cosh";
      case ASINH -> "Asinh";
      case ACOSH -> "Acosh";
      case ATANH -> "Atanh";
      case TANH -> "Tanh";
      case SIGMOID -> "Sigmoid";
      case RELU -> "Relu";
      case SOFTPLUS -> "Softplus";
      case SOFTSIGN -> "Softsign";
      case MISH -> "Mish";
      case HARD_SWISH -> "HardSwish";
      case NOT -> "Not";
      case BITWISE_NOT -> "BitwiseNot";
      case IS_NAN -> "IsNaN";
      case SILU -> null;
    };
  }

  private static Op gelu(OnnxNode node) {
    String approximate = node.attributes().text("approximate", "none");
    return switch (approximate) {
      case "none" -> new Gelu(false);
      case "tanh" -> new Gelu(true);
      default -> throw node.attributes().refuse("approximate", "is neither none nor tanh");
    };
  }

  /**
   * {@code Shrink}-9; integers are shrunk as doubles, which hold the results of the small types.
   */
  private static List<Value> shrink(OnnxNode node) {
    Op op =
        new Shrink(node.attributes().number("lambd", 0.5f), node.attributes().number("bias", 0));
    Emitter emit = node.emit();
    Value x = node.in(0);
    ElementType type = x.type().elementType();
    return type.isFloat()
        ? List.of(emit.add(op, x))
        : List.of(emit.cast(emit.add(op, emit.cast(x, ElementType.F64)), type));
  }

  /** {@code Swish}-24: {@code x * sigmoid(alpha * x)}. */
  private static List<Value> swish(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    float alpha = node.attributes().number("alpha", 1);
    if (alpha == 1) {
      return List.of(emit.unary(UnaryFunction.SILU, x));
    }
    Value scaled = emit.times(x, emit.scalarLike(x, alpha));
    return List.of(emit.times(x, emit.unary(UnaryFunction.SIGMOID, scaled)));
  }

  /** {@code Clip}: bounds are attributes until version 6, inputs from version 11 on. */
  private static List<Value> clip(OnnxNode node) {
    if (node.opset() < 11) {
      float min = node.attributes().number("min", -Float.MAX_VALUE);
      float max = node.attributes().number("max", Float.MAX_VALUE);
      return List.of(node.emit().add(new Clamp(min, max), node.in(0)));
    }
    ConstantData min = node.constant(1);
    ConstantData max = node.constant(2);
    boolean known = (min != null || !node.has(1)) && (max != null || !node.has(2));
    if (known && isExact(node, min) && isExact(node, max)) {
      double low = min == null ? Double.NEGATIVE_INFINITY : min.getDouble(0);
      double high = max == null ? Double.POSITIVE_INFINITY : max.getDouble(0);
      if (!Double.isNaN(low) && !Double.isNaN(high)) {
        boolean free = low == Double.NEGATIVE_INFINITY && high == Double.POSITIVE_INFINITY;
        return List.of(free ? node.in(0) : node.emit().add(new Clamp(low, high), node.in(0)));
      }
    }
    Value x = node.in(0);
    if (node.has(1)) {
      x = node.emit().binary(BinaryFunction.MAX, x, node.emit().asScalar(node.in(1)));
    }
    if (node.has(2)) {
      x = node.emit().binary(BinaryFunction.MIN, x, node.emit().asScalar(node.in(2)));
    }
    return List.of(x);
  }

  private static boolean isExact(OnnxNode node, @Nullable ConstantData bound) {
    if (bound == null) {
      return true;
    }
    if (bound.elementCount() != 1) {
      throw node.invalid("a bound is " + bound.type() + " and must be one number");
    }
    return bound.type().elementType().isFloat() || Math.abs(bound.getDouble(0)) < EXACT;
  }

  /** {@code Cast}-19; until version 5 the type was given by its name. */
  private static List<Value> cast(OnnxNode node) {
    long number =
        node.opset() < 6
            ? DataType.valueOf(node.attributes().text("to", "UNDEFINED")).number()
            : node.attributes().integer("to", 0);
    DataType type = DataType.of(number).orElse(DataType.UNDEFINED);
    ElementType to = ElementTypes.of(type);
    if (to == null) {
      throw node.unsupported(
          "element type " + (type == DataType.UNDEFINED ? "number " + number : type.name()),
          "cast to a number");
    }
    return List.of(node.emit().cast(node.in(0), to));
  }

  /** {@code Dropout}: nothing is dropped unless version 12's training input is true. */
  private static List<Value> dropout(OnnxNode node) {
    ConstantData training = node.constant(2);
    ConstantData ratio = node.constant(1);
    boolean inactive =
        !node.has(2)
            || (training != null && training.getLong(0) == 0)
            || (ratio != null && ratio.getDouble(0) == 0);
    if (!inactive) {
      throw node.unsupported("training_mode", "export the model for inference");
    }
    Value x = node.in(0);
    if (!node.wants(1)) {
      return List.of(x);
    }
    ElementType mask = node.opset() < 10 ? x.type().elementType() : ElementType.BOOL;
    return List.of(x, node.emit().fillLike(x, mask, 1));
  }
}
