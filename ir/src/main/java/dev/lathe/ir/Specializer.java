package dev.lathe.ir;

import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds a function for given sizes of its symbols: every shape that depends on them becomes
 * fixed, shape arithmetic becomes constants, and an {@code if} whose condition is known becomes its
 * branch.
 *
 * <p>Given data for inputs (small integers that decide shapes), these become constants as well; the
 * inputs stay in the signature.
 */
public final class Specializer {
  private final Map<String, Dim> bindings;

  private Specializer(Map<String, Dim> bindings) {
    this.bindings = bindings;
  }

  /**
   * The sizes of the symbols of {@code function} for inputs of the given types.
   *
   * @param types one for each input, with fixed shapes
   * @return a size for each symbol that stands alone in some input dimension
   * @throws TypeException if an input has another element type or rank, a fixed dimension another
   *     size, or two dimensions of one symbol different sizes; the message names the input
   */
  public static Map<String, Long> bind(Function function, List<TensorType> types) {
    if (types.size() != function.inputs().size()) {
      throw new TypeException(
          function.name()
              + " takes "
              + function.inputs().size()
              + " inputs "
              + function.inputNames()
              + ", not "
              + types.size());
    }
    Map<String, Long> sizes = new TreeMap<>();
    for (int i = 0; i < types.size(); i++) {
      bindInput(function, i, types.get(i), sizes);
    }
    for (int i = 0; i < types.size(); i++) {
      TensorType declared = function.inputs().get(i).type();
      for (int d = 0; d < declared.rank(); d++) {
        long expected;
        try {
          expected = declared.dim(d).evaluate(sizes);
        } catch (IllegalArgumentException e) {
          continue;
        }
        if (expected != types.get(i).dim(d).value()) {
          throw mismatch(
              function,
              i,
              types.get(i),
              "axis "
                  + d
                  + " must be "
                  + expected
                  + (declared.dim(d).isFixed()
                      ? ""
                      : " (" + declared.dim(d) + " as bound by another dimension)"));
        }
      }
    }
    return sizes;
  }

  private static void bindInput(
      Function function, int index, TensorType actual, Map<String, Long> sizes) {
    TensorType declared = function.inputs().get(index).type();
    if (declared.elementType() != actual.elementType()) {
      throw mismatch(function, index, actual, "the element type must be " + declared.elementType());
    }
    if (declared.rank() != actual.rank()) {
      throw mismatch(function, index, actual, "the rank must be " + declared.rank());
    }
    for (int d = 0; d < declared.rank(); d++) {
      if (declared.dim(d).isSymbol()) {
        sizes.putIfAbsent(declared.dim(d).symbolName(), actual.dim(d).value());
      }
    }
  }

  private static TypeException mismatch(
      Function function, int index, TensorType actual, String why) {
    return new TypeException(
        "input '"
            + function.inputNames().get(index)
            + "' is "
            + function.inputs().get(index).type()
            + " but is given "
            + actual
            + ": "
            + why);
  }

  /**
   * Specialises every function of a graph.
   *
   * @param sizes sizes for symbols; those without stay symbolic
   * @return a new graph, which shares the memory of parameters and constants with {@code graph}
   */
  public static Graph specialize(Graph graph, Map<String, Long> sizes) {
    return specialize(graph, sizes, Map.of());
  }

  /**
   * Specialises every function of a graph.
   *
   * @param sizes sizes for symbols; those without stay symbolic
   * @param inputs data of inputs of the forward function, by name, that become constants
   * @return a new graph, which shares the memory of parameters and constants with {@code graph}
   */
  public static Graph specialize(
      Graph graph, Map<String, Long> sizes, Map<String, ConstantData> inputs) {
    Map<String, Dim> bindings = new HashMap<>();
    sizes.forEach((name, size) -> bindings.put(name, Dim.of(size)));
    Specializer specializer = new Specializer(bindings);
    Graph result = new Graph(graph.name());
    graph.parameters().forEach(result::parameter);
    graph.metadata().forEach(result::metadata);
    for (Function function : graph.functions().values()) {
      result.add(specializer.function(function, result.newBlock(), inputs));
    }
    return result;
  }

  private Function function(
      Function function, BlockBuilder builder, Map<String, ConstantData> inputs) {
    Map<Value, Value> mapping = new HashMap<>();
    for (int i = 0; i < function.inputs().size(); i++) {
      Value input = function.inputs().get(i);
      String name = function.inputNames().get(i);
      Value argument =
          builder.argument(
              input.name() == null ? name : input.name(), input.type().substitute(bindings));
      ConstantData data = inputs.get(name);
      mapping.put(input, data == null ? argument : builder.constant(data));
    }
    copy(function.body(), mapping, builder);
    Block body = builder.finish(results(function.body(), mapping));
    GraphEditor.eraseDead(body);
    return new Function(function.name(), body, function.inputNames(), function.outputNames());
  }

  /**
   * Copies the nodes of a block into another, as where a model is a part of another one.
   *
   * @param given what stands for the block's arguments; may also have values for results of nodes,
   *     such as parameters, which are then not copied
   * @param bindings what stands for the block's symbols
   * @return what stands for every value of the block
   * @throws TypeException if the block cannot take what is given
   */
  public static Map<Value, Value> copyInto(
      Block block, Map<Value, Value> given, Map<String, Dim> bindings, BlockBuilder builder) {
    Map<Value, Value> mapping = new HashMap<>(given);
    List<String> provenance = builder.provenance();
    new Specializer(Map.copyOf(bindings)).copy(block, mapping, builder);
    builder.from(provenance);
    return mapping;
  }

  private static List<Value> results(Block block, Map<Value, Value> mapping) {
    List<Value> results = new ArrayList<>();
    for (Value value : block.results()) {
      results.add(mapped(mapping, value));
    }
    return results;
  }

  private static Value mapped(Map<Value, Value> mapping, Value value) {
    Value result = mapping.get(value);
    if (result == null) {
      throw new IllegalStateException("value " + value + " is used before it is defined");
    }
    return result;
  }

  private void copy(Block block, Map<Value, Value> mapping, BlockBuilder builder) {
    for (Node node : block.nodes()) {
      if (!node.results().isEmpty() && mapping.keySet().containsAll(node.results())) {
        continue;
      }
      List<Value> operands = new ArrayList<>(node.operands().size());
      for (Value operand : node.operands()) {
        operands.add(mapped(mapping, operand));
      }
      List<Value> results = node(node, operands, builder.from(node.provenance()));
      for (int i = 0; i < results.size(); i++) {
        Value old = node.results().get(i);
        mapping.put(old, results.get(i));
        if (old.name() != null && results.get(i).producer() != null) {
          builder.name(results.get(i), old.name());
        }
      }
    }
  }

  private List<Value> node(Node node, List<Value> operands, BlockBuilder builder) {
    Op op = node.op();
    if (op instanceof ControlFlowOp.If branch) {
      PropagatedData condition = operands.get(0).data();
      if (condition != null && condition.isFixed()) {
        Block taken = condition.elements().get(0).is(0) ? branch.elseBlock() : branch.thenBlock();
        return inline(taken, operands.subList(1, operands.size()), builder);
      }
      return builder.addAll(
          new ControlFlowOp.If(
              branch(branch.thenBlock(), operands.subList(1, operands.size()), builder),
              branch(branch.elseBlock(), operands.subList(1, operands.size()), builder)),
          operands);
    }
    if (op instanceof ControlFlowOp.Loop loop) {
      return builder.addAll(
          new ControlFlowOp.Loop(nestedLoop(loop, operands, builder), loop.carried()), operands);
    }
    if (op instanceof CreationOp.Dims dims) {
      return List.of(builder.dims(dims.dims().stream().map(d -> d.substitute(bindings)).toList()));
    }
    List<Value> results = builder.addAll(op, operands);
    if (results.size() == 1 && !(op instanceof CreationOp)) {
      Value constant = constantOrNull(results.get(0), builder);
      if (constant != null) {
        return List.of(constant);
      }
    }
    return results;
  }

  private List<Value> inline(Block block, List<Value> arguments, BlockBuilder builder) {
    Map<Value, Value> mapping = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      mapping.put(block.arguments().get(i), arguments.get(i));
    }
    copy(block, mapping, builder);
    return results(block, mapping);
  }

  /**
   * A branch for what it is given. One that is ill-shaped for these sizes is one that a sound model
   * never takes for them; it stays as it is, for the condition to decide.
   */
  private Block branch(Block block, List<Value> given, BlockBuilder outer) {
    try {
      return nested(block, given, outer);
    } catch (TypeException e) {
      return block;
    }
  }

  /** A copy of {@code block} whose arguments have the types and the known data of {@code given}. */
  private Block nested(Block block, List<Value> given, BlockBuilder outer) {
    BlockBuilder builder = outer.nested();
    Map<Value, Value> mapping = new HashMap<>();
    for (int i = 0; i < given.size(); i++) {
      Value old = block.arguments().get(i);
      String name = old.name() == null ? "arg" + i : old.name();
      mapping.put(old, builder.argument(name, given.get(i).type(), given.get(i).data()));
    }
    copy(block, mapping, builder);
    Block result = builder.finish(results(block, mapping));
    GraphEditor.eraseDead(result);
    return result;
  }

  /**
   * Carried values change from trip to trip, so only what is captured keeps what is known of it.
   */
  private Block nestedLoop(ControlFlowOp.Loop loop, List<Value> given, BlockBuilder outer) {
    BlockBuilder builder = outer.nested();
    Map<Value, Value> mapping = new HashMap<>();
    for (int i = 0; i < given.size(); i++) {
      Value old = loop.body().arguments().get(i);
      boolean captured = i >= 2 + loop.carried();
      TensorType type = captured ? given.get(i).type() : old.type().substitute(bindings);
      String name = old.name() == null ? "arg" + i : old.name();
      mapping.put(old, builder.argument(name, type, captured ? given.get(i).data() : null));
    }
    copy(loop.body(), mapping, builder);
    Block result = builder.finish(results(loop.body(), mapping));
    GraphEditor.eraseDead(result);
    return result;
  }

  /**
   * The constant that {@code value} is known to be, which then replaces its producer; null if
   * unknown.
   */
  private static @Nullable Value constantOrNull(Value value, BlockBuilder builder) {
    PropagatedData data = value.data();
    if (data == null || !data.isFixed()) {
      return null;
    }
    ConstantData longs =
        data.scalar() ? ConstantData.ofLong(data.values()[0]) : ConstantData.ofLongs(data.values());
    ConstantData constant = ConstantData.convert(longs, value.type().elementType());
    if (value.producer() != null) {
      GraphEditor.erase(value.producer());
    }
    return builder.constant(constant);
  }
}
