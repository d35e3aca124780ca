package dev.lathe.passes.rewrite;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.Op;
import org.jspecify.annotations.Nullable;

/**
 * One equation, read from left to right: where the left side stands in a graph, the right side may
 * stand instead, and is never worse.
 *
 * <p>A rule looks at a node, its root, and at what the root is computed from; it builds the right
 * side with the {@link RewriteContext} and returns it. It changes nothing: a {@link RewriteDriver}
 * carries the replacement out, and throws away what was built by a rule that then returned null.
 * Rules are stateless.
 *
 * @param <O> the ops at which the left side is rooted
 */
public abstract class RewriteRule<O extends Op> {
  private final Class<O> root;

  /**
   * @param root a record of an op, or an interface of several, at which the rule is tried
   */
  protected RewriteRule(Class<O> root) {
    this.root = root;
  }

  /** The ops at which the rule is tried. */
  public final Class<O> root() {
    return root;
  }

  /** The name in reports: that of the class. */
  public final String name() {
    return getClass().getSimpleName();
  }

  /**
   * The right side for a node.
   *
   * @param op the op of {@code node}
   * @return values for the results of {@code node}, of compatible types, or null if the left side
   *     does not stand here
   */
  protected abstract @Nullable Replacement rewrite(O op, Node node, RewriteContext context);
}
