package dev.lathe.frontend.onnx;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.proto.AttributeProto;
import dev.lathe.frontend.onnx.proto.AttributeProto.FloatValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.FloatsValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.GraphValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.IntValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.IntsValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.StringValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.StringsValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.TensorValue;
import dev.lathe.frontend.onnx.proto.AttributeProto.Value;
import dev.lathe.frontend.onnx.proto.Bytes;
import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.frontend.onnx.proto.TensorProto;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of one node, read with the kind an operator's definition gives them. */
final class NodeAttributes {

  private final String where;
  private final Map<String, AttributeProto> byName;

  /**
   * The attributes of a node.
   *
   * @param where the node, for messages
   * @param byName the attributes, references to those of a calling node resolved
   */
  NodeAttributes(String where, Map<String, AttributeProto> byName) {
    this.where = where;
    this.byName = byName;
  }

  /** Whether the node has the attribute. */
  boolean has(String name) {
    return byName.containsKey(name);
  }

  /** An integer, or the default. */
  long integer(String name, long byDefault) {
    IntValue value = get(name, IntValue.class, "an integer");
    return value == null ? byDefault : value.value();
  }

  /** An integer that fits an {@code int}, or the default: an axis, a count. */
  int small(String name, int byDefault) {
    long value = integer(name, byDefault);
    if (value != (int) value) {
      throw refuse(name, "is " + value + ", which is too large");
    }
    return (int) value;
  }

  /** An integer that is 0 or not, or the default. */
  boolean flag(String name, boolean byDefault) {
    return integer(name, byDefault ? 1 : 0) != 0;
  }

  /** A float, or the default. */
  float number(String name, float byDefault) {
    FloatValue value = get(name, FloatValue.class, "a float");
    return value == null ? byDefault : value.value();
  }

  /** A text, or the default. */
  String text(String name, String byDefault) {
    StringValue value = get(name, StringValue.class, "a string");
    return value == null ? byDefault : utf8(name, value.value());
  }

  /** Integers, or null where the node does not have the attribute. */
  @Nullable List<Long> integers(String name) {
    IntsValue value = get(name, IntsValue.class, "a list of integers");
    return value == null ? null : value.values();
  }

  /** Integers, or the default. */
  List<Long> integers(String name, List<Long> byDefault) {
    List<Long> values = integers(name);
    return values == null ? byDefault : values;
  }

  /** Floats; none where the node does not have the attribute. */
  List<Float> numbers(String name) {
    FloatsValue value = get(name, FloatsValue.class, "a list of floats");
    return value == null ? List.of() : value.values();
  }

  /** Texts, or the default. */
  List<String> texts(String name, List<String> byDefault) {
    StringsValue value = get(name, StringsValue.class, "a list of strings");
    return value == null
        ? byDefault
        : value.values().stream().map(bytes -> utf8(name, bytes)).toList();
  }

  /** A tensor, or null where the node does not have the attribute. */
  @Nullable TensorProto tensor(String name) {
    TensorValue value = get(name, TensorValue.class, "a tensor");
    return value == null ? null : value.value();
  }

  /** A graph. */
  GraphProto graph(String name) {
    GraphValue value = get(name, GraphValue.class, "a graph");
    if (value == null) {
      throw refuse(name, "is missing");
    }
    return value.value();
  }

  /** An exception about an attribute. */
  ImportException refuse(String name, String what) {
    return new ImportException(where, "attribute " + quote(name) + " " + what, "");
  }

  private String utf8(String name, Bytes bytes) {
    return bytes.utf8().orElseThrow(() -> refuse(name, "is not valid UTF-8"));
  }

  private <T extends Value> @Nullable T get(String name, Class<T> kind, String words) {
    AttributeProto attribute = byName.get(name);
    if (attribute == null) {
      return null;
    }
    if (!kind.isInstance(attribute.value())) {
      throw refuse(name, "must be " + words);
    }
    return kind.cast(attribute.value());
  }
}
