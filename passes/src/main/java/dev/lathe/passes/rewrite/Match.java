package dev.lathe.passes.rewrite;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.Op;
import org.jspecify.annotations.Nullable;

/** Questions that rules ask of values. */
public final class Match {
  private Match() {}

  /** The node that produces {@code value} if its op is an {@code O}; else null. */
  public static @Nullable Node producer(Value value, Class<? extends Op> op) {
    Node node = value.producer();
    return node != null && op.isInstance(node.op()) ? node : null;
  }

  /** The node that produces {@code value} if it applies {@code function}; else null. */
  public static @Nullable Node unary(Value value, UnaryFunction function) {
    Node node = value.producer();
    return node != null && node.op() instanceof Unary op && op.function() == function ? node : null;
  }

  /** The node that produces {@code value} if it applies {@code function}; else null. */
  public static @Nullable Node binary(Value value, BinaryFunction function) {
    Node node = value.producer();
    return node != null && isBinary(node, function) ? node : null;
  }

  /** True if {@code node} applies {@code function}. */
  public static boolean isBinary(Node node, BinaryFunction function) {
    return node.op() instanceof Binary op && op.function() == function;
  }

  /** True if one node alone uses {@code value}, and no block gives it. */
  public static boolean isUsedOnce(Value value) {
    return value.users().size() == 1 && !value.isBlockResult();
  }

  /** True if both are of one element type and are known to have one shape. */
  public static boolean isSameType(Value a, Value b) {
    return a.type().elementType() == b.type().elementType()
        && a.type().shape().equals(b.type().shape());
  }

  /** True if all dimensions are known when inputs are: none depends on data. */
  public static boolean isBacked(Shape shape) {
    for (Dim dim : shape) {
      if (dim.isUnbacked()) {
        return false;
      }
    }
    return true;
  }

  /** True if a tensor of shape {@code from} broadcasts to {@code to} without making it larger. */
  public static boolean broadcastsTo(Shape from, Shape to) {
    if (from.rank() > to.rank()) {
      return false;
    }
    try {
      return Axes.broadcast(from, to).equals(to);
    } catch (TypeException e) {
      return false;
    }
  }
}
