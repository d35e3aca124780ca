package dev.lathe.frontend.onnx.export;

import dev.lathe.frontend.onnx.proto.AttributeProto;
import dev.lathe.frontend.onnx.proto.Bytes;
import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.ir.ElementType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One ONNX node: its attributes, and then either {@link #step} or {@link #results}. */
final class OpBuilder {
  private final NodeExport node;
  private final String opType;
  private final List<String> inputs;
  private final Map<String, AttributeProto> attributes = new LinkedHashMap<>();

  OpBuilder(NodeExport node, String opType, List<String> inputs) {
    this.node = node;
    this.opType = opType;
    this.inputs = inputs;
  }

  private OpBuilder attribute(String name, AttributeProto.Value value) {
    attributes.put(name, new AttributeProto(name, value));
    return this;
  }

  OpBuilder integer(String name, long value) {
    return attribute(name, new AttributeProto.IntValue(value));
  }

  OpBuilder flag(String name, boolean value) {
    return integer(name, value ? 1 : 0);
  }

  OpBuilder type(String name, ElementType value) {
    return integer(name, Types.of(value).number());
  }

  OpBuilder number(String name, float value) {
    return attribute(name, new AttributeProto.FloatValue(value));
  }

  OpBuilder text(String name, String value) {
    return attribute(name, new AttributeProto.StringValue(Bytes.of(value)));
  }

  OpBuilder integers(String name, List<? extends Number> values) {
    return attribute(
        name, new AttributeProto.IntsValue(values.stream().map(Number::longValue).toList()));
  }

  OpBuilder numbers(String name, List<Float> values) {
    return attribute(name, new AttributeProto.FloatsValue(values));
  }

  OpBuilder texts(String name, List<String> values) {
    return attribute(
        name, new AttributeProto.StringsValue(values.stream().map(Bytes::of).toList()));
  }

  OpBuilder graph(String name, GraphProto value) {
    return attribute(name, new AttributeProto.GraphValue(value));
  }

  /** Adds the node as one of several for an op, and gives the name of its one output. */
  String step() {
    return node.addStep(opType, inputs, attributes);
  }

  /** Adds the node as the last for an op: its outputs are the op's results. */
  void results() {
    node.addLast(opType, inputs, attributes);
  }
}
