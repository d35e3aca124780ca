package dev.lathe.passes.fold;

import dev.lathe.backend.reference.ReferenceEvaluator;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.Op;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code f(constants) = constant}, computed by the reference interpreter. What is computed from a
 * parameter is a parameter of a derived name. A result much larger than its operands stays to be
 * computed at load.
 */
final class ConstantFoldingRule extends RewriteRule<Op> {
  private static final ReferenceEvaluator EVALUATOR = new ReferenceEvaluator();

  ConstantFoldingRule() {
    super(Op.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Op op, Node node, RewriteContext context) {
    if (op instanceof CreationOp && !(op instanceof CreationOp.Range)) {
      return null;
    }
    if (!op.isPure()
        || !op.blocks().isEmpty()
        || node.operands().isEmpty()
        || !isSmall(node, context)) {
      return null;
    }
    String parameter = null;
    List<Tensor> operands = new ArrayList<>();
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
    }
    List<Tensor> results;
    try {
      results = EVALUATOR.evaluate(op, operands, Arena.ofAuto());
    } catch (IllegalArgumentException | ArithmeticException e) {
      // A division by zero or an index out of range: left to be reported when the model runs.
      return null;
    }
    List<Value> values = new ArrayList<>();
    for (Tensor result : results) {
      ConstantData data = new ConstantData(result.type(), result.segment());
      values.add(
          parameter == null
              ? context.builder().constant(data)
              : context.parameter(parameter, data));
    }
    return new Replacement(values);
  }

  private static boolean isSmall(Node node, RewriteContext context) {
    long bytes = context.options().maxGrowthBytes();
    for (Value operand : node.operands()) {
      if (!operand.type().shape().isFixed()) {
        return false;
      }
      bytes += operand.type().byteSize();
    }
    for (Value result : node.results()) {
      if (!result.type().shape().isFixed()) {
        return false;
      }
      bytes -= result.type().byteSize();
    }
    return bytes >= 0;
  }
}
