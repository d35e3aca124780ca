package dev.lathe.passes.fold;

import dev.lathe.ir.Block;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.GraphEditor;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code if(x, c) {(y) -> f(y)} = if(x) {() -> f(c)}}: a constant or parameter that a block
 * captures moves into it, where rules see what it is; a captured value that no block uses is
 * dropped. The same for what a loop captures.
 */
final class ConstantsIntoBlocksRule extends RewriteRule<ControlFlowOp> {
  ConstantsIntoBlocksRule() {
    super(ControlFlowOp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(ControlFlowOp op, Node node, RewriteContext context) {
    // The condition of an if is no argument of its blocks; those of a loop all are.
    int offset = op instanceof ControlFlowOp.If ? 1 : 0;
    int captured = op instanceof ControlFlowOp.Loop loop ? 2 + loop.carried() : offset;
    boolean[] moves = new boolean[node.operands().size()];
    List<Value> kept = new ArrayList<>();
    for (int i = 0; i < moves.length; i++) {
      moves[i] = i >= captured && mayMove(node.operand(i), op.blocks(), i - offset);
      if (!moves[i]) {
        kept.add(node.operand(i));
      }
    }
    if (kept.size() == moves.length) {
      return null;
    }
    List<Block> blocks = new ArrayList<>();
    for (Block block : op.blocks()) {
      blocks.add(rebuild(block, node, moves, offset, context));
    }
    ControlFlowOp smaller =
        switch (op) {
          case ControlFlowOp.If ignored -> new ControlFlowOp.If(blocks.get(0), blocks.get(1));
          case ControlFlowOp.Loop loop -> new ControlFlowOp.Loop(blocks.get(0), loop.carried());
        };
    return new Replacement(context.builder().addAll(smaller, kept));
  }

  private static boolean mayMove(Value operand, List<Block> blocks, int argument) {
    Node producer = operand.producer();
    if (producer != null && producer.op() instanceof CreationOp && producer.operands().isEmpty()) {
      return true;
    }
    for (Block block : blocks) {
      Value inner = block.arguments().get(argument);
      if (!inner.users().isEmpty() || inner.isBlockResult()) {
        return false;
      }
    }
    return true;
  }

  private static Block rebuild(
      Block block, Node node, boolean[] moves, int offset, RewriteContext context) {
    BlockBuilder nested = context.builder().nested();
    List<Value> arguments = new ArrayList<>();
    for (int i = 0; i < block.arguments().size(); i++) {
      Value argument = block.arguments().get(i);
      Node producer = node.operand(i + offset).producer();
      boolean creation =
          producer != null && producer.op() instanceof CreationOp && producer.operands().isEmpty();
      if (!moves[i + offset]) {
        arguments.add(nested.argument(argument.name(), argument.type(), argument.data()));
      } else if (producer != null && creation) {
        arguments.add(nested.from(producer.provenance()).add(producer.op()));
      } else {
        // Nobody uses it; a number of the right type stands in while the block is copied.
        arguments.add(unused(nested, argument));
      }
    }
    Block copy = nested.finish(GraphEditor.inline(block, arguments, nested));
    GraphEditor.eraseDead(copy);
    return copy;
  }

  private static Value unused(BlockBuilder nested, Value argument) {
    return nested.scalar(
        argument.type().elementType().bits() < 8 ? ElementType.U8 : argument.type().elementType(),
        0);
  }
}
