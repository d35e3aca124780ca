package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import java.util.EnumSet;
import java.util.Set;

/** Functions of one tensor, element by element, and {@code where}. */
final class ElementwiseExport {
  private static final Set<ElementType> SIGNED =
      Types.union(
          Types.FLOATS,
          EnumSet.of(ElementType.I8, ElementType.I16, ElementType.I32, ElementType.I64));

  private ElementwiseExport() {}

  static void write(ElementwiseOp op, NodeExport out) {
    switch (op) {
      case ElementwiseOp.Unary o -> unary(o.function(), out);
      case ElementwiseOp.IsInf o ->
          out.op("IsInf", out.in(0))
              .flag("detect_negative", o.detectNegative())
              .flag("detect_positive", o.detectPositive())
              .results();
      case ElementwiseOp.LeakyRelu o -> withAlpha("LeakyRelu", o.alpha(), Types.FLOATS, out);
      case ElementwiseOp.Elu o -> withAlpha("Elu", o.alpha(), Types.IEEE, out);
      case ElementwiseOp.Celu o -> celu(o.alpha(), out);
      case ElementwiseOp.Selu o -> {
        NodeExport in = out.within(Types.IEEE);
        in.op("Selu", in.in(0)).number("alpha", o.alpha()).number("gamma", o.gamma()).results();
      }
      case ElementwiseOp.HardSigmoid o -> {
        NodeExport in = out.within(Types.IEEE);
        in.op("HardSigmoid", in.in(0))
            .number("alpha", o.alpha())
            .number("beta", o.beta())
            .results();
      }
      case ElementwiseOp.ThresholdedRelu o ->
          withAlpha("ThresholdedRelu", o.alpha(), Types.IEEE, out);
      case ElementwiseOp.Shrink o -> {
        NodeExport in = out.within(Types.IEEE);
        in.op("Shrink", in.in(0)).number("lambd", o.lambd()).number("bias", o.bias()).results();
      }
      case ElementwiseOp.Gelu o ->
          out.op("Gelu", out.in(0)).text("approximate", o.tanh() ? "tanh" : "none").results();
      case ElementwiseOp.Clamp o -> clamp(o, out);
      case ElementwiseOp.Cast o -> {
        if (o.to() == out.type(0).elementType()) {
          out.alias(out.in(0));
        } else {
          out.op("Cast", out.in(0)).type("to", o.to()).results();
        }
      }
      case ElementwiseOp.Binary o -> BinaryExport.write(o.function(), out);
      case ElementwiseOp.PRelu ignored -> {
        NodeExport in = out.within(Types.union(Types.FLOATS, Types.WIDE_INTEGERS));
        in.results("PRelu", in.in(0), in.in(1));
      }
      case ElementwiseOp.Where ignored -> where(out);
    }
  }

  /** Of truth values, which runtimes do not choose between, by logic. */
  private static void where(NodeExport out) {
    if (out.type(1).elementType() == ElementType.BOOL) {
      String yes = out.step("And", out.in(0), out.in(1));
      out.results("Or", yes, out.step("And", out.step("Not", out.in(0)), out.in(2)));
      return;
    }
    NodeExport in = out.within(Types.NUMBERS, 1);
    in.results("Where", in.in(0), in.in(1), in.in(2));
  }

  private static void withAlpha(
      String opType, float alpha, Set<ElementType> allowed, NodeExport out) {
    NodeExport in = out.within(allowed);
    in.op(opType, in.in(0)).number("alpha", alpha).results();
  }

  private static void unary(UnaryFunction function, NodeExport out) {
    switch (function) {
      case ABS -> plain("Abs", Types.NUMBERS, out);
      case NEG -> {
        if (out.type(0).elementType().isUnsigned()) {
          NodeExport in = out.within(Types.INTEGERS);
          in.results("Sub", in.number(0), in.in(0));
        } else {
          plain("Neg", SIGNED, out);
        }
      }
      case SIGN -> plain("Sign", Types.NUMBERS, out);
      case CEIL -> plain("Ceil", Types.FLOATS, out);
      case FLOOR -> plain("Floor", Types.FLOATS, out);
      case ROUND -> plain("Round", Types.IEEE, out);
      case EXP -> plain("Exp", Types.FLOATS, out);
      case LOG -> plain("Log", Types.FLOATS, out);
      case SQRT -> plain("Sqrt", Types.FLOATS, out);
      case RECIPROCAL -> plain("Reciprocal", Types.FLOATS, out);
      case ERF -> plain("Erf", Types.FLOATS, out);
      case SIN -> plain("Sin", Types.IEEE, out);
      case COS -> plain("Cos", Types.IEEE, out);
      case TAN -> plain("Tan", Types.IEEE, out);
      case ASIN -> plain("Asin", Types.IEEE, out);
      case ACOS -> plain("Acos", Types.IEEE, out);
      case ATAN -> plain("Atan", Types.IEEE, out);
      case SINH -> plain("Sinh", Types.IEEE, out);
      case COSH -> plain("Cosh", Types.IEEE, out);
      case ASINH -> plain("Asinh", Types.IEEE, out);
      case ACOSH -> plain("Acosh", Types.IEEE, out);
      case ATANH -> plain("Atanh", Types.IEEE, out);
      case TANH -> plain("Tanh", Types.FLOATS, out);
      case SIGMOID -> plain("Sigmoid", Types.FLOATS, out);
      case RELU -> {
        if (out.type(0).elementType().isFloat()) {
          plain("Relu", Types.FLOATS, out);
        } else {
          NodeExport in = out.within(Types.INTEGERS);
          in.results("Max", in.in(0), in.number(0));
        }
      }
      case SOFTPLUS -> plain("Softplus", Types.IEEE, out);
      case SOFTSIGN -> plain("Softsign", Types.IEEE, out);
      case SILU -> out.results("Mul", out.in(0), out.step("Sigmoid", out.in(0)));
      case MISH -> plain("Mish", Types.IEEE, out);
      case HARD_SWISH -> plain("HardSwish", Types.IEEE, out);
      case NOT -> plain("Not", Types.ALL, out);
      case BITWISE_NOT -> plain("BitwiseNot", Types.INTEGERS, out);
      case IS_NAN -> plain("IsNaN", Types.FLOATS, out);
    }
  }

  private static void plain(String opType, Set<ElementType> allowed, NodeExport out) {
    NodeExport in = out.within(allowed);
    in.results(opType, in.in(0));
  }

  /** {@code Celu} is defined on f32 alone; f64 takes its definition. */
  private static void celu(float alpha, NodeExport out) {
    if (out.type(0).elementType() != ElementType.F64) {
      withAlpha("Celu", alpha, EnumSet.of(ElementType.F32), out);
      return;
    }
    String zero = out.number(0);
    String factor = out.number(alpha);
    String power = out.step("Exp", out.step("Div", out.in(0), factor));
    String below = out.step("Mul", factor, out.step("Sub", power, out.number(1)));
    String above = out.step("Max", out.in(0), zero);
    out.results("Add", above, out.step("Min", below, zero));
  }

  /**
   * {@code Clip}-13, without the bounds that do not bind; those of integers are rounded inwards.
   */
  private static void clamp(Clamp op, NodeExport out) {
    NodeExport in = out.within(Types.NUMBERS);
    ElementType type = in.element();
    boolean isFloat = type.isFloat();
    String min = bound(in, isFloat ? op.min() : Math.ceil(op.min()));
    String max = bound(in, isFloat ? op.max() : Math.floor(op.max()));
    if (min.isEmpty() && max.isEmpty()) {
      in.alias(in.in(0));
    } else {
      in.results("Clip", in.in(0), min, max);
    }
  }

  /** A bound, or nothing where the type has nothing beyond it. */
  private static String bound(NodeExport in, double value) {
    ElementType type = in.element();
    if (Double.isInfinite(value)) {
      return "";
    }
    if (type.isFloat()) {
      return in.number(value);
    }
    int bits = type.bits() - (type.isUnsigned() ? 0 : 1);
    double limit = Math.scalb(1.0, bits);
    double least = type.isUnsigned() ? 0 : -limit;
    if (value > least && value < limit - 1) {
      return in.model().constant(ConstantData.ofScalar(type, value));
    }
    return "";
  }
}
