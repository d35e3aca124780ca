package dev.lathe.ir.op;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.List;
import java.util.Locale;

/**
 * Ops that compute each element of the result from the elements at the same place of the operands.
 */
public sealed interface ElementwiseOp extends Op {

  /** Elementwise ops with one operand; the result has the operand's shape. */
  sealed interface UnaryOp extends ElementwiseOp {
    @Override
    default List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      operands.expectFloat(0);
      return List.of(operands.type(0));
    }
  }

  /** The functions of {@link Unary}, named and defined as in ONNX. */
  enum UnaryFunction {
    ABS,
    NEG,
    SIGN,
    CEIL,
    FLOOR,
    /** To the nearest integer, ties to even. */
    ROUND,
    EXP,
    LOG,
    SQRT,
    RECIPROCAL,
    ERF,
    SIN,
    COS,
    TAN,
    ASIN,
    ACOS,
    ATAN,
    SINH,
    COSH,
    ASINH,
    ACOSH,
    ATANH,
    TANH,
    SIGMOID,
    RELU,
    SOFTPLUS,
    SOFTSIGN,
    /** {@code x * sigmoid(x)}; ONNX {@code Swish}-24 with alpha 1, Keras {@code silu}. */
    SILU,
    /** {@code x * tanh(softplus(x))}. */
    MISH,
    /** {@code x * max(0, min(1, x/6 + 0.5))}; ONNX {@code HardSwish}-14. */
    HARD_SWISH,
    /** Logical not; bool only. */
    NOT,
    /** Bitwise not; integers only. */
    BITWISE_NOT,
    /** Result is bool. */
    IS_NAN;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The name in textual IR. */
    public String text() {
      return text;
    }
  }

  /** A function of one number, without parameters. */
  record Unary(UnaryFunction function) implements UnaryOp {
    @Override
    public String mnemonic() {
      return function.text();
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      TensorType type = operands.type(0);
      ElementType element = type.elementType();
      boolean fits =
          switch (function) {
            case NOT -> element == ElementType.BOOL;
            case BITWISE_NOT -> element.isInteger();
            case ABS, NEG, SIGN, RELU -> element != ElementType.BOOL;
            default -> element.isFloat();
          };
      if (!fits) {
        throw new TypeException("is not defined on element type " + element);
      }
      return List.of(
          function == UnaryFunction.IS_NAN ? type.withElementType(ElementType.BOOL) : type);
    }
  }

  /** Whether an element is infinite (ONNX {@code IsInf}-10); the result is bool. */
  record IsInf(boolean detectNegative, boolean detectPositive) implements UnaryOp {
    @Override
    public String mnemonic() {
      return "is_inf";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      operands.expectFloat(0);
      return List.of(operands.type(0).withElementType(ElementType.BOOL));
    }
  }

  /** {@code x < 0 ? alpha * x : x} (ONNX {@code LeakyRelu}-6). */
  record LeakyRelu(float alpha) implements UnaryOp {
    @Override
    public String mnemonic() {
      return "leaky_relu";
    }
  }

  /** {@code x < 0 ? alpha * (exp(x) - 1) : x} (ONNX {@code Elu}-6). */
  record Elu(float alpha) implements UnaryOp {
    @Override
    public String mnemonic() {
      return "elu";
    }
  }

  /** {@code max(0,x) + min(0, alpha * (exp(x/alpha) - 1))} (ONNX {@code Celu}-12). */
  record Celu(float alpha) implements UnaryOp {
    @Override
    public String mnemonic() {
      return "celu";
    }
  }

  /** {@code gamma * (x <= 0 ? alpha * (exp(x) - 1) : x)} (ONNX {@code Selu}-6). */
  record Selu(float alpha, float gamma) implements UnaryOp {
    @Override
    public String mnemonic() {
      return "selu";
    }
  }

  /** {@code max(0, min(1, alpha*x + beta))} (ONNX {@code HardSigmoid}-6). */
  record HardSigmoid(float alpha, float beta) implements UnaryOp {
    @Override
    public String mnemonic() {
      return "hard_sigmoid";
    }
  }

  /** {@code x > alpha ? x : 0} (ONNX {@code ThresholdedRelu}-10). */
  record ThresholdedRelu(float alpha) implements UnaryOp {
    @Override
    public String mnemonic() {
      return "thresholded_relu";
    }
  }

  /** {@code x < -lambd ? x + bias : x > lambd ? x - bias : 0} (ONNX {@code Shrink}-9). */
  record Shrink(float lambd, float bias) implements UnaryOp {
    @Override
    public String mnemonic() {
      return "shrink";
    }
  }

  /**
   * Gaussian error linear unit (ONNX {@code Gelu}-20): {@code 0.5x(1 + erf(x/sqrt(2)))}, or with
   * {@code tanh} the approximation {@code 0.5x(1 + tanh(sqrt(2/pi)(x + 0.044715x^3)))}.
   */
  record Gelu(boolean tanh) implements UnaryOp {
    @Override
    public String mnemonic() {
      return "gelu";
    }
  }

  /**
   * {@code min(max, max(min, x))}, NaN stays NaN (ONNX {@code Clip}-13 with constant bounds).
   * Defined on all numeric types; infinite bounds do not bind.
   */
  record Clamp(double min, double max) implements UnaryOp {
    public Clamp {
      if (Double.isNaN(min) || Double.isNaN(max)) {
        throw new IllegalArgumentException("the bounds of a clamp must be numbers");
      }
    }

    @Override
    public String mnemonic() {
      return "clamp";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      if (operands.type(0).elementType() == ElementType.BOOL) {
        throw new TypeException("is not defined on element type bool");
      }
      return List.of(operands.type(0));
    }
  }

  /**
   * Conversion to another element type (ONNX {@code Cast}-13): floats to integers truncate,
   * integers wrap, to bool is {@code != 0}, from bool is 0 or 1.
   */
  record Cast(ElementType to) implements UnaryOp {
    @Override
    public String mnemonic() {
      return "cast";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      return List.of(operands.type(0).withElementType(to));
    }
  }

  /** The functions of {@link Binary}. */
  enum BinaryFunction {
    ADD,
    SUB,
    MUL,
    /** Integers truncate towards zero. */
    DIV,
    /** Remainder with the sign of the divisor (Python {@code %}; ONNX {@code Mod} with fmod 0). */
    MOD,
    /** Remainder with the sign of the dividend (C {@code fmod}; ONNX {@code Mod} with fmod 1). */
    REM,
    /** The result has the type of the base; the exponent may have another numeric type. */
    POW,
    /** NaN wins. */
    MIN,
    /** NaN wins. */
    MAX,
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    AND,
    OR,
    XOR,
    BITWISE_AND,
    BITWISE_OR,
    BITWISE_XOR,
    SHIFT_LEFT,
    /** Logical: the types it is defined on are unsigned. */
    SHIFT_RIGHT;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The name in textual IR. */
    public String text() {
      return text;
    }

    /** True for the functions whose result is bool for numbers. */
    public boolean isComparison() {
      return compareTo(EQUAL) >= 0 && compareTo(GREATER_OR_EQUAL) <= 0;
    }

    /** True for functions on bool. */
    public boolean isLogical() {
      return this == AND || this == OR || this == XOR;
    }

    /** True if the operands may change places. */
    public boolean isCommutative() {
      return switch (this) {
        case ADD,
            MUL,
            MIN,
            MAX,
            EQUAL,
            NOT_EQUAL,
            AND,
            OR,
            XOR,
            BITWISE_AND,
            BITWISE_OR,
            BITWISE_XOR ->
            true;
        default -> false;
      };
    }
  }

  /** A function of two tensors that {@linkplain Axes#broadcast broadcast} to one shape. */
  record Binary(BinaryFunction function) implements ElementwiseOp {
    @Override
    public String mnemonic() {
      return function.text();
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      if (function != BinaryFunction.POW) {
        operands.expectSameElementType(0, 1);
      }
      ElementType element = operands.type(0).elementType();
      boolean fits =
          switch (function) {
            case EQUAL, NOT_EQUAL -> true;
            case AND, OR, XOR -> element == ElementType.BOOL;
            case BITWISE_AND, BITWISE_OR, BITWISE_XOR, SHIFT_LEFT, SHIFT_RIGHT ->
                element.isInteger();
            default -> element != ElementType.BOOL;
          };
      if (!fits) {
        throw new TypeException("is not defined on element type " + element);
      }
      Shape shape = Axes.broadcast(operands.type(0).shape(), operands.type(1).shape());
      return List.of(new TensorType(function.isComparison() ? ElementType.BOOL : element, shape));
    }
  }

  /**
   * {@code x < 0 ? slope * x : x} with a slope tensor that broadcasts to x (ONNX {@code PRelu}-16).
   */
  record PRelu() implements ElementwiseOp {
    @Override
    public String mnemonic() {
      return "prelu";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      operands.expectSameElementType(0, 1);
      Axes.broadcast(operands.type(0).shape(), operands.type(1).shape());
      return List.of(operands.type(0));
    }
  }

  /** {@code condition ? x : y}, all three broadcast (ONNX {@code Where}-16). */
  record Where() implements ElementwiseOp {
    @Override
    public String mnemonic() {
      return "where";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(3);
      operands.expectElementType(0, ElementType.BOOL);
      operands.expectSameElementType(1, 2);
      Shape shape =
          Axes.broadcast(
              operands.type(0).shape(),
              Axes.broadcast(operands.type(1).shape(), operands.type(2).shape()));
      return List.of(new TensorType(operands.type(1).elementType(), shape));
    }
  }
}
