package dev.lathe.passes.rewrite;

import dev.lathe.ir.Block;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.GraphEditor;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Op;
import dev.lathe.passes.PassContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies rules to a graph until none matches: owns the worklist, the order, names, provenance,
 * dead nodes and nested blocks.
 *
 * <p>Nodes are visited in the order of their blocks. A rewrite makes the driver visit what it
 * built, the users of what it replaced, and the producers of what it let go; when the worklist is
 * empty the whole graph is visited again, until a visit changes nothing. So the work grows with the
 * size of the graph and the number of rewrites.
 */
final class RewriteDriver {
  /** More rewrites than this for every node at the start mean that rules undo one another. */
  private static final int MAX_REWRITES_PER_NODE = 64;

  /** A node remembers no more source nodes than this. */
  private static final int MAX_SOURCES = 64;

  private final Graph graph;
  private final PassContext context;
  private final RuleIndex index;
  private final Deque<Node> work = new ArrayDeque<>();
  private final Set<Node> queued = new HashSet<>();
  private final Map<Block, Node> owners = new HashMap<>();
  private long rewrites;
  private long limit;

  RewriteDriver(Graph graph, PassContext context, List<RewriteRule<?>> rules) {
    this.graph = graph;
    this.context = context;
    this.index = new RuleIndex(rules);
  }

  void run() {
    long before;
    do {
      before = rewrites;
      for (Function function : graph.functions().values()) {
        enqueue(function.body());
      }
      if (limit == 0) {
        limit = (long) MAX_REWRITES_PER_NODE * (work.size() + 1);
      }
      drain();
    } while (rewrites > before);
  }

  private void enqueue(Block block) {
    for (Node node : block.nodes()) {
      enqueue(node);
    }
  }

  private void enqueue(Node node) {
    for (Block nested : node.op().blocks()) {
      if (owners.put(nested, node) != node) {
        enqueue(nested);
      }
    }
    if (queued.add(node)) {
      work.add(node);
    }
  }

  private void enqueue(Collection<Node> nodes) {
    for (Node node : nodes) {
      enqueue(node);
    }
  }

  private void drain() {
    while (context.mayRewrite()) {
      Node node = work.poll();
      if (node == null) {
        break;
      }
      queued.remove(node);
      if (node.isAttached()) {
        visit(node);
      }
    }
    work.clear();
    queued.clear();
    owners.clear();
  }

  private void visit(Node node) {
    if (isDead(node)) {
      removeDead(node);
      return;
    }
    for (RewriteRule<?> rule : index.rulesFor(node.op())) {
      if (tryRule(rule, node)) {
        return;
      }
    }
  }

  private <O extends Op> boolean tryRule(RewriteRule<O> rule, Node node) {
    Node before = node.previous();
    RewriteContext rewriteContext =
        new RewriteContext(graph, context.options(), GraphEditor.before(node));
    Replacement replacement = rule.rewrite(rule.root().cast(node.op()), node, rewriteContext);
    List<Node> created = between(before, node);
    if (replacement == null) {
      for (int i = created.size() - 1; i >= 0; i--) {
        GraphEditor.erase(created.get(i));
      }
      return false;
    }
    if (replacement.values().size() != node.results().size()) {
      throw new IllegalStateException(
          "rule "
              + rule.name()
              + " replaces "
              + node
              + " by "
              + replacement.values().size()
              + " values");
    }
    context.countRewrite(rule.name());
    if (++rewrites > limit) {
      throw new IllegalStateException(
          "rules do not come to an end; the last was "
              + rule.name()
              + " at "
              + node
              + ". Find the others with stopAfterRewrites and the report");
    }
    carryOut(node, replacement, created);
    return true;
  }

  private static List<Node> between(@Nullable Node before, Node node) {
    List<Node> nodes = new ArrayList<>();
    for (Node n = node.previous(); n != null && n != before; n = n.previous()) {
      nodes.add(n);
    }
    java.util.Collections.reverse(nodes);
    return nodes;
  }

  private void carryOut(Node node, Replacement replacement, List<Node> created) {
    for (int i = 0; i < node.results().size(); i++) {
      replace(node.results().get(i), replacement.values().get(i));
    }
    List<Node> swallowed = isDead(node) ? removeDead(node) : List.of();
    List<String> sources = sources(swallowed);
    for (Node made : created) {
      // Nodes that came out of a nested block know better where they are from.
      if (made.isAttached() && made.provenance().equals(node.provenance())) {
        GraphEditor.setProvenance(made, sources);
      }
    }
    enqueue(created);
  }

  private void replace(Value from, Value to) {
    boolean toKnowsMore = GraphEditor.refine(to, from);
    boolean usersLearn =
        !to.type().equals(from.type()) || !java.util.Objects.equals(to.data(), from.data());
    List<Node> moved = List.copyOf(from.users());
    List<Node> others = toKnowsMore ? List.copyOf(to.users()) : List.of();
    GraphEditor.replaceUses(from, to);
    enqueue(moved);
    if (usersLearn) {
      refine(moved);
      refineOwner(to);
    }
    refine(others);
  }

  /** Lets what became known reach everything computed from {@code nodes}. */
  private void refine(Collection<Node> nodes) {
    Deque<Node> wave = new ArrayDeque<>(nodes);
    while (!wave.isEmpty()) {
      Node node = wave.poll();
      if (node.isAttached() && GraphEditor.refine(node)) {
        enqueue(node);
        for (Value result : node.results()) {
          enqueue(result.users());
          wave.addAll(result.users());
          refineOwner(result);
        }
      }
    }
  }

  /** What a nested block gives is what the node around it gives. */
  private void refineOwner(Value value) {
    Node owner = owners.get(value.block());
    if (owner != null && value.isBlockResult()) {
      refine(List.of(owner));
    }
  }

  private static boolean isDead(Node node) {
    if (!node.op().isPure()) {
      return false;
    }
    for (Value result : node.results()) {
      if (!result.users().isEmpty() || result.isBlockResult()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Removes a dead node, and what is dead without it.
   *
   * @return what was removed, users first
   */
  private List<Node> removeDead(Node dead) {
    List<Node> removed = new ArrayList<>();
    Deque<Node> pending = new ArrayDeque<>(List.of(dead));
    while (!pending.isEmpty()) {
      Node node = pending.poll();
      if (!node.isAttached() || !isDead(node)) {
        continue;
      }
      GraphEditor.erase(node);
      removed.add(node);
      for (Value operand : node.operands()) {
        if (operand.producer() == null) {
          continue;
        }
        if (isDead(operand.producer())) {
          pending.add(operand.producer());
        } else {
          enqueue(operand.producer());
          // Some rules match only where a value has one user left.
          if (operand.users().size() == 1) {
            enqueue(operand.users());
          }
        }
      }
    }
    return removed;
  }

  /** The sources of nodes that were removed users first, in the order of the graph. */
  private static List<String> sources(List<Node> removed) {
    Set<String> sources = new LinkedHashSet<>();
    for (int i = removed.size() - 1; i >= 0 && sources.size() < MAX_SOURCES; i--) {
      sources.addAll(removed.get(i).provenance());
    }
    return sources.stream().limit(MAX_SOURCES).toList();
  }
}
