package dev.lathe.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Arguments, nodes in an order in which values come before their uses, and results. A block uses no
 * value from outside itself.
 *
 * <p>Blocks are made by a {@link BlockBuilder} and changed by a {@link GraphEditor}; to all others
 * they are read-only. Not safe for use by several threads while somebody changes it.
 */
public final class Block {
  private final List<Value> arguments = new ArrayList<>();
  private final List<Value> results = new ArrayList<>();
  private final FreshDims freshDims;
  private @Nullable Node first;
  private @Nullable Node last;
  private int size;

  Block(FreshDims freshDims) {
    this.freshDims = freshDims;
  }

  /** The values that come in. */
  public List<Value> arguments() {
    return Collections.unmodifiableList(arguments);
  }

  /** The values that go out; one may go out twice. */
  public List<Value> results() {
    return Collections.unmodifiableList(results);
  }

  /** The number of nodes, those of nested blocks not counted. */
  public int size() {
    return size;
  }

  /** The first node, or null if there is none. */
  public @Nullable Node first() {
    return first;
  }

  /** The last node, or null if there is none. */
  public @Nullable Node last() {
    return last;
  }

  /**
   * The nodes in order; the iteration sees nodes inserted behind its place, and survives erasure of
   * the node it gave last.
   */
  public Iterable<Node> nodes() {
    return () ->
        new Iterator<>() {
          private @Nullable Node given;
          private @Nullable Node ahead = first;

          @Override
          public boolean hasNext() {
            if (given != null) {
              ahead = given.attached ? given.next : ahead;
            }
            return ahead != null;
          }

          @Override
          public Node next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            given = java.util.Objects.requireNonNull(ahead);
            ahead = given.next;
            return given;
          }
        };
  }

  FreshDims freshDims() {
    return freshDims;
  }

  Value addArgument(@Nullable String name, TensorType type, @Nullable PropagatedData data) {
    Value value = new Value(this, null, arguments.size(), type, name, data);
    arguments.add(value);
    return value;
  }

  void setResults(List<Value> values) {
    results.clear();
    results.addAll(values);
  }

  void replaceResult(Value from, Value to) {
    Collections.replaceAll(results, from, to);
  }

  /** Inserts before {@code anchor}, or at the end if that is null. */
  void insert(Node node, @Nullable Node anchor) {
    Node before = anchor == null ? last : anchor.previous;
    node.previous = before;
    node.next = anchor;
    if (before == null) {
      first = node;
    } else {
      before.next = node;
    }
    if (anchor == null) {
      last = node;
    } else {
      anchor.previous = node;
    }
    node.attached = true;
    size++;
    for (Value operand : node.operands()) {
      operand.addUser(node);
    }
  }

  void remove(Node node) {
    if (node.previous == null) {
      first = node.next;
    } else {
      node.previous.next = node.next;
    }
    if (node.next == null) {
      last = node.previous;
    } else {
      node.next.previous = node.previous;
    }
    // The links of the removed node stay, so that an iteration standing on it can go on.
    node.attached = false;
    size--;
    for (Value operand : node.operands()) {
      operand.removeUser(node);
    }
  }
}
