package dev.lathe.frontend.onnx;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.proto.AttributeProto;
import dev.lathe.frontend.onnx.proto.AttributeProto.GraphValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.GraphsValue;
import dev.lathe.frontend.onnx.proto.FunctionProto;
import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.frontend.onnx.proto.ModelProto;
import dev.lathe.frontend.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Finds every operator of a model that has no handler, so that one message can name them all. */
final class SupportCheck {

  /** Names listed of each operator; the count tells of the others. */
  private static final int NAMED = 3;

  /** The nodes of one unsupported operator. */
  private static final class Missing {
    private final List<String> nodes = new ArrayList<>();
    private int count;
  }

  private final ModelProto model;
  private final String file;
  private final Map<String, Missing> missing = new TreeMap<>();
  private final Set<String> functions = new HashSet<>();

  SupportCheck(ModelProto model, String file) {
    this.model = model;
    this.file = file;
    for (FunctionProto function : model.functions()) {
      functions.add(function.domain() + "." + function.name());
    }
  }

  /**
   * Looks at all nodes, those of branches and functions included.
   *
   * @throws ImportException listing every unsupported operator with its domain, count and nodes
   */
  void run() {
    graph(model.graph());
    for (FunctionProto function : model.functions()) {
      function.nodes().forEach(this::node);
    }
    if (missing.isEmpty()) {
      return;
    }
    List<String> parts = new ArrayList<>();
    missing.forEach(
        (op, found) -> {
          String more = found.count > NAMED ? ", …" : "";
          parts.add(op + " ×" + found.count + " (" + String.join(", ", found.nodes) + more + ")");
        });
    throw ImportException.unsupported(
        file,
        "the model has "
            + parts.size()
            + " unsupported operator"
            + (parts.size() == 1 ? "" : "s")
            + ": "
            + String.join("; ", parts),
        "each needs a handler in the ONNX frontend, or export the model without it");
  }

  /** Whether Lathe has what it takes to lower a node of its own or the model's operators. */
  private boolean isSupported(NodeProto node) {
    return functions.contains(node.domain() + "." + node.opType())
        || Lowering.isBuiltIn(node)
        || Handlers.find(node.domain(), node.opType()) != null;
  }

  private void graph(GraphProto graph) {
    graph.nodes().forEach(this::node);
  }

  private void node(NodeProto node) {
    if (!isSupported(node)) {
      String domain = node.domain().isEmpty() ? "ai.onnx" : node.domain();
      String op = quote(domain + "." + node.opType()).replace("'", "");
      Missing found = missing.computeIfAbsent(op, key -> new Missing());
      if (found.count++ < NAMED) {
        found.nodes.add(node.label());
      }
    }
    for (AttributeProto attribute : node.attributes().values()) {
      switch (attribute.value()) {
        case GraphValue graph -> graph(graph.value());
        case GraphsValue graphs -> graphs.values().forEach(this::graph);
        default -> {
          // Only graphs hold nodes.
        }
      }
    }
  }
}
