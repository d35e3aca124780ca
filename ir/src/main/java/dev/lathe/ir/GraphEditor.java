package dev.lathe.ir;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The one way to change blocks that were built. Passes return replacements; their driver, which
 * owns the editor, carries them out.
 */
public final class GraphEditor {
  private GraphEditor() {}

  /** A builder whose nodes stand before {@code anchor} and come from where it came from. */
  public static BlockBuilder before(Node anchor) {
    return new BlockBuilder(anchor.block(), anchor).from(anchor.provenance());
  }

  /** A builder whose nodes stand at the end of {@code block}. */
  public static BlockBuilder atEnd(Block block) {
    return new BlockBuilder(block, null);
  }

  /**
   * Makes all users of {@code from}, and the results of its block, use {@code to}. A name that only
   * {@code from} has goes over.
   *
   * @throws IllegalArgumentException if the types are not compatible or the blocks differ
   */
  public static void replaceUses(Value from, Value to) {
    if (from.block() != to.block() || !from.type().isCompatibleWith(to.type())) {
      throw new IllegalArgumentException("value " + to + " cannot stand where " + from + " stood");
    }
    for (Node user : new ArrayList<>(from.users())) {
      for (int i = 0; i < user.operands().size(); i++) {
        if (user.operand(i) == from) {
          user.setOperand(i, to);
        }
      }
    }
    from.block().replaceResult(from, to);
    if (to.name() == null) {
      to.setName(from.name());
    }
  }

  /** Makes operand {@code index} of {@code node} another value of the same type. */
  public static void setOperand(Node node, int index, Value value) {
    if (value.block() != node.block()
        || !node.operand(index).type().isCompatibleWith(value.type())) {
      throw new IllegalArgumentException(
          "value " + value + " cannot be operand " + index + " of " + node);
    }
    node.setOperand(index, value);
  }

  /** Sets the names of the source nodes from which {@code node} came, the oldest first. */
  public static void setProvenance(Node node, List<String> sources) {
    node.setProvenance(sources);
  }

  /**
   * Infers the results of a node again, now that more may be known of its operands, and lets known
   * facts into its nested blocks. Nothing that was known is forgotten.
   *
   * @return true if more is known of a result than before
   */
  public static boolean refine(Node node) {
    return Refinement.refine(node);
  }

  /**
   * Lets {@code to}, which computes the same as {@code from}, know what is known of {@code from}.
   *
   * @return true if more is known of {@code to} than before
   */
  public static boolean refine(Value to, Value from) {
    return Refinement.refine(to, from.type(), from.data());
  }

  /**
   * Removes a node whose results nobody uses.
   *
   * @throws IllegalStateException if somebody does
   */
  public static void erase(Node node) {
    for (Value result : node.results()) {
      if (!result.users().isEmpty() || result.isBlockResult()) {
        throw new IllegalStateException("result " + result + " of an erased node is still used");
      }
    }
    node.block().remove(node);
  }

  /**
   * Removes all pure nodes of a block, and of blocks nested in it, whose results nobody uses.
   *
   * @return how many were removed
   */
  public static int eraseDead(Block block) {
    java.util.Set<Value> kept =
        java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    kept.addAll(block.results());
    Deque<Node> work = new ArrayDeque<>();
    for (Node node : block.nodes()) {
      work.push(node);
    }
    int erased = 0;
    while (!work.isEmpty()) {
      Node node = work.pop();
      if (!node.isAttached()) {
        continue;
      }
      boolean used =
          node.results().stream().anyMatch(r -> !r.users().isEmpty() || kept.contains(r));
      if (used || !node.op().isPure()) {
        for (Block nested : node.op().blocks()) {
          erased += eraseDead(nested);
        }
        continue;
      }
      node.block().remove(node);
      erased++;
      for (Value operand : node.operands()) {
        if (operand.producer() != null) {
          work.push(operand.producer());
        }
      }
    }
    return erased;
  }

  /**
   * Copies the nodes of {@code source} to where {@code builder} stands.
   *
   * @param arguments the values, of the builder's block, for the arguments of {@code source}
   * @return the values of the builder's block that correspond to the results of {@code source}
   */
  public static List<Value> inline(Block source, List<Value> arguments, BlockBuilder builder) {
    Map<Value, Value> mapping = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      mapping.put(source.arguments().get(i), arguments.get(i));
    }
    List<String> provenance = builder.provenance();
    for (Node node : source.nodes()) {
      List<Value> operands = node.operands().stream().map(mapping::get).toList();
      List<Value> results = builder.from(node.provenance()).addAll(node.op(), operands);
      for (int i = 0; i < results.size(); i++) {
        mapping.put(node.results().get(i), results.get(i));
        results.get(i).setName(node.results().get(i).name());
      }
    }
    builder.from(provenance);
    return source.results().stream().map(mapping::get).toList();
  }
}
