package dev.lathe.frontend.onnx;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.frontend.onnx.proto.AttributeProto;
import dev.lathe.frontend.onnx.proto.AttributeProto.GraphValue;
import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.frontend.onnx.proto.NodeProto;
import dev.lathe.frontend.onnx.proto.TensorProto;
import dev.lathe.frontend.onnx.proto.ValueInfoProto;
import dev.lathe.ir.Block;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp.If;
import dev.lathe.ir.op.ControlFlowOp.Loop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code If} and {@code Loop}. Their graphs may use any name around them; blocks see only their
 * arguments, so what is used becomes an operand and an argument, except tensors of the file, which
 * are placed in the block itself.
 */
final class ControlFlow {

  private ControlFlow() {}

  /**
   * {@code If}-19. With a condition known beforehand the branch taken is lowered in place. Where
   * the branches differ in rank, which the graph cannot express, the form that {@code
   * torch.squeeze} is exported in is understood: the branch that squeezes is taken, and the squeeze
   * itself refuses the sizes for which the other one was meant.
   */
  static List<Value> lowerIf(OnnxNode node) {
    GraphProto yes = node.attributes().graph("then_branch");
    GraphProto no = node.attributes().graph("else_branch");
    Value condition = node.in(0);
    PropagatedData known = condition.data();
    if (known != null && known.isFixed() && known.elements().size() == 1) {
      return inline(node, known.elements().get(0).is(0) ? no : yes);
    }
    GraphProto squeezing =
        isSqueeze(yes) && isNothing(no) ? yes : isSqueeze(no) && isNothing(yes) ? no : null;
    if (squeezing != null) {
      node.lowering()
          .assume(
              node.outputName(0),
              "the axis squeezed has size 1, as one branch of an If asks whose other leaves it");
      return inline(node, squeezing);
    }
    List<String> names = captures(node, yes, Set.of());
    captures(node, no, Set.of()).stream().filter(name -> !names.contains(name)).forEach(names::add);
    List<Value> operands = new ArrayList<>(List.of(condition));
    Scope thenScope = nested(node, names, operands);
    Scope elseScope = nested(node, names, new ArrayList<>());
    Block thenBlock = block(node, yes, thenScope);
    Block elseBlock = block(node, no, elseScope);
    checkRanks(node, thenBlock, elseBlock);
    return node.emit().addAll(new If(thenBlock, elseBlock), operands);
  }

  private static void checkRanks(OnnxNode node, Block yes, Block no) {
    for (int i = 0; i < Math.min(yes.results().size(), no.results().size()); i++) {
      TensorType a = yes.results().get(i).type();
      TensorType b = no.results().get(i).type();
      if (a.rank() != b.rank()) {
        throw node.unsupported(
            "branches that give " + a + " and " + b + " as output " + i,
            "fix the shapes of the inputs, so that the condition is known beforehand");
      }
    }
  }

  private static boolean isSqueeze(GraphProto graph) {
    List<NodeProto> work =
        graph.nodes().stream().filter(node -> !node.opType().equals("Constant")).toList();
    return work.size() == 1
        && work.get(0).opType().equals("Squeeze")
        && graph.outputs().size() == 1;
  }

  private static boolean isNothing(GraphProto graph) {
    return graph.outputs().size() == 1
        && graph.nodes().stream().allMatch(node -> node.opType().equals("Identity"));
  }

  /** Lowers a graph into the block around it. */
  private static List<Value> inline(OnnxNode node, GraphProto graph) {
    Scope scope = node.scope().within();
    node.lowering().graph(graph, scope);
    return outputs(node, graph, scope);
  }

  private static List<Value> outputs(OnnxNode node, GraphProto graph, Scope scope) {
    List<Value> results = new ArrayList<>();
    for (ValueInfoProto output : graph.outputs()) {
      results.add(node.lowering().value(scope, output.name(), where(node, output.name())));
    }
    return results;
  }

  private static String where(OnnxNode node, String output) {
    return node.where() + ", output " + quote(output) + " of its graph";
  }

  private static Block block(OnnxNode node, GraphProto graph, Scope scope) {
    node.lowering().graph(graph, scope);
    List<Value> results = outputs(node, graph, scope);
    return scope.builder().finish(results);
  }

  /**
   * A scope for a nested block in which names stand for arguments, and the operands they come from.
   */
  private static Scope nested(OnnxNode node, List<String> names, List<Value> operands) {
    Scope scope = node.scope().nested();
    capture(node, scope, names, operands);
    return scope;
  }

  private static void capture(
      OnnxNode node, Scope scope, List<String> names, List<Value> operands) {
    for (String name : names) {
      Value outside = node.lowering().value(node.scope(), name, node.where());
      operands.add(outside);
      scope.define(name, scope.builder().argument(name, outside.type(), outside.data()));
    }
  }

  /**
   * The names a graph takes from outside that stand for values, in the order of their first use.
   */
  private static List<String> captures(OnnxNode node, GraphProto graph, Set<String> defined) {
    Set<String> free = new LinkedHashSet<>();
    collect(graph, defined, free);
    List<String> names = new ArrayList<>();
    for (String name : free) {
      if (node.scope().find(name) instanceof Value) {
        names.add(name);
      }
    }
    return names;
  }

  private static void collect(GraphProto graph, Set<String> around, Set<String> free) {
    Set<String> defined = new HashSet<>(around);
    graph.inputs().forEach(input -> defined.add(input.name()));
    for (TensorProto tensor : graph.initializers()) {
      defined.add(tensor.name());
    }
    for (NodeProto node : graph.nodes()) {
      node.inputs().stream().filter(name -> !defined.contains(name)).forEach(free::add);
      for (AttributeProto attribute : node.attributes().values()) {
        if (attribute.value() instanceof GraphValue inner) {
          collect(inner.value(), defined, free);
        }
      }
      defined.addAll(node.outputs());
    }
    for (ValueInfoProto output : graph.outputs()) {
      if (!defined.contains(output.name())) {
        free.add(output.name());
      }
    }
  }

  /**
   * {@code Loop}-19. Inputs: trip count and condition, either left out, then carried values. The
   * body's inputs are the trip number, the condition and the carried values; its outputs the
   * condition, the carried values and what is collected.
   */
  static List<Value> lowerLoop(OnnxNode node) {
    Emitter emit = node.emit();
    GraphProto body = node.attributes().graph("body");
    int carried = Math.max(0, node.inputs() - 2);
    if (body.inputs().size() != carried + 2 || body.outputs().size() < carried + 1) {
      throw node.invalid(
          "the body has "
              + body.inputs().size()
              + " inputs and "
              + body.outputs().size()
              + " outputs for "
              + carried
              + " carried values");
    }
    Value trips = node.has(0) ? emit.asScalar(node.asLongs(0)) : emit.number(-1);
    Value condition = node.has(1) ? emit.asScalar(node.in(1)) : emit.scalar(ElementType.BOOL, 1);
    List<Value> start = new ArrayList<>();
    for (int i = 0; i < carried; i++) {
      start.add(node.in(i + 2));
    }
    List<TensorType> types = start.stream().map(Value::type).toList();
    Set<String> inputs = new HashSet<>();
    body.inputs().forEach(input -> inputs.add(input.name()));
    List<String> names = captures(node, body, inputs);
    // A carried value may change its shape from trip to trip; sizes that do become unknown.
    for (int attempt = 0; ; attempt++) {
      List<Value> operands = new ArrayList<>(List.of(trips, condition));
      operands.addAll(start);
      Scope scope = node.scope().nested();
      define(scope, body, 0, TensorType.of(ElementType.I64));
      define(scope, body, 1, TensorType.of(ElementType.BOOL));
      for (int i = 0; i < carried; i++) {
        define(scope, body, i + 2, types.get(i));
      }
      capture(node, scope, names, operands);
      node.lowering().graph(body, scope);
      List<Value> results = outputs(node, body, scope);
      results.set(0, new Emitter(scope.builder()).asScalar(results.get(0)));
      List<TensorType> widened = widen(node, types, results);
      if (widened.equals(types)) {
        return emit.addAll(new Loop(scope.builder().finish(results), carried), operands);
      }
      if (attempt > 8) {
        throw node.unsupported(
            "carried values whose shapes do not settle", "give them fixed shapes");
      }
      types = widened;
    }
  }

  private static void define(Scope scope, GraphProto body, int input, TensorType type) {
    String name = body.inputs().get(input).name();
    scope.define(name, scope.builder().argument(name, type));
  }

  /** The types of carried values with every dimension unknown that a trip changes. */
  private static List<TensorType> widen(
      OnnxNode node, List<TensorType> types, List<Value> results) {
    List<TensorType> widened = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      TensorType before = types.get(i);
      TensorType after = results.get(i + 1).type();
      if (before.rank() != after.rank() || before.elementType() != after.elementType()) {
        throw node.unsupported(
            "carried value "
                + i
                + " that enters a trip as "
                + before
                + " and leaves it as "
                + after,
            "carry values of one rank and type");
      }
      Shape shape = before.shape();
      for (int d = 0; d < before.rank(); d++) {
        if (!before.dim(d).equals(after.dim(d)) && !isLoopSymbol(before.dim(d))) {
          shape = shape.withDim(d, Dim.symbol("?loop" + node.lowering().nextNumber()));
        }
      }
      widened.add(before.withShape(shape));
    }
    return widened;
  }

  private static boolean isLoopSymbol(Dim dim) {
    return dim.isSymbol() && dim.symbolName().startsWith("?loop");
  }
}
