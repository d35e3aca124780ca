package dev.lathe.frontend.onnx.proto;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes models as ONNX files, the inverse of {@link OnnxReader}: what it writes is read back to
 * equal records. Data of tensors goes from its memory to the stream; none is copied to the heap as
 * a whole. The same records give the same bytes.
 *
 * <p>Source: {@code onnx.proto}, IR version 10.
 */
public final class OnnxWriter {

  private final ExternalData external;

  private OnnxWriter(ExternalData external) {
    this.external = external;
  }

  /**
   * Writes a model.
   *
   * @param external the tensors whose data is kept in another file, which is not written here
   * @throws IOException if the stream refuses
   * @throws IllegalArgumentException if a type is of a kind that is not read either, or the model
   *     is larger than the 2 GB at which protobuf ends
   */
  public static void write(ModelProto model, ExternalData external, OutputStream out)
      throws IOException {
    OnnxWriter writer = new OnnxWriter(external);
    WireWriter.Content content = wire -> writer.model(model, wire);
    long size = WireWriter.size(content);
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the model takes " + size + " bytes, and protobuf ends at 2^31 - 1");
    }
    WireWriter.write(content, CodedOutputStream.newInstance(out, 1 << 16));
  }

  private void model(ModelProto model, WireWriter out) throws IOException {
    out.unlessZero(1, model.irVersion());
    out.unlessEmpty(2, model.producerName());
    out.unlessEmpty(3, model.producerVersion());
    out.unlessEmpty(4, model.domain());
    out.unlessZero(5, model.modelVersion());
    out.message(7, model.graph(), wire -> graph(model.graph(), wire));
    for (OperatorSetId set : model.opsetImports()) {
      out.message(8, wire -> opset(set, wire));
    }
    for (StringStringEntry entry : model.metadata()) {
      out.message(14, wire -> entry(entry.key(), entry.value(), wire));
    }
    for (FunctionProto function : model.functions()) {
      out.message(25, function, wire -> function(function, wire));
    }
  }

  private static void opset(OperatorSetId set, WireWriter out) throws IOException {
    out.unlessEmpty(1, set.domain());
    out.integer(2, set.version());
  }

  private static void entry(String key, String value, WireWriter out) throws IOException {
    out.text(1, key);
    out.text(2, value);
  }

  private void function(FunctionProto function, WireWriter out) throws IOException {
    out.unlessEmpty(1, function.name());
    texts(4, function.inputs(), out);
    texts(5, function.outputs(), out);
    texts(6, function.attributes(), out);
    nodes(7, function.nodes(), out);
    for (OperatorSetId set : function.opsetImports()) {
      out.message(9, wire -> opset(set, wire));
    }
    out.unlessEmpty(10, function.domain());
    attributes(11, function.attributeDefaults(), out);
    out.unlessEmpty(13, function.overload());
  }

  private static void texts(int field, List<String> texts, WireWriter out) throws IOException {
    for (String text : texts) {
      out.text(field, text);
    }
  }

  private void graph(GraphProto graph, WireWriter out) throws IOException {
    nodes(1, graph.nodes(), out);
    out.unlessEmpty(2, graph.name());
    tensors(5, graph.initializers(), out);
    valueInfos(11, graph.inputs(), out);
    valueInfos(12, graph.outputs(), out);
    valueInfos(13, graph.valueInfos(), out);
    for (SparseTensorProto tensor : graph.sparseInitializers()) {
      out.message(15, tensor, wire -> sparse(tensor, wire));
    }
  }

  private void nodes(int field, List<NodeProto> nodes, WireWriter out) throws IOException {
    for (NodeProto node : nodes) {
      out.message(field, node, wire -> node(node, wire));
    }
  }

  private void node(NodeProto node, WireWriter out) throws IOException {
    texts(1, node.inputs(), out);
    texts(2, node.outputs(), out);
    out.unlessEmpty(3, node.name());
    out.text(4, node.opType());
    attributes(5, List.copyOf(node.attributes().values()), out);
    out.unlessEmpty(7, node.domain());
    out.unlessEmpty(8, node.overload());
  }

  private void attributes(int field, List<AttributeProto> attributes, WireWriter out)
      throws IOException {
    for (AttributeProto attribute : attributes) {
      out.message(field, attribute, wire -> attribute(attribute, wire));
    }
  }

  private void attribute(AttributeProto attribute, WireWriter out) throws IOException {
    out.text(1, attribute.name());
    switch (attribute.value()) {
      case AttributeProto.FloatValue v -> out.number(2, v.value());
      case AttributeProto.IntValue v -> out.integer(3, v.value());
      case AttributeProto.StringValue v -> out.bytes(4, v.value().toArray());
      case AttributeProto.TensorValue v -> tensors(5, List.of(v.value()), out);
      case AttributeProto.GraphValue v -> graphs(6, List.of(v.value()), out);
      case AttributeProto.FloatsValue v -> {
        for (float number : v.values()) {
          out.number(7, number);
        }
      }
      case AttributeProto.IntsValue v -> {
        for (long number : v.values()) {
          out.integer(8, number);
        }
      }
      case AttributeProto.StringsValue v -> {
        for (Bytes text : v.values()) {
          out.bytes(9, text.toArray());
        }
      }
      case AttributeProto.TensorsValue v -> tensors(10, v.values(), out);
      case AttributeProto.GraphsValue v -> graphs(11, v.values(), out);
      case AttributeProto.TypeValue v -> out.message(14, wire -> type(v.value(), wire));
      case AttributeProto.TypesValue v -> {
        for (TypeProto type : v.values()) {
          out.message(15, wire -> type(type, wire));
        }
      }
      case AttributeProto.SparseTensorValue v ->
          out.message(22, v.value(), wire -> sparse(v.value(), wire));
      case AttributeProto.SparseTensorsValue v -> {
        for (SparseTensorProto tensor : v.values()) {
          out.message(23, tensor, wire -> sparse(tensor, wire));
        }
      }
      case AttributeProto.ReferenceValue v -> out.text(21, v.attribute());
    }
    out.unlessZero(20, kind(attribute.value()));
  }

  /**
   * The number of {@code AttributeProto.AttributeType}; a reference has that of what it stands for.
   */
  private static int kind(AttributeProto.Value value) {
    return switch (value) {
      case AttributeProto.FloatValue v -> 1;
      case AttributeProto.IntValue v -> 2;
      case AttributeProto.StringValue v -> 3;
      case AttributeProto.TensorValue v -> 4;
      case AttributeProto.GraphValue v -> 5;
      case AttributeProto.FloatsValue v -> 6;
      case AttributeProto.IntsValue v -> 7;
      case AttributeProto.StringsValue v -> 8;
      case AttributeProto.TensorsValue v -> 9;
      case AttributeProto.GraphsValue v -> 10;
      case AttributeProto.SparseTensorValue v -> 11;
      case AttributeProto.SparseTensorsValue v -> 12;
      case AttributeProto.TypeValue v -> 13;
      case AttributeProto.TypesValue v -> 14;
      case AttributeProto.ReferenceValue v -> 0;
    };
  }

  private void graphs(int field, List<GraphProto> graphs, WireWriter out) throws IOException {
    for (GraphProto graph : graphs) {
      out.message(field, graph, wire -> graph(graph, wire));
    }
  }

  private void tensors(int field, List<TensorProto> tensors, WireWriter out) throws IOException {
    for (TensorProto tensor : tensors) {
      out.message(field, tensor, wire -> tensor(tensor, wire));
    }
  }

  private void tensor(TensorProto tensor, WireWriter out) throws IOException {
    for (long dim : tensor.dims()) {
      out.integer(1, dim);
    }
    out.integer(2, tensor.type().number());
    for (Bytes text : tensor.strings()) {
      out.bytes(6, text.toArray());
    }
    out.unlessEmpty(8, tensor.name());
    Long offset = external.offset(tensor);
    if (offset != null) {
      List<StringStringEntry> entries =
          List.of(
              new StringStringEntry("location", external.location()),
              new StringStringEntry("offset", Long.toString(offset)),
              new StringStringEntry("length", Long.toString(tensor.data().byteSize())));
      for (StringStringEntry entry : entries) {
        out.message(13, wire -> entry(entry.key(), entry.value(), wire));
      }
      out.integer(14, 1);
    } else if (tensor.data().byteSize() > 0) {
      out.segment(9, tensor.data());
    }
  }

  private void sparse(SparseTensorProto tensor, WireWriter out) throws IOException {
    out.message(1, tensor.values(), wire -> tensor(tensor.values(), wire));
    out.message(2, tensor.indices(), wire -> tensor(tensor.indices(), wire));
    for (long dim : tensor.dims()) {
      out.integer(3, dim);
    }
  }

  private static void valueInfos(int field, List<ValueInfoProto> infos, WireWriter out)
      throws IOException {
    for (ValueInfoProto info : infos) {
      out.message(
          field,
          wire -> {
            wire.text(1, info.name());
            if (info.type().isPresent()) {
              TypeProto type = info.type().get();
              wire.message(2, inner -> type(type, inner));
            }
          });
    }
  }

  private static void type(TypeProto type, WireWriter out) throws IOException {
    switch (type) {
      case TypeProto.TensorType tensor -> out.message(1, wire -> tensorType(tensor, wire));
      case TypeProto.SequenceType sequence ->
          out.message(4, wire -> element(sequence.element().orElse(null), wire));
      case TypeProto.OptionalType optional ->
          out.message(9, wire -> element(optional.element().orElse(null), wire));
      case TypeProto.OtherType other ->
          throw new IllegalArgumentException("types of kind " + other.kind() + " are not written");
    }
  }

  private static void element(@Nullable TypeProto element, WireWriter out) throws IOException {
    if (element != null) {
      out.message(1, wire -> type(element, wire));
    }
  }

  private static void tensorType(TypeProto.TensorType type, WireWriter out) throws IOException {
    out.unlessZero(1, type.elementType().number());
    if (type.shape().isPresent()) {
      List<TypeProto.Dimension> shape = type.shape().get();
      out.message(
          2,
          wire -> {
            for (TypeProto.Dimension dimension : shape) {
              wire.message(1, inner -> dimension(dimension, inner));
            }
          });
    }
  }

  private static void dimension(TypeProto.Dimension dimension, WireWriter out) throws IOException {
    switch (dimension) {
      case TypeProto.FixedDimension fixed -> out.integer(1, fixed.value());
      case TypeProto.NamedDimension named -> out.text(2, named.symbol());
      case TypeProto.UnknownDimension ignored -> {
        // A dimension without a field is one nothing is known of.
      }
    }
  }
}
