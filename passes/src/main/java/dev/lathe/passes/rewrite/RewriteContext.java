package dev.lathe.passes.rewrite;

import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.PassOptions;
import java.util.HashSet;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a rule may ask while it looks at a node, and the builder of its right side. */
public final class RewriteContext {
  /**
   * How deep {@link #isKnown} looks for constants: deeper than any sensible chain that is left,
   * such as that of a convolution that has taken in five branches with their normalisations.
   */
  private static final int MAX_KNOWN_DEPTH = 32;

  /** Larger constants are not looked through for equal elements. */
  private static final long MAX_UNIFORM_ELEMENTS = 1 << 16;

  private final Graph graph;
  private final PassOptions options;
  private final BlockBuilder builder;

  RewriteContext(Graph graph, PassOptions options, BlockBuilder builder) {
    this.graph = graph;
    this.options = options;
    this.builder = builder;
  }

  /** The options of the pipeline. */
  public PassOptions options() {
    return options;
  }

  /** A builder whose nodes stand before the node that is looked at. */
  public BlockBuilder builder() {
    return builder;
  }

  /** Adds a node of the right side; its first result. */
  public Value add(Op op, Value... operands) {
    return builder.add(op, operands);
  }

  /** Adds a 0-d constant of the element type of {@code like}. */
  public Value scalarLike(Value like, double value) {
    return builder.scalar(like.type().elementType(), value);
  }

  /** Adds a 0-d constant. */
  public Value scalar(ElementType type, double value) {
    return builder.scalar(type, value);
  }

  /**
   * The elements of a value if they are known now: it is a constant, or a parameter and parameters
   * may be folded. Null if not.
   */
  public @Nullable ConstantData data(Value value) {
    Node producer = value.producer();
    if (producer != null
        && producer.op() instanceof CreationOp.Parameter
        && !options.foldParameters()) {
      return null;
    }
    return graph.dataOf(value);
  }

  /**
   * True if a value depends on nothing that is given when the model runs: it is computed from
   * constants, and from parameters where these may be folded. A backend can compute it at load.
   */
  public boolean isKnown(Value value) {
    return isKnown(value, MAX_KNOWN_DEPTH, new HashSet<>());
  }

  /**
   * @param seen what was looked at: known, or else the answer is no already
   */
  private boolean isKnown(Value value, int depth, Set<Value> seen) {
    Node producer = value.producer();
    if (producer == null || depth == 0 || !producer.op().isPure()) {
      return false;
    }
    if (!seen.add(value)) {
      return true;
    }
    if (!producer.op().blocks().isEmpty()) {
      return false;
    }
    return switch (producer.op()) {
      case CreationOp.Constant ignored -> true;
      case CreationOp.Parameter ignored -> options.foldParameters();
      case CreationOp.Dims ignored -> false;
      default -> {
        boolean known = !producer.operands().isEmpty();
        for (Value operand : producer.operands()) {
          known = known && isKnown(operand, depth - 1, seen);
        }
        yield known;
      }
    };
  }

  /**
   * The number that all elements of a value are: of a known one with equal elements, also where it
   * is reshaped or expanded. Empty if the value is not known, or its elements differ.
   */
  public OptionalDouble uniform(Value value) {
    Node producer = value.producer();
    if (producer != null
        && (producer.op() instanceof ShapeOp.Expand || producer.op() instanceof ShapeOp.Reshape)) {
      return uniform(producer.operand(0));
    }
    ConstantData data = data(value);
    if (data == null || data.elementCount() > MAX_UNIFORM_ELEMENTS || !data.isUniform()) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(data.getDouble(0));
  }

  /** True if all elements of a value are known to be {@code number}. */
  public boolean isUniform(Value value, double number) {
    OptionalDouble uniform = uniform(value);
    return uniform.isPresent() && uniform.getAsDouble() == number;
  }

  /** True if all elements of a value are known to be {@code number} up to rounding to f32. */
  public boolean isNear(Value value, double number) {
    OptionalDouble uniform = uniform(value);
    return uniform.isPresent() && Numbers.isNear(uniform.getAsDouble(), number);
  }

  /**
   * Adds a parameter to the graph, and a node that gives it.
   *
   * @param base the name from which that of the parameter is derived: {@code base.folded}, and a
   *     number where that is taken
   */
  public Value parameter(String base, ConstantData data) {
    String stem = base.endsWith(".folded") ? base : base + ".folded";
    String name = stem;
    for (int i = 1; graph.parameters().containsKey(name); i++) {
      name = stem + "." + i;
    }
    graph.parameter(name, data);
    return builder.add(new CreationOp.Parameter(name, data.type()));
  }
}
