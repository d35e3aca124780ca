package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.BinaryAlgorithm;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.EltwiseAlgorithm;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.PostOp;
import dev.lathe.backend.onednn.jit.Activation;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.ResultType;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Of what stands behind a product, what generated code computes with it: a residual that is added,
 * then a function, and then a factor and a number that is added.
 *
 * @param residual of the product's shape, or null
 * @param activation the function
 * @param nodes what is computed, in order
 */
record Behind(@Nullable Value residual, Activation activation, List<Node> nodes) {
  /**
   * What stands behind the result of a node.
   *
   * @param residuals whether the code adds one
   */
  static Behind of(Node product, BlockLowering block, boolean residuals) {
    Fusion fusion = Fusion.behind(product.result(), block);
    long[] dims = Types.dims(product.result().type());
    List<Node> nodes = new ArrayList<>();
    Value residual = null;
    Activation activation = Activation.NONE;
    for (int i = 0; i < fusion.size(); i++) {
      Fusion.Step step = fusion.step(i);
      PostOp.Eltwise linear = linear(step);
      Value operand = step.operand();
      if (operand == null && step.before().isEmpty()) {
        nodes.add(step.node()); // A conversion: what is stored in the end has the type of the last.
      } else if (linear != null) {
        activation = activation.then(linear.alpha(), linear.beta());
        nodes.add(step.node());
      } else if (!activation.equals(Activation.NONE)) {
        break;
      } else if (residuals
          && residual == null
          && operand != null
          && step.before().isEmpty()
          && step.algorithm() == BinaryAlgorithm.ADD
          && Arrays.equals(Types.dims(operand.type()), dims)) {
        residual = operand;
        nodes.add(step.node());
      } else {
        Activation function =
            operand == null && step.before().size() == 1
                ? activation(step.before().getFirst())
                : null;
        if (function == null) {
          break;
        }
        activation = function;
        nodes.add(step.node());
      }
    }
    return new Behind(residual, activation, nodes);
  }

  /** A factor and a number that is added, or null if the step is something else. */
  private static PostOp.@Nullable Eltwise linear(Fusion.Step step) {
    boolean function = step.operand() == null && step.before().size() == 1;
    PostOp.Eltwise eltwise = function ? step.before().getFirst() : null;
    return eltwise != null && eltwise.algorithm() == EltwiseAlgorithm.LINEAR ? eltwise : null;
  }

  /** The last result that is computed. */
  Value result(Node product) {
    return nodes.isEmpty() ? product.result() : nodes.getLast().result();
  }

  /** The product, and what is computed with it. */
  Set<Node> all(Node product) {
    Set<Node> all = new LinkedHashSet<>(List.of(product));
    all.addAll(nodes);
    return all;
  }

  /**
   * Emits code that computes the product and what stands behind it.
   *
   * @param bytes that are read and written in the time it takes
   * @param flops of the product
   * @param operands of the code, the result among them
   * @param y the result
   */
  void emit(
      BlockLowering block,
      Node product,
      CodeSource code,
      long units,
      long bytes,
      long flops,
      List<View> operands,
      View y) {
    Set<Node> all = all(product);
    String name = Anchor.name(product.op().mnemonic(), all);
    block.emitter().generated(code, name, 0, units, bytes, flops, operands, Anchor.sources(all));
    block.define(result(product), y);
    all.forEach(block::done);
  }

  /** What generated code stores for the last result; null where it cannot. */
  @Nullable ResultType stored(Node product) {
    return switch (result(product).type().elementType()) {
      case F32 -> ResultType.F32;
      case BF16 -> OneDnn.multiplies(DataType.BF16) ? ResultType.BF16 : null;
      default -> null;
    };
  }

  /** The function as generated code has it, or null. */
  private static @Nullable Activation activation(PostOp.Eltwise eltwise) {
    float alpha = eltwise.alpha();
    float beta = eltwise.beta();
    return switch (eltwise.algorithm()) {
      case RELU -> alpha == 0 ? Activation.clamp(0, Float.POSITIVE_INFINITY) : null;
      case CLIP -> Activation.clamp(alpha, beta);
      case HARD_SIGMOID -> new Activation(Activation.Function.HARD_SIGMOID, alpha, beta);
      case HARD_SWISH -> new Activation(Activation.Function.HARD_SWISH, alpha, beta);
      case LOGISTIC -> Activation.SIGMOID;
      case TANH -> Activation.TANH;
      case SWISH -> alpha == 1 ? Activation.SILU : null;
      case GELU_ERF -> Activation.GELU;
      case GELU_TANH -> Activation.GELU_TANH;
      default -> null;
    };
  }
}
