package dev.lathe.passes.fold;

import dev.lathe.backend.reference.ReferenceEvaluator;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code f(c, d) = e} for constants: what does not depend on inputs is computed now.
 *
 * <p>The result may exceed the operands by {@link dev.lathe.passes.PassOptions#maxGrowthBytes};
 * beyond that, it is left to a backend to compute it at load, so that a stored model stays small. A
 * large result with equal elements stays one number that is expanded. What is computed from a
 * parameter is a parameter, with a name derived from it.
 */
final class ConstantFoldingRule extends RewriteRule<Op> {
  /** One number is expanded when the model is loaded, unless the result is tiny. */
  private static final long MAX_UNIFORM_BYTES = 4 << 10;

  private final boolean parameters;

  /**
   * @param parameters whether operands may be parameters; folding those late leaves transposes of
   *     weights to products that take them for nothing
   */
  public ConstantFoldingRule(boolean parameters) {
    super(Op.class);
    this.parameters = parameters;
  }

  @Override
  protected @Nullable Replacement rewrite(Op op, Node node, RewriteContext context) {
    if (!op.isPure() || !op.blocks().isEmpty() || node.operands().isEmpty()) {
      return null; // Effects, blocks, and what is a constant already.
    }
    List<Tensor> operands = new ArrayList<>();
    String parameter = null;
    long operandBytes = 0;
    for (Value operand : node.operands()) {
      ConstantData data = context.data(operand);
      if (data == null) {
        return null;
      }
      Node producer = operand.producer();
      if (parameter == null
          && producer != null
          && producer.op() instanceof CreationOp.Parameter p) {
        parameter = p.name();
      }
      operands.add(Tensor.of(data));
      operandBytes += data.segment().byteSize();
    }
    if (parameter != null && !parameters) {
      return null;
    }
    if (!mayGrowTo(node, operandBytes, context)) {
      return null;
    }
    List<Tensor> results;
    try {
      results = new ReferenceEvaluator().evaluate(op, operands, Arena.ofAuto());
    } catch (IllegalArgumentException | ArithmeticException e) {
      // It cannot be computed, in a branch that never runs perhaps; if it runs, it says so itself.
      return null;
    }
    List<Value> values = new ArrayList<>();
    for (Tensor result : results) {
      values.add(known(new ConstantData(result.type(), result.segment()), parameter, context));
    }
    return new Replacement(values);
  }

  private static boolean mayGrowTo(Node node, long operandBytes, RewriteContext context) {
    long bytes = 0;
    for (Value result : node.results()) {
      if (!result.type().shape().isFixed()) {
        return false; // Its size depends on data, which could be anything.
      }
      bytes += result.type().byteSize();
    }
    boolean uniform =
        node.op() instanceof ShapeOp.Expand && node.operand(0).type().shape().elementCount().is(1);
    return bytes
        <= (uniform ? MAX_UNIFORM_BYTES : operandBytes + context.options().maxGrowthBytes());
  }

  private static Value known(
      ConstantData data, @Nullable String parameter, RewriteContext context) {
    BlockBuilder builder = context.builder();
    if (data.segment().byteSize() > MAX_UNIFORM_BYTES && data.isUniform()) {
      long size = data.type().elementType().byteSize(1);
      ConstantData first =
          new ConstantData(
              TensorType.of(data.type().elementType()), data.segment().asSlice(0, size));
      return builder.add(
          new ShapeOp.Expand(), builder.constant(first), builder.dims(data.type().shape().dims()));
    }
    return parameter == null ? builder.constant(data) : context.parameter(parameter, data);
  }
}
