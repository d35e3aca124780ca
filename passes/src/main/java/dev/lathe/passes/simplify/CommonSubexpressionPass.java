package dev.lathe.passes.simplify;

import dev.lathe.ir.Block;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.GraphEditor;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.Op;
import dev.lathe.passes.Pass;
import dev.lathe.passes.PassContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Equal pure ops on equal operands are one value: the first of them stays. Operands of a
 * commutative op are equal in either order.
 */
public final class CommonSubexpressionPass extends Pass {
  /** What makes two nodes one. */
  private record Key(Op op, List<Value> operands) {}

  /** The pass. */
  public CommonSubexpressionPass() {
    super("common-subexpressions");
  }

  @Override
  protected void apply(Graph graph, PassContext context) {
    for (Function function : graph.functions().values()) {
      apply(function.body(), context);
    }
  }

  private static void apply(Block block, PassContext context) {
    Map<Key, Node> seen = new HashMap<>();
    for (Node node : block.nodes()) {
      for (Block nested : node.op().blocks()) {
        apply(nested, context);
      }
      if (!node.op().isPure() || !node.op().blocks().isEmpty()) {
        continue;
      }
      Key key = new Key(node.op(), List.copyOf(node.operands()));
      Node first = seen.get(key);
      if (first == null && node.op() instanceof Binary op && op.function().isCommutative()) {
        first = seen.get(new Key(op, List.of(node.operand(1), node.operand(0))));
      }
      if (first == null) {
        seen.put(key, node);
        continue;
      }
      if (context.mayRewrite() && sameTypes(first, node)) {
        context.countRewrite("CommonSubexpression");
        for (int i = 0; i < node.results().size(); i++) {
          GraphEditor.replaceUses(node.results().get(i), first.results().get(i));
        }
        GraphEditor.erase(node);
      }
    }
  }

  /** Data-dependent results of equal nodes have symbols of their own, which others refer to. */
  private static boolean sameTypes(Node a, Node b) {
    for (int i = 0; i < a.results().size(); i++) {
      if (!a.results().get(i).type().equals(b.results().get(i).type())) {
        return false;
      }
    }
    return true;
  }
}
