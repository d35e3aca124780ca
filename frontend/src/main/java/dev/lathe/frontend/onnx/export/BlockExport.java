package dev.lathe.frontend.onnx.export;

import dev.lathe.frontend.onnx.proto.AttributeProto;
import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.frontend.onnx.proto.NodeProto;
import dev.lathe.frontend.onnx.proto.ValueInfoProto;
import dev.lathe.ir.Block;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.QuantizationOp;
import dev.lathe.ir.op.RecurrentOp;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ShapeOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One block while it becomes an ONNX graph: its nodes so far, and the names of its values. */
final class BlockExport {
  /** A joined name of more source nodes than fit is cut to the first of them. */
  private static final int LONGEST_LABEL = 120;

  private final ModelExport model;
  private final Block block;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<Value, String> names = new HashMap<>();

  /** Names that results of the block should have, by the value that goes out. */
  private final Map<Value, String> wished = new HashMap<>();

  BlockExport(ModelExport model, Block block) {
    this.model = model;
    this.block = block;
  }

  ModelExport model() {
    return model;
  }

  /** Says by what name a value of this block is known. */
  void bind(Value value, String name) {
    names.put(value, name);
  }

  /** The name of a value of this block. */
  String name(Value value) {
    return Objects.requireNonNull(names.get(value), () -> "no name for " + value);
  }

  /**
   * Writes all nodes.
   *
   * @param outputNames the names results go out by, taken before and not used for anything else
   */
  void write(List<String> outputNames) {
    for (int i = 0; i < outputNames.size(); i++) {
      Value result = block.results().get(i);
      if (result.producer() != null) {
        wished.putIfAbsent(result, outputNames.get(i));
      }
    }
    for (Node node : block.nodes()) {
      node(node);
    }
    for (int i = 0; i < outputNames.size(); i++) {
      String name = name(block.results().get(i));
      if (!name.equals(outputNames.get(i))) {
        String label = model.nodes().unique(outputNames.get(i));
        nodes.add(proto(label, "Identity", List.of(name), List.of(outputNames.get(i)), Map.of()));
      }
    }
  }

  /** The graph of what was written. */
  GraphProto toGraph(String name, List<ValueInfoProto> inputs, List<ValueInfoProto> outputs) {
    return new GraphProto(name, nodes, List.of(), List.of(), inputs, outputs, List.of());
  }

  List<NodeProto> written() {
    return nodes;
  }

  private void node(Node node) {
    NodeExport out = new NodeExport(this, node);
    switch (node.op()) {
      case CreationOp op -> CreationExport.write(op, out);
      case ElementwiseOp op -> ElementwiseExport.write(op, out);
      case ReductionOp op -> ReductionExport.write(op, out);
      case LinalgOp op -> LinalgExport.write(op, out);
      case ConvolutionOp op -> ConvolutionExport.write(op, out);
      case PoolingOp op -> PoolingExport.write(op, out);
      case NormalizationOp op -> NormalizationExport.write(op, out);
      case ShapeOp op -> ShapeExport.write(op, out);
      case IndexingOp op -> IndexingExport.write(op, out);
      case QuantizationOp op -> QuantizationExport.write(op, out);
      case RecurrentOp op -> RecurrentExport.write(op, out);
      case ControlFlowOp op -> ControlFlowExport.write(op, out);
    }
  }

  /** The name that a result should have, which others may have taken. */
  String wish(Node node, int result) {
    Value value = node.results().get(result);
    String output = wished.get(value);
    if (output != null) {
      return output;
    }
    String own = value.name();
    if (own != null && !own.isEmpty()) {
      return own;
    }
    String label = label(node);
    return result == 0 ? label : label + ":" + result;
  }

  /** Gives a result its name. */
  String define(Value value) {
    String output = wished.get(value);
    Node producer = Objects.requireNonNull(value.producer());
    String name = output != null ? output : model.values().unique(wish(producer, value.index()));
    names.put(value, name);
    return name;
  }

  /** A node as people know it: by the names of the source nodes it came from, else by its op. */
  String label(Node node) {
    List<String> sources = node.provenance().stream().filter(source -> !source.isEmpty()).toList();
    if (sources.isEmpty()) {
      return node.op().mnemonic();
    }
    String all = String.join("+", sources);
    return all.length() <= LONGEST_LABEL
        ? all
        : sources.get(0) + (sources.size() > 1 ? "+" + (sources.size() - 1) + "_more" : "");
  }

  /** Adds an ONNX node for a node of the graph, which gives it its name. */
  void add(
      Node source,
      String opType,
      List<String> inputs,
      List<String> outputs,
      Map<String, AttributeProto> attributes,
      boolean step) {
    String label = label(source) + (step ? "/" + opType : "");
    nodes.add(proto(model.nodes().unique(label), opType, trimmed(inputs), outputs, attributes));
  }

  void addCast(Node source, String from, String to, ElementType type) {
    Map<String, AttributeProto> attributes = new LinkedHashMap<>();
    attributes.put(
        "to", new AttributeProto("to", new AttributeProto.IntValue(Types.of(type).number())));
    add(source, "Cast", List.of(from), List.of(to), attributes, true);
  }

  /** Without the inputs left out at the end. */
  private static List<String> trimmed(List<String> inputs) {
    int count = inputs.size();
    while (count > 0 && inputs.get(count - 1).isEmpty()) {
      count--;
    }
    return inputs.subList(0, count);
  }

  static NodeProto proto(
      String name,
      String opType,
      List<String> inputs,
      List<String> outputs,
      Map<String, AttributeProto> attributes) {
    return new NodeProto(name, "", opType, "", inputs, outputs, attributes, 0);
  }
}
