package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.BinaryAlgorithm;
import dev.lathe.backend.onednn.binding.EltwiseAlgorithm;
import dev.lathe.backend.onednn.binding.PostOp;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Of what stands behind a product, what generated code computes with it: a residual that is added,
 * and then a clamp.
 *
 * @param residual of the product's shape, or null
 * @param low results are at least this
 * @param high and at most this
 * @param nodes what is computed, in order
 */
record Behind(@Nullable Value residual, float low, float high, List<Node> nodes) {
  /** What stands behind the result of a node. */
  static Behind of(Node product, BlockLowering block) {
    Fusion fusion = Fusion.behind(product.result(), block);
    long[] dims = Types.dims(product.result().type());
    List<Node> nodes = new ArrayList<>();
    Value residual = null;
    float low = Float.NEGATIVE_INFINITY;
    float high = Float.POSITIVE_INFINITY;
    for (int i = 0; i < fusion.size(); i++) {
      Fusion.Step step = fusion.step(i);
      Value operand = step.operand();
      if (residual == null
          && operand != null
          && step.before().isEmpty()
          && step.algorithm() == BinaryAlgorithm.ADD
          && Arrays.equals(Types.dims(operand.type()), dims)) {
        residual = operand;
        nodes.add(step.node());
        continue;
      }
      if (operand == null && step.before().isEmpty()) {
        nodes.add(step.node()); // A conversion: what is stored in the end has the type of the last.
        continue;
      }
      if (operand == null && step.before().size() == 1) {
        PostOp.Eltwise eltwise = step.before().getFirst();
        if (eltwise.algorithm() == EltwiseAlgorithm.RELU && eltwise.alpha() == 0) {
          low = 0;
          nodes.add(step.node());
        } else if (eltwise.algorithm() == EltwiseAlgorithm.CLIP) {
          low = eltwise.alpha();
          high = eltwise.beta();
          nodes.add(step.node());
        }
      }
      break;
    }
    return new Behind(residual, low, high, nodes);
  }

  /** The last result that is computed. */
  Value result(Node product) {
    return nodes.isEmpty() ? product.result() : nodes.getLast().result();
  }
}
