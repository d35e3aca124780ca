package dev.lathe.backend.onednn.lower;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.Op;
import java.util.List;

/**
 * Which nodes a kernel in Java computes sooner than oneDNN begins: to execute a primitive costs
 * about half a microsecond, whatever its size.
 */
final class SmallWork {
  /** Java computes an exponential in about two nanoseconds. */
  private static final long MOST_ELEMENTS = 256;

  private SmallWork() {}

  /** Whether a node is better not lowered to a primitive. Its shapes are fixed. */
  static boolean isFaster(Node node) {
    List<TensorType> operands = node.operands().stream().map(Value::type).toList();
    boolean real = operands.stream().allMatch(type -> type.elementType() == ElementType.F32);
    return real
        && switch (node.op()) {
          case LinalgOp.MatMul product -> SmallProduct.computes(product, operands);
          case ElementwiseOp.Unary unary -> isSmall(node);
          case ElementwiseOp.Binary binary -> isSmall(node);
          case Op other -> false;
        };
  }

  private static boolean isSmall(Node node) {
    return node.result().type().shape().elementCount().value() <= MOST_ELEMENTS;
  }
}
