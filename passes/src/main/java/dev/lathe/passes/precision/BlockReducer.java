package dev.lathe.passes.precision;

import dev.lathe.ir.Block;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.GraphEditor;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.passes.PassContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives the nodes of one block narrow operands where that pays, in order. A node that is changed
 * has narrow results, and a conversion back to f32 behind each for who needs that; whoever takes
 * narrow operands takes what stands before the conversion.
 */
final class BlockReducer {
  /** Bytes from which on a table that rows are looked up in is a weight worth rounding. */
  private static final long SMALLEST_TABLE = 1 << 16;

  private final Graph graph;
  private final ElementType narrow;
  private final long few;
  private final Set<Node> wide;
  private final PassContext context;
  private final Map<Value, Value> narrowed = new HashMap<>();

  /** Values in f32 that were computed from narrow ones alone: rounding them is no new error. */
  private final Set<Value> derived = new HashSet<>();

  private Set<Value> demanded = Set.of();

  /**
   * @param few see {@link Role#of}
   * @param wide see there too
   */
  BlockReducer(Graph graph, ElementType narrow, long few, Set<Node> wide, PassContext context) {
    this.graph = graph;
    this.narrow = narrow;
    this.few = few;
    this.wide = wide;
    this.context = context;
  }

  /** Changes the nodes of a block, and of the branches in it. */
  void run(Block block) {
    demanded = Demand.of(block, few, wide);
    List<Node> nodes = new ArrayList<>();
    block.nodes().forEach(nodes::add);
    for (Node node : nodes) {
      if (node.op() instanceof ControlFlowOp.If) {
        node.op().blocks().forEach(b -> new BlockReducer(graph, narrow, few, wide, context).run(b));
      }
      Role role = Role.of(node, few, wide);
      if (context.mayRewrite() && isReduced(node, role)) {
        reduce(node, role);
        context.countRewrite(ReducedPrecisionPass.RULE);
      } else if (isDerived(node)) {
        derived.add(node.result());
      }
    }
    GraphEditor.eraseDead(block);
  }

  private boolean isReduced(Node node, Role role) {
    if (role.kind() == Role.Kind.WIDE || !allWide(node, role)) {
      return false;
    }
    boolean pays = node.results().stream().anyMatch(demanded::contains);
    return switch (role.kind()) {
      case PRODUCT -> true;
      case LOOKUP -> isTable(node.operand(0));
      case CARRIER -> pays && hasNarrowOperands(node, role);
      case WIDE -> false;
    };
  }

  private boolean isDerived(Node node) {
    boolean some = false;
    boolean computes = node.op() instanceof ElementwiseOp || node.op() instanceof NormalizationOp;
    if (!computes || node.result().type().elementType() != ElementType.F32) {
      return false;
    }
    for (Value operand : node.operands()) {
      boolean near = isNear(operand);
      if (!near && graph.dataOf(operand) == null) {
        return false;
      }
      some |= near;
    }
    return some;
  }

  private boolean isNear(Value value) {
    return narrowed.containsKey(value) || derived.contains(value);
  }

  /** Whether the operands in question are f32 now: integers and what is narrow already is not. */
  private static boolean allWide(Node node, Role role) {
    return role.operands().stream()
        .allMatch(index -> node.operand(index).type().elementType() == ElementType.F32);
  }

  private boolean isTable(Value value) {
    ConstantData data = graph.dataOf(value);
    return data != null
        && data.segment().byteSize() >= SMALLEST_TABLE
        && NarrowWeights.fits(data, narrow);
  }

  /** Whether one operand is narrow, or as good as that, and the others are, or can be known so. */
  private boolean hasNarrowOperands(Node node, Role role) {
    boolean some = false;
    for (int index : role.operands()) {
      Value operand = node.operand(index);
      ConstantData data = graph.dataOf(operand);
      boolean fits = data != null ? isHarmless(data) : isNear(operand);
      if (!fits) {
        return false;
      }
      some |= data == null;
    }
    return some;
  }

  /** Whether a constant may be rounded: the error of one number would be that of every result. */
  private boolean isHarmless(ConstantData data) {
    return data.isUniform()
        ? NarrowWeights.isExact(data, narrow)
        : NarrowWeights.fits(data, narrow);
  }

  private void reduce(Node node, Role role) {
    BlockBuilder builder = GraphEditor.before(node);
    List<Value> operands = new ArrayList<>(node.operands());
    for (int index : role.operands()) {
      operands.set(index, narrow(node.operand(index), builder));
    }
    List<Value> results = builder.addAll(node.op(), operands);
    for (int i = 0; i < results.size(); i++) {
      Value wide = builder.add(new Cast(ElementType.F32), results.get(i));
      Value old = node.results().get(i);
      GraphEditor.refine(wide, old);
      GraphEditor.replaceUses(old, wide);
      if (demanded.contains(old)) {
        demanded.add(wide);
      }
      narrowed.put(wide, results.get(i));
    }
    GraphEditor.erase(node);
  }

  private Value narrow(Value wide, BlockBuilder builder) {
    Value known = narrowed.get(wide);
    if (known != null) {
      return known;
    }
    ConstantData data = graph.dataOf(wide);
    Value value = data == null ? builder.add(new Cast(narrow), wide) : weight(wide, data, builder);
    narrowed.put(wide, value);
    return value;
  }

  /** Whether rows of a weight, along its first axis, belong to one channel of the result. */
  private static boolean hasChannelsFirst(Value weight) {
    return weight.users().stream()
        .allMatch(
            user -> user.op() instanceof ConvolutionOp.Convolution && user.operand(1) == weight);
  }

  private ConstantData rounded(Value wide, ConstantData data) {
    return hasChannelsFirst(wide)
        ? NarrowWeights.withRowSums(data, narrow)
        : NarrowWeights.of(data, narrow);
  }

  private Value weight(Value wide, ConstantData data, BlockBuilder builder) {
    Node producer = wide.producer();
    if (producer == null || !(producer.op() instanceof CreationOp.Parameter parameter)) {
      return builder.constant(rounded(wide, data));
    }
    String name = parameter.name() + "." + narrow;
    ConstantData known = graph.parameters().get(name);
    ConstantData elements = known != null ? known : rounded(wide, data);
    graph.parameter(name, elements);
    return builder.add(new CreationOp.Parameter(name, elements.type()));
  }
}
