package dev.lathe.ir;

import dev.lathe.ir.op.Op;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One application of an op: which values go in, which come out, and where it came from. What is
 * computed is the {@linkplain #op() op}.
 */
public final class Node {
  private final Block block;
  private final Op op;
  private final List<Value> operands;
  private final List<Value> results = new ArrayList<>(1);
  private List<String> provenance;
  @Nullable Node previous;
  @Nullable Node next;
  boolean attached;

  Node(Block block, Op op, List<Value> operands, List<String> provenance) {
    this.block = block;
    this.op = op;
    this.operands = new ArrayList<>(operands);
    this.provenance = List.copyOf(provenance);
  }

  /** The block in which this stands. */
  public Block block() {
    return block;
  }

  /** What is computed. */
  public Op op() {
    return op;
  }

  /** The values that go in. */
  public List<Value> operands() {
    return Collections.unmodifiableList(operands);
  }

  /** The value that goes in at {@code index}. */
  public Value operand(int index) {
    return operands.get(index);
  }

  /** The values that come out. */
  public List<Value> results() {
    return Collections.unmodifiableList(results);
  }

  /** The first value that comes out. */
  public Value result() {
    return results.get(0);
  }

  /** The names of the nodes of the source from which this came, the oldest first. */
  public List<String> provenance() {
    return provenance;
  }

  /** The node that comes next in the block, or null. */
  public @Nullable Node next() {
    return next;
  }

  /** The node that comes before in the block, or null. */
  public @Nullable Node previous() {
    return previous;
  }

  /** False once the node was erased from its block. */
  public boolean isAttached() {
    return attached;
  }

  void setProvenance(List<String> sources) {
    provenance = List.copyOf(sources);
  }

  void addResult(Value result) {
    results.add(result);
  }

  void setOperand(int index, Value value) {
    Value old = operands.set(index, value);
    if (old != value) {
      if (!operands.contains(old)) {
        old.removeUser(this);
      }
      value.addUser(this);
    }
  }

  @Override
  public String toString() {
    return op.mnemonic() + operands;
  }
}
