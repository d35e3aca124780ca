package dev.lathe.passes.simplify;

import dev.lathe.ir.Block;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.GraphEditor;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.passes.Pass;
import dev.lathe.passes.PassContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Removes pure nodes whose results nobody uses, and parameters that no node gives. */
public final class DeadCodePass extends Pass {
  /** The pass. */
  public DeadCodePass() {
    super("dead-code");
  }

  @Override
  protected void apply(Graph graph, PassContext context) {
    Set<String> used = new HashSet<>();
    for (Function function : graph.functions().values()) {
      GraphEditor.eraseDead(function.body());
      collect(function.body(), used);
    }
    for (String name : List.copyOf(graph.parameters().keySet())) {
      if (!used.contains(name)) {
        graph.removeParameter(name);
      }
    }
  }

  private static void collect(Block block, Set<String> used) {
    for (Node node : block.nodes()) {
      if (node.op() instanceof CreationOp.Parameter parameter) {
        used.add(parameter.name());
      }
      for (Block nested : node.op().blocks()) {
        collect(nested, used);
      }
    }
  }
}
