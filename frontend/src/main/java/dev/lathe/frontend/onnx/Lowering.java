package dev.lathe.frontend.onnx;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.proto.AttributeProto;
import dev.lathe.frontend.onnx.proto.AttributeProto.ReferenceValue;
import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.frontend.onnx.proto.FunctionProto;
import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.frontend.onnx.proto.ModelProto;
import dev.lathe.frontend.onnx.proto.NodeProto;
import dev.lathe.frontend.onnx.proto.OperatorSetId;
import dev.lathe.frontend.onnx.proto.TensorProto;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Graph;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp.Parameter;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lowers the nodes of a model's graphs in order: finds each node's handler or function, gives it
 * its inputs, names what it makes, and turns whatever goes wrong into a message about the node.
 */
final class Lowering {

  /**
   * Most nodes lowered in all, so that functions that call functions cannot multiply without end.
   */
  private static final int MOST_NODES = 2_000_000;

  private static final int DEEPEST_CALL = 64;

  private static final String AGAIN =
      "every value has one name and one maker; export the model again";

  /**
   * The operator sets nodes are written in, the attributes of the call they belong to, and its
   * path.
   */
  private record Context(
      List<OperatorSetId> opsets, Map<String, AttributeProto> call, String path, int depth) {

    long opset(String domain) {
      for (OperatorSetId set : opsets) {
        if (set.domain().equals(domain)) {
          return set.version();
        }
      }
      return Long.MAX_VALUE;
    }
  }

  private final String file;
  private final Graph graph;
  private final Map<String, FunctionProto> functions = new HashMap<>();
  private final IdentityHashMap<TensorProto, Stored> stored = new IdentityHashMap<>();
  private final Map<String, Stored> parameters = new HashMap<>();
  private Context context;
  private int nodes;
  private int next;

  /**
   * A lowering.
   *
   * @param model gives functions and operator sets
   * @param file what messages call the file
   * @param graph gets parameters and notes
   */
  Lowering(ModelProto model, String file, Graph graph) {
    this.file = file;
    this.graph = graph;
    this.context = new Context(model.opsetImports(), Map.of(), "", 0);
    for (FunctionProto function : model.functions()) {
      functions.put(key(function.domain(), function.name(), function.overload()), function);
    }
  }

  private static String key(String domain, String name, String overload) {
    return domain + "\0" + name + "\0" + overload;
  }

  /** Whether a node is lowered here or by {@link ControlFlow} instead of by a handler. */
  static boolean isBuiltIn(NodeProto node) {
    return node.domain().isEmpty()
        && switch (node.opType()) {
          case "Constant", "If", "Loop" -> true;
          default -> false;
        };
  }

  /** Lowers a graph; its outputs are then names of the scope. */
  void graph(GraphProto proto, Scope scope) {
    if (!proto.sparseInitializers().isEmpty()) {
      String name = proto.sparseInitializers().get(0).values().name();
      throw ImportException.unsupported(
          file,
          "the initializer " + quote(name) + " is sparse, which is not supported",
          "store it dense");
    }
    for (TensorProto tensor : proto.initializers()) {
      if (scope.defines(tensor.name())) {
        throw new ImportException(
            file + ": initializer " + quote(tensor.name()), "the name is given twice", AGAIN);
      }
      scope.define(tensor.name(), stored(tensor, tensor.name(), "initializer"));
    }
    for (NodeProto node : proto.nodes()) {
      node(node, scope);
    }
  }

  /** A tensor of the file that goes by a name. */
  private Stored stored(TensorProto tensor, String name, String what) {
    return stored.computeIfAbsent(tensor, t -> new Stored(name, data(t, what + " " + quote(name))));
  }

  /** The elements of a tensor of the file. */
  ConstantData data(TensorProto tensor, String what) {
    return ElementTypes.data(tensor, file + ": " + what);
  }

  /**
   * The value a name stands for in a scope. A tensor of the file becomes a node where it is first
   * used in a block.
   *
   * @throws ImportException where the name stands for nothing
   */
  Value value(Scope scope, String name, String where) {
    Object found = scope.find(name);
    if (found instanceof Value value) {
      return value;
    }
    if (found instanceof Stored tensor) {
      Value placed = scope.placed(tensor);
      if (placed == null) {
        placed = place(scope, tensor);
        scope.place(tensor, placed);
      }
      return placed;
    }
    throw new ImportException(
        where,
        "there is no value " + quote(name) + " here: nothing before makes it",
        "the nodes must be in topological order");
  }

  private Value place(Scope scope, Stored tensor) {
    if (!tensor.isWeight()) {
      return scope.builder().name(scope.builder().constant(tensor.data()), tensor.name());
    }
    String base = tensor.name().isEmpty() ? "weight" : tensor.name();
    String name = base;
    for (int i = 1; parameters.containsKey(name) && !tensor.equals(parameters.get(name)); i++) {
      name = base + "_" + i;
    }
    if (parameters.put(name, tensor) == null) {
      graph.parameter(name, tensor.data());
    }
    Value value = scope.builder().add(new Parameter(name, tensor.data().type()));
    return scope.builder().name(value, name);
  }

  /** Notes something the graph takes for granted of the model's inputs. */
  void assume(String node, String what) {
    graph.metadata("assumes." + node, what);
  }

  /** A number no other call was given. */
  int nextNumber() {
    return next++;
  }

  /** A node in a message. */
  String where(NodeProto node) {
    String label = context.path().isEmpty() ? node.label() : context.path() + "/" + node.label();
    return file + ": " + label + " (byte " + node.offset() + ")";
  }

  private void node(NodeProto node, Scope scope) {
    if (++nodes > MOST_NODES) {
      throw new ImportException(
          where(node), "the model has more than " + MOST_NODES + " nodes", "");
    }
    for (String output : node.outputs()) {
      if (!output.isEmpty() && scope.defines(output)) {
        throw new ImportException(
            where(node), "the value " + quote(output) + " is made a second time", AGAIN);
      }
    }
    String name = node.name().isEmpty() ? node.opType() + ":" + firstOutput(node) : node.name();
    String source = context.path().isEmpty() ? name : context.path() + "/" + name;
    List<String> before = scope.builder().provenance();
    scope.builder().from(source);
    try {
      lower(node, scope, source);
    } catch (ImportException e) {
      throw e;
    } catch (TypeException | ArithmeticException e) {
      throw new ImportException(
          where(node),
          String.valueOf(e.getMessage()),
          "check the shapes of the inputs, or export the model again",
          e);
    } catch (RuntimeException e) {
      // Whatever else a malformed node provokes is about this node, and becomes a line as well.
      throw new ImportException(
          where(node),
          "the node cannot be read: " + e.getMessage(),
          "check its inputs and attributes",
          e);
    } finally {
      scope.builder().from(before);
    }
  }

  private static String firstOutput(NodeProto node) {
    return node.outputs().isEmpty() ? "" : node.outputs().get(0);
  }

  private void lower(NodeProto node, Scope scope, String source) {
    Map<String, AttributeProto> attributes = resolved(node);
    FunctionProto function = functions.get(key(node.domain(), node.opType(), node.overload()));
    if (function != null) {
      call(node, function, attributes, scope, source);
      return;
    }
    String where = where(node);
    OnnxNode view =
        new OnnxNode(
            node,
            where,
            context.opset(node.domain()),
            new NodeAttributes(where, attributes),
            scope,
            this);
    if (isBuiltIn(node) && node.opType().equals("Constant")) {
      define(scope, node, constant(view));
      return;
    }
    List<Value> results =
        switch (isBuiltIn(node) ? node.opType() : "") {
          case "If" -> ControlFlow.lowerIf(view);
          case "Loop" -> ControlFlow.lowerLoop(view);
          default -> handler(node).lower(view);
        };
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!view.wants(i)) {
        continue;
      }
      if (i >= results.size()) {
        throw view.unsupported("output " + i, "leave the output out");
      }
      scope.define(
          node.outputs().get(i), scope.builder().name(results.get(i), node.outputs().get(i)));
    }
  }

  private Handler handler(NodeProto node) {
    Handler handler = Handlers.find(node.domain(), node.opType());
    if (handler == null) {
      throw ImportException.unsupported(
          where(node),
          "the operator is not supported",
          "a function it calls may have another overload");
    }
    return handler;
  }

  private static void define(Scope scope, NodeProto node, Stored constant) {
    if (!node.outputs().isEmpty() && !node.outputs().get(0).isEmpty()) {
      scope.define(node.outputs().get(0), constant);
    }
  }

  /** {@code Constant}-13: a tensor, or one or more floats or integers. */
  private Stored constant(OnnxNode node) {
    NodeAttributes attributes = node.attributes();
    String name = node.outputName(0);
    TensorProto tensor = attributes.tensor("value");
    if (tensor != null) {
      return stored(tensor, name, "constant");
    }
    if (attributes.has("value_float")) {
      return new Stored(name, ConstantData.ofFloat(attributes.number("value_float", 0)));
    }
    if (attributes.has("value_int")) {
      return new Stored(name, ConstantData.ofLong(attributes.integer("value_int", 0)));
    }
    if (attributes.has("value_floats")) {
      List<Float> values = attributes.numbers("value_floats");
      float[] numbers = new float[values.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = values.get(i);
      }
      return new Stored(name, ConstantData.ofFloats(numbers));
    }
    List<Long> integers = attributes.integers("value_ints");
    if (integers != null) {
      return new Stored(
          name, ConstantData.ofLongs(integers.stream().mapToLong(Long::longValue).toArray()));
    }
    throw node.unsupported("a value that is " + DataType.STRING + " or sparse", "use numbers");
  }

  /** The node's attributes, those that refer to attributes of the call replaced by them. */
  private Map<String, AttributeProto> resolved(NodeProto node) {
    Map<String, AttributeProto> result = new LinkedHashMap<>();
    for (AttributeProto attribute : node.attributes().values()) {
      if (attribute.value() instanceof ReferenceValue reference) {
        AttributeProto given = context.call().get(reference.attribute());
        if (given != null) {
          result.put(attribute.name(), new AttributeProto(attribute.name(), given.value()));
        }
      } else {
        result.put(attribute.name(), attribute);
      }
    }
    return result;
  }

  /** Lowers the body of a function in place of the node that calls it. */
  private void call(
      NodeProto node,
      FunctionProto function,
      Map<String, AttributeProto> attributes,
      Scope scope,
      String source) {
    if (context.depth() >= DEEPEST_CALL) {
      throw new ImportException(
          where(node),
          "functions call each other more than " + DEEPEST_CALL + " deep",
          "does one call itself?");
    }
    Scope body = scope.called();
    for (int i = 0; i < function.inputs().size(); i++) {
      String given = i < node.inputs().size() ? node.inputs().get(i) : "";
      if (!given.isEmpty()) {
        if (scope.find(given) instanceof Stored tensor) {
          body.define(function.inputs().get(i), tensor);
        } else {
          body.define(function.inputs().get(i), value(scope, given, where(node)));
        }
      }
    }
    Map<String, AttributeProto> call = new LinkedHashMap<>();
    function.attributeDefaults().forEach(attribute -> call.put(attribute.name(), attribute));
    call.putAll(attributes);
    Context outer = context;
    context = new Context(function.opsetImports(), call, source, outer.depth() + 1);
    try {
      for (NodeProto inner : withoutMissing(function, body)) {
        node(inner, body);
      }
    } finally {
      context = outer;
    }
    for (int i = 0; i < Math.min(node.outputs().size(), function.outputs().size()); i++) {
      if (!node.outputs().get(i).isEmpty()) {
        Object result = body.find(function.outputs().get(i));
        if (result instanceof Stored tensor) {
          scope.define(node.outputs().get(i), tensor);
        } else {
          Value value = value(body, function.outputs().get(i), where(node));
          scope.define(node.outputs().get(i), scope.builder().name(value, node.outputs().get(i)));
        }
      }
    }
  }

  /** The function's nodes, with inputs the caller left out left out of them too. */
  private static List<NodeProto> withoutMissing(FunctionProto function, Scope body) {
    List<String> missing =
        function.inputs().stream().filter(input -> !body.defines(input)).toList();
    if (missing.isEmpty()) {
      return function.nodes();
    }
    return function.nodes().stream()
        .map(
            node ->
                new NodeProto(
                    node.name(),
                    node.domain(),
                    node.opType(),
                    node.overload(),
                    node.inputs().stream().map(i -> missing.contains(i) ? "" : i).toList(),
                    node.outputs(),
                    node.attributes(),
                    node.offset()))
        .toList();
  }
}
