package dev.lathe.passes.fuse;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.RewriteContext;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Shapes of small expressions that several rules look for. */
final class Forms {
  private Forms() {}

  /**
   * A value plus a number.
   *
   * @param value the value
   * @param number the number
   */
  record Shifted(Value value, double number) {}

  /** {@code value} as a value plus a number; null if it is no such sum. */
  static @Nullable Shifted shifted(Value value, RewriteContext context) {
    Node add = Match.binary(value, BinaryFunction.ADD);
    if (add != null) {
      for (int i = 0; i < 2; i++) {
        OptionalDouble number = context.uniform(add.operand(i));
        if (number.isPresent() && keepsShape(add.operand(1 - i), value)) {
          return new Shifted(add.operand(1 - i), number.getAsDouble());
        }
      }
    }
    Node sub = Match.binary(value, BinaryFunction.SUB);
    if (sub != null) {
      OptionalDouble number = context.uniform(sub.operand(1));
      if (number.isPresent() && keepsShape(sub.operand(0), value)) {
        return new Shifted(sub.operand(0), -number.getAsDouble());
      }
    }
    return null;
  }

  /**
   * A number times a value.
   *
   * @param value the value
   * @param scale the number
   */
  record Scaled(Value value, double scale) {}

  /** {@code value} as a number times a value, or itself times one. */
  static Scaled unscaled(Value value, RewriteContext context) {
    Node mul = Match.binary(value, BinaryFunction.MUL);
    for (int i = 0; i < 2 && mul != null; i++) {
      OptionalDouble number = context.uniform(mul.operand(1 - i));
      if (number.isPresent() && keepsShape(mul.operand(i), value)) {
        return new Scaled(mul.operand(i), number.getAsDouble());
      }
    }
    Node div = Match.binary(value, BinaryFunction.DIV);
    if (div != null) {
      OptionalDouble number = context.uniform(div.operand(1));
      boolean divides = number.isPresent() && number.getAsDouble() != 0;
      if (divides && keepsShape(div.operand(0), value)) {
        return new Scaled(div.operand(0), 1 / number.getAsDouble());
      }
    }
    return new Scaled(value, 1);
  }

  /** A constant of a higher rank could broadcast its neighbour; then it is no mere number. */
  static boolean keepsShape(Value operand, Value result) {
    return operand.type().shape().equals(result.type().shape());
  }

  /** The operand of a reduction of {@code value} over its last axes, kept; null if it is none. */
  static @Nullable Reduce trailing(Value value, ReduceFunction function) {
    Node node = value.producer();
    if (node == null || !(node.op() instanceof Reduce reduce) || reduce.function() != function) {
      return null;
    }
    List<Integer> axes = reduce.axes();
    int rank = node.operand(0).type().rank();
    if (!reduce.keepDims() || axes.isEmpty()) {
      return null;
    }
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i) != rank - axes.size() + i) {
        return null;
      }
    }
    return reduce;
  }

  /** The value whose square {@code value} is; null if it is no square. */
  static @Nullable Value squareOf(Value value, RewriteContext context) {
    Node mul = Match.binary(value, BinaryFunction.MUL);
    if (mul != null && mul.operand(0) == mul.operand(1)) {
      return mul.operand(0);
    }
    Node pow = Match.binary(value, BinaryFunction.POW);
    return pow != null && context.isUniform(pow.operand(1), 2) ? pow.operand(0) : null;
  }

  /**
   * A quotient: a numerator, and the value under the root that divides it.
   *
   * @param numerator what is divided
   * @param radicand what the root is taken of
   */
  record OverRoot(Value numerator, Value radicand) {}

  /**
   * {@code node} as {@code a / sqrt(b)}, {@code a * (1 / sqrt(b))} or {@code a * b^-0.5}; null if
   * it is none.
   */
  static @Nullable OverRoot overRoot(Node node, RewriteContext context) {
    if (Match.isBinary(node, BinaryFunction.DIV)) {
      Value radicand = rootOf(node.operand(1), context);
      return radicand == null ? null : new OverRoot(node.operand(0), radicand);
    }
    if (!Match.isBinary(node, BinaryFunction.MUL)) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Value radicand = inverseRootOf(node.operand(i), context);
      if (radicand != null) {
        return new OverRoot(node.operand(1 - i), radicand);
      }
    }
    return null;
  }

  private static @Nullable Value rootOf(Value value, RewriteContext context) {
    Node sqrt = Match.unary(value, UnaryFunction.SQRT);
    if (sqrt != null) {
      return sqrt.operand(0);
    }
    Node pow = Match.binary(value, BinaryFunction.POW);
    return pow != null && context.isUniform(pow.operand(1), 0.5) ? pow.operand(0) : null;
  }

  private static @Nullable Value inverseRootOf(Value value, RewriteContext context) {
    Node reciprocal = Match.unary(value, UnaryFunction.RECIPROCAL);
    if (reciprocal != null) {
      return rootOf(reciprocal.operand(0), context);
    }
    Node div = Match.binary(value, BinaryFunction.DIV);
    if (div != null && context.isUniform(div.operand(0), 1)) {
      return rootOf(div.operand(1), context);
    }
    Node pow = Match.binary(value, BinaryFunction.POW);
    return pow != null && context.isUniform(pow.operand(1), -0.5) ? pow.operand(0) : null;
  }

  /** The axes of {@code value} from {@code axis} on, if they are fixed and hold f32; else null. */
  static @Nullable Shape trailingShape(Value value, int axis) {
    Shape shape = value.type().shape();
    Shape trailing = new Shape(shape.dims().subList(axis, shape.rank()));
    return trailing.isFixed() && value.type().elementType() == ElementType.F32 ? trailing : null;
  }

  /** An f32 constant whose elements are all {@code number}. */
  static Value filled(RewriteContext context, Shape shape, float number) {
    float[] elements = new float[Math.toIntExact(shape.elementCount().value())];
    java.util.Arrays.fill(elements, number);
    return context.builder().constant(ConstantData.ofFloats(shape, elements));
  }
}
