package dev.lathe.ir;

import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.Operands;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adds nodes to a block, infers the types of their results, and refuses ill-shaped ones.
 *
 * <p>Every node gets the provenance that was set last. Not safe for use by several threads.
 */
public final class BlockBuilder {
  private final Block block;
  private final @Nullable Node anchor;
  private List<String> provenance = List.of();

  BlockBuilder(Block block, @Nullable Node anchor) {
    this.block = block;
    this.anchor = anchor;
  }

  /** The block to which nodes are added. */
  public Block block() {
    return block;
  }

  /** Sets the names of the source nodes that the nodes added from now on come from. */
  public BlockBuilder from(List<String> sources) {
    provenance = List.copyOf(sources);
    return this;
  }

  /** Sets the name of the source node that the nodes added from now on come from. */
  public BlockBuilder from(String source) {
    return from(List.of(source));
  }

  /** The provenance that nodes get now. */
  public List<String> provenance() {
    return provenance;
  }

  /** Adds an argument to the block. */
  public Value argument(@Nullable String name, TensorType type) {
    return argument(name, type, null);
  }

  /** Adds an argument of whose elements something is known. */
  public Value argument(@Nullable String name, TensorType type, @Nullable PropagatedData data) {
    block.freshDims().reserve(type.shape());
    return block.addArgument(name, type, data);
  }

  /**
   * A builder of a new block to be nested in an op that is added here; it sees none of these
   * values.
   */
  public BlockBuilder nested() {
    return new BlockBuilder(new Block(block.freshDims()), null).from(provenance);
  }

  /**
   * Adds a node.
   *
   * @return its results, unnamed
   * @throws TypeException if the op cannot take the operands; the message names the op, the
   *     operands' types and the provenance
   * @throws IllegalArgumentException if an operand is not of this block
   */
  public List<Value> addAll(Op op, List<Value> operands) {
    for (Value operand : operands) {
      if (operand.block() != block) {
        throw new IllegalArgumentException(
            "operand " + operand + " of " + op.mnemonic() + " is of another block");
      }
    }
    Operands view = view(operands, block.freshDims());
    List<TensorType> types = infer(op, view, provenance);
    return insert(op, operands, types, DataPropagation.propagate(op, view, types));
  }

  /**
   * Adds a node whose result types are known: nothing is inferred, and nothing is known of
   * elements. For readers of forms that were written from a sound graph.
   */
  public List<Value> addDeclared(Op op, List<Value> operands, List<TensorType> types) {
    for (TensorType type : types) {
      block.freshDims().reserve(type.shape());
    }
    return insert(op, operands, types, Collections.nCopies(types.size(), null));
  }

  private List<Value> insert(
      Op op,
      List<Value> operands,
      List<TensorType> types,
      List<? extends @Nullable PropagatedData> data) {
    Node node = new Node(block, op, operands, provenance);
    for (int i = 0; i < types.size(); i++) {
      node.addResult(new Value(block, node, i, types.get(i), null, data.get(i)));
    }
    block.insert(node, anchor);
    return node.results();
  }

  static Operands view(List<Value> operands, FreshDims freshDims) {
    List<TensorType> types = new ArrayList<>(operands.size());
    List<@Nullable PropagatedData> data = new ArrayList<>(operands.size());
    List<@Nullable ConstantData> constants = new ArrayList<>(operands.size());
    for (Value operand : operands) {
      types.add(operand.type());
      data.add(operand.data());
      constants.add(operand.constant());
    }
    return new Operands(types, data, constants, freshDims);
  }

  static List<TensorType> infer(Op op, Operands view, List<String> provenance) {
    try {
      return op.infer(view);
    } catch (IllegalArgumentException | ArithmeticException e) {
      String where = provenance.isEmpty() ? "" : " (from " + String.join(", ", provenance) + ")";
      throw new TypeException(
          op.mnemonic() + where + " of " + view.types() + ": " + e.getMessage(), e);
    }
  }

  /** Adds a node that gives its first result; see {@link #addAll}. */
  public Value add(Op op, Value... operands) {
    return addAll(op, List.of(operands)).get(0);
  }

  /** Adds a node that gives its first result; see {@link #addAll}. */
  public Value add(Op op, List<Value> operands) {
    return addAll(op, operands).get(0);
  }

  /** Gives a value a name from the source, if it has none. */
  public Value name(Value value, String name) {
    if (value.name() == null) {
      value.setName(name);
    }
    return value;
  }

  /**
   * Declares that the type of {@code value}, which this builder added, is {@code type}, for readers
   * of forms that say more of it than can be inferred.
   *
   * @throws TypeException if the types are not compatible
   */
  public Value declare(Value value, TensorType type) {
    if (!value.type().isCompatibleWith(type)) {
      throw new TypeException(value + " is declared as " + type);
    }
    block.freshDims().reserve(type.shape());
    value.setType(type);
    return value;
  }

  /**
   * Makes sure that unbacked symbols of {@code shape} are not given to values inferred from now on.
   */
  public BlockBuilder reserve(Shape shape) {
    block.freshDims().reserve(shape);
    return this;
  }

  /** Adds a constant. */
  public Value constant(ConstantData data) {
    return add(new CreationOp.Constant(data));
  }

  /** Adds a 1-d i64 constant. */
  public Value longs(long... values) {
    return constant(ConstantData.ofLongs(values));
  }

  /** Adds a 0-d constant of the given element type. */
  public Value scalar(ElementType type, double value) {
    return constant(ConstantData.ofScalar(type, value));
  }

  /** Adds a 1-d i64 tensor of dimensions: a constant if all are fixed. */
  public Value dims(List<Dim> dims) {
    return dims.stream().allMatch(Dim::isFixed)
        ? longs(dims.stream().mapToLong(Dim::value).toArray())
        : add(new CreationOp.Dims(dims));
  }

  /** Sets the results of the block and gives it. */
  public Block finish(List<Value> results) {
    for (Value result : results) {
      if (result.block() != block) {
        throw new IllegalArgumentException("result " + result + " is of another block");
      }
    }
    block.setResults(results);
    return block;
  }
}
