package dev.lathe.frontend.onnx.export;

import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.frontend.onnx.proto.ModelProto;
import dev.lathe.frontend.onnx.proto.NodeProto;
import dev.lathe.frontend.onnx.proto.OperatorSetId;
import dev.lathe.frontend.onnx.proto.StringStringEntry;
import dev.lathe.frontend.onnx.proto.TensorProto;
import dev.lathe.frontend.onnx.proto.ValueInfoProto;
import dev.lathe.ir.Block;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A graph while it becomes a model: the tensors it holds, which all stand in the outermost graph,
 * where nested ones see them, and what is computed of the shapes of inputs, once for all.
 */
final class ModelExport {
  private final Graph graph;
  private final Function forward;
  private final Names values = new Names();
  private final Names nodes = new Names();
  private final Map<String, String> parameters = new HashMap<>();
  private final Set<String> placed = new HashSet<>();
  private final Map<ConstantData, String> constants = new HashMap<>();
  private final List<TensorProto> initializers = new ArrayList<>();
  private final DimExport dims;

  ModelExport(Graph graph) {
    this.graph = graph;
    if (!graph.functions().containsKey(Graph.FORWARD)) {
      throw new ExportException(
          graph.name(), "the graph has no function " + Graph.FORWARD, "export a whole model");
    }
    this.forward = graph.forward();
    this.dims = new DimExport(this, forward);
  }

  Graph graph() {
    return graph;
  }

  /** The names of values. */
  Names values() {
    return values;
  }

  /** The names of nodes, which are apart from those of values. */
  Names nodes() {
    return nodes;
  }

  ModelProto write() {
    takeNames();
    Block body = forward.body();
    BlockExport block = new BlockExport(this, body);
    List<ValueInfoProto> inputs = new ArrayList<>();
    for (int i = 0; i < forward.inputs().size(); i++) {
      Value input = forward.inputs().get(i);
      block.bind(input, forward.inputNames().get(i));
      inputs.add(Types.info(forward.inputNames().get(i), input.type()));
    }
    block.write(forward.outputNames());
    List<ValueInfoProto> outputs = new ArrayList<>();
    for (int i = 0; i < forward.outputs().size(); i++) {
      outputs.add(Types.info(forward.outputNames().get(i), forward.outputs().get(i).type()));
    }
    List<NodeProto> all = new ArrayList<>(dims.nodes());
    all.addAll(block.written());
    return new ModelProto(
        OnnxExporter.IR_VERSION,
        List.of(new OperatorSetId("", OnnxExporter.OPSET)),
        "lathe",
        "",
        "",
        0,
        new GraphProto(graph.name(), all, initializers, List.of(), inputs, outputs, List.of()),
        metadata(),
        List.of());
  }

  private List<StringStringEntry> metadata() {
    List<StringStringEntry> entries = new ArrayList<>();
    graph.metadata().forEach((key, value) -> entries.add(new StringStringEntry(key, value)));
    return entries;
  }

  /** Takes the names that must stay as they are: inputs, outputs, then parameters. */
  private void takeNames() {
    for (String input : forward.inputNames()) {
      take(input, "input");
    }
    for (String output : forward.outputNames()) {
      take(output, "output");
    }
    Set<String> used = new LinkedHashSet<>();
    collectParameters(forward.body(), used);
    used.forEach(name -> parameters.put(name, values.unique(name)));
  }

  private void take(String name, String what) {
    if (name.isEmpty() || !values.take(name)) {
      throw new ExportException(
          graph.name(),
          "the " + what + " '" + name + "' has the name of an input, or none, which ONNX forbids",
          "rename it");
    }
  }

  private static void collectParameters(Block block, Set<String> into) {
    for (Node node : block.nodes()) {
      if (node.op() instanceof Parameter parameter) {
        into.add(parameter.name());
      }
      node.op().blocks().forEach(inner -> collectParameters(inner, into));
    }
  }

  /** The name of a parameter, whose data the model then holds. */
  String parameter(Parameter parameter) {
    String name = Objects.requireNonNull(parameters.get(parameter.name()));
    if (placed.add(name)) {
      ConstantData data = graph.parameters().get(parameter.name());
      if (data == null) {
        throw new ExportException(
            graph.name(), "the parameter '" + parameter.name() + "' has no data", "initialise it");
      }
      initializers.add(tensor(name, data));
    }
    return name;
  }

  /** The name of a constant of an exporter's own. */
  String constant(ConstantData data) {
    return constant(data, "constant");
  }

  /** The name of a constant; equal ones are one. */
  String constant(ConstantData data, String wanted) {
    String known = constants.get(data);
    if (known == null) {
      known = values.unique(wanted);
      constants.put(data, known);
      initializers.add(tensor(known, data));
    }
    return known;
  }

  /** The name of a 1-d i64 tensor of dimensions. */
  String dims(List<Dim> elements) {
    return dims.vector(elements);
  }

  private static TensorProto tensor(String name, ConstantData data) {
    List<Long> sizes = Arrays.stream(data.type().shape().sizes()).boxed().toList();
    return new TensorProto(
        name, Types.of(data.type().elementType()), sizes, data.segment(), List.of());
  }
}
