package dev.lathe.frontend.layers;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import java.util.List;
import java.util.Objects;

/**
 * The operators of the language on tensors: they broadcast as NumPy does, and operands of several
 * element types meet in one as in Keras 3.
 *
 * <p>Numbers are operands too: {@link #number} makes a tensor of one that takes the element type of
 * what it meets, so that {@code x * 2} of an f16 tensor is f16. Every method throws {@link
 * LayerException} where operands do not fit. Not safe for use by several threads.
 */
public final class Arithmetic {

  /** An operator of two operands. */
  public enum Operator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    /** Of floats; integers become f32. */
    DIVIDE("/"),
    /** Rounded towards negative infinity. */
    FLOOR_DIVIDE("//"),
    /** The remainder of {@link #FLOOR_DIVIDE}, which has the sign of the divisor. */
    MODULO("%"),
    POWER("**"),
    /** The product of matrices; the last two axes, those before broadcast. */
    MATMUL("@"),
    MAXIMUM("maximum"),
    MINIMUM("minimum"),
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_EQUAL("<="),
    GREATER(">"),
    GREATER_EQUAL(">="),
    AND("and"),
    OR("or"),
    XOR("xor");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    /** As it is written. */
    public String symbol() {
      return symbol;
    }
  }

  private final Emitter emit;

  /**
   * @param emit adds ops to the model
   */
  public Arithmetic(Emitter emit) {
    this.emit = emit;
  }

  /** A number as an operand, or a truth value. */
  public Value number(long integer) {
    return emit.number(integer);
  }

  /** A number as an operand. */
  public Value number(double number) {
    return emit.scalar(ElementType.F64, number);
  }

  /** A truth value as an operand. */
  public Value truth(boolean flag) {
    return emit.scalar(ElementType.BOOL, flag ? 1 : 0);
  }

  /** A value as it may leave the model: a number that met no tensor becomes i32 or f32. */
  public Value settled(Value value) {
    return Promotion.settled(emit, value);
  }

  /** An operator on a tensor and a number. */
  public Value binary(Operator operator, Value a, double b) {
    return binary(operator, a, number(b));
  }

  /** An operator on a tensor and a number. */
  public Value binary(Operator operator, Value a, long b) {
    return binary(operator, a, number(b));
  }

  /** An operator on two tensors. */
  public Value binary(Operator operator, Value a, Value b) {
    if (operator == Operator.MATMUL) {
      return matmul(a, b);
    }
    broadcast(operator, a.type(), b.type());
    return switch (operator) {
      case ADD -> elementwise(BinaryFunction.ADD, BinaryFunction.OR, a, b);
      case MULTIPLY -> elementwise(BinaryFunction.MUL, BinaryFunction.AND, a, b);
      case MAXIMUM -> elementwise(BinaryFunction.MAX, BinaryFunction.OR, a, b);
      case MINIMUM -> elementwise(BinaryFunction.MIN, BinaryFunction.AND, a, b);
      case EQUAL -> elementwise(BinaryFunction.EQUAL, BinaryFunction.EQUAL, a, b);
      case NOT_EQUAL -> elementwise(BinaryFunction.NOT_EQUAL, BinaryFunction.NOT_EQUAL, a, b);
      case SUBTRACT -> numeric(BinaryFunction.SUB, a, b);
      case MODULO -> numeric(BinaryFunction.MOD, a, b);
      case LESS -> numeric(BinaryFunction.LESS, a, b);
      case LESS_EQUAL -> numeric(BinaryFunction.LESS_OR_EQUAL, a, b);
      case GREATER -> numeric(BinaryFunction.GREATER, a, b);
      case GREATER_EQUAL -> numeric(BinaryFunction.GREATER_OR_EQUAL, a, b);
      case DIVIDE -> divide(a, b);
      case FLOOR_DIVIDE -> floorDivide(a, b);
      case POWER -> power(a, b);
      case AND -> emit.binary(BinaryFunction.AND, truth(a), truth(b));
      case OR -> emit.binary(BinaryFunction.OR, truth(a), truth(b));
      case XOR -> emit.binary(BinaryFunction.XOR, truth(a), truth(b));
      case MATMUL -> throw new IllegalStateException();
    };
  }

  private static void broadcast(Operator operator, TensorType a, TensorType b) {
    try {
      Axes.broadcast(a.shape(), b.shape());
    } catch (TypeException e) {
      throw new LayerException(
          "'" + operator.symbol + "' of " + a + " and " + b + ": " + conflict(a, b),
          a.rank() == b.rank()
              ? "the sizes must be the same, or one of them 1"
              : "axes are matched from the last; a[:, newaxis] adds one",
          e);
    }
  }

  /** Which axis does not match: of tensors with as many axes the first, else the last. */
  private static String conflict(TensorType a, TensorType b) {
    int shared = Math.min(a.rank(), b.rank());
    boolean isAligned = a.rank() == b.rank();
    for (int i = 1; i <= shared; i++) {
      int back = isAligned ? shared + 1 - i : i;
      Dim left = a.dim(-back);
      Dim right = b.dim(-back);
      if (left.isFixed() && right.isFixed() && !left.equals(right) && !left.is(1) && !right.is(1)) {
        String axis =
            isAligned ? "axis " + (shared - back) : back == 1 ? "the last axis" : "axis " + -back;
        return axis + " has " + left + " elements on the left and " + right + " on the right";
      }
    }
    return "their sizes do not match";
  }

  /** {@code -x}; of bool, an i32. */
  public Value negate(Value x) {
    ConstantData written = Promotion.isWritten(x) ? x.constant() : null;
    if (written != null) {
      return x.type().elementType().isFloat()
          ? number(-written.getDouble(0))
          : number(-written.getLong(0));
    }
    ElementType type = x.type().elementType();
    return emit.unary(
        UnaryFunction.NEG, type == ElementType.BOOL ? emit.cast(x, ElementType.I32) : x);
  }

  /** Whether elements are zero. */
  public Value not(Value x) {
    return emit.unary(UnaryFunction.NOT, truth(x));
  }

  /** Whether elements are not zero. */
  Value truth(Value x) {
    return emit.cast(x, ElementType.BOOL);
  }

  /**
   * Parts of a tensor, as in NumPy; axes that no item names stay whole.
   *
   * <p>A tensor of integers names places along its axis (ONNX {@code Gather}); at most one item is
   * one.
   */
  public Value index(Value x, List<Index> items) {
    return new Indexing(emit, x).apply(items);
  }

  /** An elementwise function; of two bools, another one. */
  private Value elementwise(BinaryFunction numbers, BinaryFunction bools, Value a, Value b) {
    List<Value> both = Promotion.promote(emit, List.of(a, b));
    boolean bool = both.get(0).type().elementType() == ElementType.BOOL;
    return emit.binary(bool ? bools : numbers, both.get(0), both.get(1));
  }

  /** A function of numbers; bools are 0 and 1. */
  private Value numeric(BinaryFunction function, Value a, Value b) {
    List<Value> both = numbers(a, b);
    return emit.binary(function, both.get(0), both.get(1));
  }

  private List<Value> numbers(Value a, Value b) {
    ElementType type = Promotion.join(List.of(a, b));
    return Promotion.to(emit, type == ElementType.BOOL ? ElementType.I32 : type, List.of(a, b));
  }

  private Value divide(Value a, Value b) {
    List<Value> both = Promotion.to(emit, Promotion.joinFloat(List.of(a, b)), List.of(a, b));
    return emit.over(both.get(0), both.get(1));
  }

  private Value floorDivide(Value a, Value b) {
    List<Value> both = numbers(a, b);
    Value x = both.get(0);
    Value y = both.get(1);
    if (x.type().elementType().isFloat()) {
      return emit.unary(UnaryFunction.FLOOR, emit.over(x, y));
    }
    // Division truncates, which is right as soon as the remainder that has y's sign is taken off.
    return x.type().elementType().isUnsigned()
        ? emit.over(x, y)
        : emit.over(emit.minus(x, emit.binary(BinaryFunction.MOD, x, y)), y);
  }

  private Value power(Value a, Value b) {
    List<Value> both = numbers(a, b);
    Value base = both.get(0);
    if (Promotion.isWritten(b)) {
      double exponent = Objects.requireNonNull(b.constant()).getDouble(0);
      if (exponent == 1) {
        return base;
      }
      if (exponent == 2) {
        return emit.times(base, base);
      }
    }
    return emit.binary(BinaryFunction.POW, base, both.get(1));
  }

  /**
   * {@code [..., M, K] @ [..., K, N]}; a vector is a row on the left and a column on the right,
   * whose axis of 1 the result does not have.
   */
  Value matmul(Value left, Value right) {
    for (Value operand : List.of(left, right)) {
      if (operand.type().rank() == 0) {
        throw new LayerException(
            "'@' takes vectors and matrices, not " + operand.type(), "use * for numbers");
      }
    }
    List<Value> both = numbers(left, right);
    Value a = both.get(0).type().rank() == 1 ? emit.unsqueeze(both.get(0), 0) : both.get(0);
    Value b = both.get(1).type().rank() == 1 ? emit.unsqueeze(both.get(1), 1) : both.get(1);
    Dim inner = a.type().dim(-1);
    Dim other = b.type().dim(-2);
    if (inner.isFixed() && other.isFixed() && !inner.equals(other)) {
      throw new LayerException(
          "'@' of "
              + left.type()
              + " and "
              + right.type()
              + ": the last axis of the left has "
              + inner
              + " elements, and the last but one of the right "
              + other,
          "transpose one of them, or check the sizes");
    }
    boolean floats = a.type().elementType().isFloat();
    ElementType type = a.type().elementType();
    if (!floats) {
      // Integers below 2^53 are exact as doubles.
      a = emit.cast(a, ElementType.F64);
      b = emit.cast(b, ElementType.F64);
    }
    Value y = emit.cast(emit.add(new MatMul(false, false), a, b), type);
    if (right.type().rank() == 1) {
      y = emit.squeeze(y, y.type().rank() - 1);
    }
    return left.type().rank() == 1
        ? emit.squeeze(y, y.type().rank() - (right.type().rank() == 1 ? 1 : 2))
        : y;
  }
}
