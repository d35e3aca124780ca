package dev.lathe.passes;

import dev.lathe.ir.Block;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Verifier;

/**
 * A change of a graph that keeps what it computes. Stateless: what a run needs lives in its {@link
 * PassContext}, so that one pass may serve several threads with a graph each.
 */
public abstract class Pass {
  private final String name;

  /**
   * @param name lower case with hyphens, as in reports and in names of dumped files
   */
  protected Pass(String name) {
    this.name = name;
  }

  /** The name in reports. */
  public final String name() {
    return name;
  }

  /** Changes {@code graph} in place, as far as {@link PassContext#mayRewrite} allows. */
  protected abstract void apply(Graph graph, PassContext context);

  /**
   * Applies the pass, measures it, and writes and verifies its result where the options ask for it.
   *
   * @throws IllegalStateException if the result is verified and not well formed
   */
  public final void run(Graph graph, PassContext context) {
    int before = nodeCount(graph);
    long start = System.nanoTime();
    apply(graph, context);
    context.record(name, System.nanoTime() - start, before, nodeCount(graph));
    context.dump(graph, name);
    if (context.options().verify()) {
      try {
        Verifier.verify(graph);
      } catch (IllegalStateException e) {
        throw new IllegalStateException("after pass " + name + ": " + e.getMessage(), e);
      }
    }
  }

  /** The nodes of all functions, those of nested blocks included. */
  private static int nodeCount(Graph graph) {
    int count = 0;
    for (Function function : graph.functions().values()) {
      count += nodeCount(function.body());
    }
    return count;
  }

  private static int nodeCount(Block block) {
    int count = block.size();
    for (Node node : block.nodes()) {
      for (Block nested : node.op().blocks()) {
        count += nodeCount(nested);
      }
    }
    return count;
  }
}
