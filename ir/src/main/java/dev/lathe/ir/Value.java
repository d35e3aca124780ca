package dev.lathe.ir;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One tensor of a graph: an argument of a block or a result of a node. Values have identity; two
 * are never equal unless they are the same.
 */
public final class Value {
  private final Block block;
  private final @Nullable Node producer;
  private final int index;
  private TensorType type;
  private @Nullable String name;
  private @Nullable PropagatedData data;
  private final Set<Node> users = new LinkedHashSet<>(4);

  Value(
      Block block,
      @Nullable Node producer,
      int index,
      TensorType type,
      @Nullable String name,
      @Nullable PropagatedData data) {
    this.block = block;
    this.producer = producer;
    this.index = index;
    this.type = type;
    this.name = name;
    this.data = data;
  }

  /** The block whose argument this is, or in which its producer stands. */
  public Block block() {
    return block;
  }

  /** The node whose result this is; null for an argument of a block. */
  public @Nullable Node producer() {
    return producer;
  }

  /** The position among the results of the producer, or among the arguments of the block. */
  public int index() {
    return index;
  }

  /** The type. */
  public TensorType type() {
    return type;
  }

  /** A name from the source, which need not be unique; null if there is none. */
  public @Nullable String name() {
    return name;
  }

  /** What is known of the elements of a small integer tensor before it is computed, or null. */
  public @Nullable PropagatedData data() {
    return data;
  }

  /** The elements, if the producer is a constant; else null. */
  public @Nullable ConstantData constant() {
    return producer != null && producer.op() instanceof dev.lathe.ir.op.CreationOp.Constant constant
        ? constant.data()
        : null;
  }

  /** The nodes that take this as an operand, each once, in the order in which they began to. */
  public Set<Node> users() {
    return Collections.unmodifiableSet(users);
  }

  /** True if this is a result of its block. */
  public boolean isBlockResult() {
    return block.results().contains(this);
  }

  void addUser(Node user) {
    users.add(user);
  }

  void removeUser(Node user) {
    users.remove(user);
  }

  void setType(TensorType newType) {
    type = newType;
  }

  void setData(@Nullable PropagatedData newData) {
    data = newData;
  }

  void setName(@Nullable String newName) {
    name = newName;
  }

  @Override
  public String toString() {
    return "%"
        + (name != null ? name : producer != null ? producer.op().mnemonic() : "arg" + index)
        + ": "
        + type;
  }
}
