package dev.lathe.passes.simplify;

import dev.lathe.ir.GraphEditor;
import dev.lathe.ir.Node;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.op.ControlFlowOp.If;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/** {@code if(true, a, b) = a} and {@code if(false, a, b) = b}, where the condition is known. */
final class KnownConditionRule extends RewriteRule<If> {
  KnownConditionRule() {
    super(If.class);
  }

  @Override
  protected @Nullable Replacement rewrite(If op, Node node, RewriteContext context) {
    PropagatedData condition = node.operand(0).data();
    if (condition == null || !condition.isFixed()) {
      return null;
    }
    var taken = condition.elements().get(0).is(0) ? op.elseBlock() : op.thenBlock();
    var arguments = node.operands().subList(1, node.operands().size());
    try {
      return new Replacement(GraphEditor.inline(taken, arguments, context.builder()));
    } catch (TypeException e) {
      // The branch cannot run with these shapes: the node itself lies in a branch never taken.
      return null;
    }
  }
}
