package dev.lathe.frontend.onnx.proto;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.ImportException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of a model other than tensors, types and attributes, which have readers of
 * their own. A method reads the message the cursor has just opened.
 *
 * <p>Source: {@code onnx.proto}; the numbers in the switches are its field numbers.
 */
final class MessageReader {

  private final WireReader in;
  private final TensorReader tensors;
  private final TypeReader types;
  private final AttributeReader attributes;

  MessageReader(WireReader in, TensorReader tensors) {
    this.in = in;
    this.tensors = tensors;
    this.types = new TypeReader(in);
    this.attributes = new AttributeReader(in, tensors, types, this);
  }

  ModelProto model() throws IOException {
    long irVersion = 0;
    long modelVersion = 0;
    String producerName = "";
    String producerVersion = "";
    String domain = "";
    @Nullable GraphProto graph = null;
    List<OperatorSetId> opsets = new ArrayList<>();
    List<StringStringEntry> metadata = new ArrayList<>();
    List<FunctionProto> functions = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> irVersion = in.integer("ir_version");
        case 2 -> producerName = in.text("producer_name");
        case 3 -> producerVersion = in.text("producer_version");
        case 4 -> domain = in.text("domain");
        case 5 -> modelVersion = in.integer("model_version");
        case 7 -> graph = in.message("graph", this::graph);
        case 8 -> opsets.add(in.message("opset_import", opsets.size(), this::opset));
        case 14 -> metadata.add(in.message("metadata_props", metadata.size(), tensors::entry));
        case 25 -> functions.add(in.message("functions", functions.size(), this::function));
        default -> in.skip();
      }
    }
    if (graph == null) {
      throw in.whole()
          .fail("the file holds no graph", "is this an ONNX model? Export it again if it is");
    }
    return new ModelProto(
        irVersion,
        opsets,
        producerName,
        producerVersion,
        domain,
        modelVersion,
        graph,
        metadata,
        functions);
  }

  GraphProto graph() throws IOException {
    String name = "";
    List<NodeProto> nodes = new ArrayList<>();
    List<TensorProto> initializers = new ArrayList<>();
    List<SparseTensorProto> sparse = new ArrayList<>();
    List<ValueInfoProto> inputs = new ArrayList<>();
    List<ValueInfoProto> outputs = new ArrayList<>();
    List<ValueInfoProto> valueInfos = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> nodes.add(in.message("node", nodes.size(), this::node));
        case 2 -> name = in.text("name");
        case 5 -> initializers.add(in.message("initializer", initializers.size(), tensors::read));
        case 11 -> inputs.add(in.message("input", inputs.size(), types::valueInfo));
        case 12 -> outputs.add(in.message("output", outputs.size(), types::valueInfo));
        case 13 -> valueInfos.add(in.message("value_info", valueInfos.size(), types::valueInfo));
        case 15 -> sparse.add(in.message("sparse_initializer", sparse.size(), tensors::sparse));
        default -> in.skip();
      }
    }
    return new GraphProto(name, nodes, initializers, sparse, inputs, outputs, valueInfos);
  }

  private NodeProto node() throws IOException {
    long offset = in.messageOffset();
    String name = "";
    String domain = "";
    String opType = "";
    String overload = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, AttributeProto> byName = new LinkedHashMap<>();
    int count = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.anyText("input"));
        case 2 -> outputs.add(in.anyText("output"));
        case 3 -> {
          name = in.text("name");
          in.label(nodeLabel(opType, name));
        }
        case 4 -> {
          opType = in.text("op_type");
          in.label(nodeLabel(opType, name));
        }
        case 5 -> add(byName, in.message("attribute", count++, attributes::read));
        case 7 -> domain = in.text("domain");
        case 8 -> overload = in.text("overload");
        default -> in.skip();
      }
    }
    if (opType.isEmpty()) {
      throw in.whole().fail("the node has no op_type", WireReader.damaged());
    }
    return new NodeProto(name, domain, opType, overload, inputs, outputs, byName, offset);
  }

  private static String nodeLabel(String opType, String name) {
    String op = opType.isEmpty() ? "node" : ImportException.quote(opType).replace("'", "");
    return name.isEmpty() ? op : op + " " + quote(name);
  }

  private void add(Map<String, AttributeProto> byName, AttributeProto attribute) {
    if (byName.put(attribute.name(), attribute) != null) {
      throw in.whole()
          .fail(
              "the attribute "
                  + quote(attribute.name())
                  + " stands there twice, which leaves open what is meant",
              WireReader.damaged());
    }
  }

  private OperatorSetId opset() throws IOException {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.text("domain");
        case 2 -> version = in.integer("version");
        default -> in.skip();
      }
    }
    return new OperatorSetId(domain, version);
  }

  private FunctionProto function() throws IOException {
    String name = "";
    String domain = "";
    String overload = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    List<String> attributeNames = new ArrayList<>();
    List<AttributeProto> defaults = new ArrayList<>();
    List<NodeProto> nodes = new ArrayList<>();
    List<OperatorSetId> opsets = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          name = in.text("name");
          in.label(quote(name));
        }
        case 4 -> inputs.add(in.anyText("input"));
        case 5 -> outputs.add(in.anyText("output"));
        case 6 -> attributeNames.add(in.anyText("attribute"));
        case 7 -> nodes.add(in.message("node", nodes.size(), this::node));
        case 9 -> opsets.add(in.message("opset_import", opsets.size(), this::opset));
        case 10 -> domain = in.text("domain");
        case 11 -> defaults.add(in.message("attribute_proto", defaults.size(), attributes::read));
        case 13 -> overload = in.text("overload");
        default -> in.skip();
      }
    }
    return new FunctionProto(
        domain, name, overload, inputs, outputs, attributeNames, defaults, nodes, opsets);
  }
}
