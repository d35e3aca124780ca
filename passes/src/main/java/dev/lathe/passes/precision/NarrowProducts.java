package dev.lathe.passes.precision;

import dev.lathe.ir.Block;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.ControlFlowOp;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link ReducedPrecisionPass} gives narrow operands for their own sake: products, and tables
 * that rows are looked up in. Their numbers, from 0, are those of their order in the graph as the
 * passes before have left it.
 */
public final class NarrowProducts {
  private NarrowProducts() {}

  /** The nodes in their order. */
  public static List<Node> of(Graph graph) {
    return nodes(graph, ReducedPrecisionPass.FEW_WEIGHTS);
  }

  /**
   * The nodes in their order.
   *
   * @param few see {@link Role#of}
   */
  static List<Node> nodes(Graph graph, long few) {
    List<Node> nodes = new ArrayList<>();
    for (Function function : graph.functions().values()) {
      collect(function.body(), few, nodes);
    }
    return nodes;
  }

  private static void collect(Block block, long few, List<Node> nodes) {
    for (Node node : block.nodes()) {
      Role.Kind kind = Role.of(node, few).kind();
      if (kind == Role.Kind.PRODUCT || kind == Role.Kind.LOOKUP) {
        nodes.add(node);
      }
      if (node.op() instanceof ControlFlowOp.If) {
        node.op().blocks().forEach(inner -> collect(inner, few, nodes));
      }
    }
  }
}
