package dev.lathe.passes.rewrite;

import dev.lathe.ir.Graph;
import dev.lathe.passes.Pass;
import dev.lathe.passes.PassContext;
import java.util.List;

/** Applies rewrite rules until none of them matches any more. */
public final class RewritePass extends Pass {
  private final List<RewriteRule<?>> rules;

  /**
   * @param name the name of the pass
   * @param rules tried at a node in this order
   */
  public RewritePass(String name, List<RewriteRule<?>> rules) {
    super(name);
    this.rules = List.copyOf(rules);
  }

  /** The rules, in the order in which they are tried. */
  public List<RewriteRule<?>> rules() {
    return rules;
  }

  @Override
  protected void apply(Graph graph, PassContext context) {
    new RewriteDriver(graph, context, rules).run();
  }
}
