package dev.lathe.frontend.onnx;

import dev.lathe.frontend.onnx.proto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes small ONNX models for tests.
 *
 * {@snippet :
 * byte[] file =
 *     new OnnxBuilder()
 *         .input("x", DataType.FLOAT, 1, 3, "H", "W")
 *         .floats("w", OnnxBuilder.dims(8, 3, 3, 3), weights)
 *         .node("Conv", "x, w -> y", OnnxBuilder.ints("pads", 1, 1, 1, 1))
 *         .output("y", DataType.FLOAT, 1, 8, "H", "W")
 *         .model(17);
 * }
 *
 * <p>Wiring is text: names of inputs and outputs with commas between them and {@code ->} between
 * the two; an empty name is an input left out. A dimension is a number, a name, or {@code "?"}.
 */
public final class OnnxBuilder {

  /** An attribute of a node. */
  public record Attribute(ProtoWriter message) {}

  private final ProtoWriter graph = new ProtoWriter();
  private final ProtoWriter model = new ProtoWriter();
  private int nodes;

  /** Starts a graph: a model's own, or one for {@link #graph(String, OnnxBuilder)}. */
  public OnnxBuilder() {
    graph.text(2, "test");
  }

  /** Dimensions. */
  public static long[] dims(long... dims) {
    return dims;
  }

  /** An input with a known rank. */
  public OnnxBuilder input(String name, DataType type, Object... dims) {
    graph.message(11, valueInfo(name, tensorType(type, dims)));
    return this;
  }

  /** An input of any type. */
  public OnnxBuilder input(String name, ProtoWriter type) {
    graph.message(11, valueInfo(name, type));
    return this;
  }

  /** An output with a known rank. */
  public OnnxBuilder output(String name, DataType type, Object... dims) {
    graph.message(12, valueInfo(name, tensorType(type, dims)));
    return this;
  }

  /** An output of an element type and unknown rank. */
  public OnnxBuilder outputOfAnyShape(String name, DataType type) {
    graph.message(12, valueInfo(name, new ProtoWriter().message(1, elementType(type))));
    return this;
  }

  /** Outputs without a type. */
  public OnnxBuilder outputs(String... names) {
    for (String name : names) {
      graph.message(12, new ProtoWriter().text(1, name));
    }
    return this;
  }

  /** A type noted for a value between nodes. */
  public OnnxBuilder valueInfo(String name, DataType type, Object... dims) {
    graph.message(13, valueInfo(name, tensorType(type, dims)));
    return this;
  }

  /** An initializer of floats in {@code raw_data}; one value given fills the tensor. */
  public OnnxBuilder floats(String name, long[] dims, float... values) {
    return initializer(floatTensor(name, dims, values));
  }

  /** An initializer of 64-bit integers in {@code raw_data}. */
  public OnnxBuilder longs(String name, long[] dims, long... values) {
    return initializer(longTensor(name, dims, values));
  }

  /** An initializer of any kind. */
  public OnnxBuilder initializer(ProtoWriter tensor) {
    graph.message(5, tensor);
    return this;
  }

  /** A node of ONNX's own domain, named after its operator and its number. */
  public OnnxBuilder node(String op, String wiring, Attribute... attributes) {
    return node("", op, op + "_" + nodes, wiring, attributes);
  }

  /** A node. */
  public OnnxBuilder node(
      String domain, String op, String name, String wiring, Attribute... attributes) {
    nodes++;
    graph.message(1, nodeMessage(domain, op, name, wiring, attributes));
    return this;
  }

  /** An operator set beside ONNX's own. */
  public OnnxBuilder opset(String domain, long version) {
    model.message(8, new ProtoWriter().text(1, domain).integer(2, version));
    return this;
  }

  /** A function of the model; the body uses {@link #functionNode}. */
  public OnnxBuilder function(
      String domain, String name, String wiring, long opset, Consumer<ProtoWriter> body) {
    List<List<String>> sides = sides(wiring);
    ProtoWriter function = new ProtoWriter().text(1, name);
    sides.get(0).forEach(input -> function.text(4, input));
    sides.get(1).forEach(output -> function.text(5, output));
    body.accept(function);
    function.message(9, new ProtoWriter().text(1, "").integer(2, opset)).text(10, domain);
    model.message(25, function);
    return this;
  }

  /** Adds a node to the body of a function. */
  public static void functionNode(
      ProtoWriter function, String op, String wiring, Attribute... attributes) {
    function.message(7, nodeMessage("", op, "", wiring, attributes));
  }

  /** Gives a function an attribute that callers must give. */
  public static void functionAttribute(ProtoWriter function, String name) {
    function.text(6, name);
  }

  /** The graph's message. */
  public ProtoWriter graph() {
    return graph;
  }

  /** The file of a model that imports an opset of ONNX. */
  public byte[] model(long opset) {
    return new ProtoWriter()
        .integer(1, 8)
        .text(2, "lathe-test")
        .message(7, graph)
        .message(8, new ProtoWriter().text(1, "").integer(2, opset))
        .raw(model.toBytes())
        .toBytes();
  }

  /** An attribute with a 32-bit float. */
  public static Attribute number(String name, float value) {
    return attribute(name, 1, message -> message.float32(2, value));
  }

  /** An attribute with an integer. */
  public static Attribute integer(String name, long value) {
    return attribute(name, 2, message -> message.integer(3, value));
  }

  /** An attribute with a text. */
  public static Attribute text(String name, String value) {
    return attribute(name, 3, message -> message.text(4, value));
  }

  /** An attribute with a tensor. */
  public static Attribute tensor(String name, ProtoWriter tensor) {
    return attribute(name, 4, message -> message.message(5, tensor));
  }

  /** An attribute with a graph. */
  public static Attribute graph(String name, OnnxBuilder body) {
    return attribute(name, 5, message -> message.message(6, body.graph));
  }

  /** An attribute with floats. */
  public static Attribute numbers(String name, float... values) {
    return attribute(
        name,
        6,
        message -> {
          for (float value : values) {
            message.float32(7, value);
          }
        });
  }

  /** An attribute with integers. */
  public static Attribute ints(String name, long... values) {
    return attribute(
        name,
        7,
        message -> {
          for (long value : values) {
            message.integer(8, value);
          }
        });
  }

  /** An attribute with texts. */
  public static Attribute texts(String name, String... values) {
    return attribute(
        name,
        8,
        message -> {
          for (String value : values) {
            message.text(9, value);
          }
        });
  }

  /** Inside a function: whatever the caller has under another name, of a kind by its number. */
  public static Attribute reference(String name, int kind, String callersName) {
    return attribute(name, kind, message -> message.text(21, callersName));
  }

  /** A tensor of floats in {@code raw_data}; one value given fills the tensor. */
  public static ProtoWriter floatTensor(String name, long[] dims, float... values) {
    int count = count(dims);
    ByteBuffer raw = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      raw.putFloat(values.length == 1 ? values[0] : values[i]);
    }
    return tensor(name, DataType.FLOAT, dims).bytes(9, raw.array());
  }

  /** A tensor of 64-bit integers in {@code raw_data}. */
  public static ProtoWriter longTensor(String name, long[] dims, long... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      raw.putLong(value);
    }
    return tensor(name, DataType.INT64, dims).bytes(9, raw.array());
  }

  /** A tensor whose elements are bytes in {@code raw_data}. */
  public static ProtoWriter byteTensor(String name, DataType type, long[] dims, int... values) {
    byte[] raw = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      raw[i] = (byte) values[i];
    }
    return tensor(name, type, dims).bytes(9, raw);
  }

  /** A tensor without elements yet. */
  public static ProtoWriter tensor(String name, DataType type, long... dims) {
    return new ProtoWriter().packed(1, dims).integer(2, type.number()).text(8, name);
  }

  /** A tensor type. */
  public static ProtoWriter tensorType(DataType type, Object... dims) {
    ProtoWriter shape = new ProtoWriter();
    for (Object dim : dims) {
      ProtoWriter message = new ProtoWriter();
      switch (dim) {
        case String name when name.equals("?") -> {
          // Neither a value nor a name: an unknown size.
        }
        case String name -> message.text(2, name);
        case Number number -> message.integer(1, number.longValue());
        default -> throw new IllegalArgumentException("no dimension: " + dim);
      }
      shape.message(1, message);
    }
    return new ProtoWriter().message(1, elementType(type).message(2, shape));
  }

  /** A sequence type. */
  public static ProtoWriter sequenceType(ProtoWriter element) {
    return new ProtoWriter().message(4, new ProtoWriter().message(1, element));
  }

  private static ProtoWriter elementType(DataType type) {
    return new ProtoWriter().integer(1, type.number());
  }

  private static ProtoWriter valueInfo(String name, ProtoWriter type) {
    return new ProtoWriter().text(1, name).message(2, type);
  }

  private static Attribute attribute(String name, int kind, Consumer<ProtoWriter> value) {
    ProtoWriter message = new ProtoWriter().text(1, name);
    value.accept(message);
    return new Attribute(message.integer(20, kind));
  }

  private static ProtoWriter nodeMessage(
      String domain, String op, String name, String wiring, Attribute... attributes) {
    List<List<String>> sides = sides(wiring);
    ProtoWriter node = new ProtoWriter();
    sides.get(0).forEach(input -> node.text(1, input));
    sides.get(1).forEach(output -> node.text(2, output));
    node.text(3, name).text(4, op).text(7, domain);
    for (Attribute attribute : attributes) {
      node.message(5, attribute.message());
    }
    return node;
  }

  private static List<List<String>> sides(String wiring) {
    int arrow = wiring.indexOf("->");
    if (arrow < 0) {
      throw new IllegalArgumentException("no arrow in: " + wiring);
    }
    return List.of(names(wiring.substring(0, arrow)), names(wiring.substring(arrow + 2)));
  }

  private static List<String> names(String side) {
    return side.isBlank()
        ? List.of()
        : List.of(side.split(",", -1)).stream().map(String::strip).toList();
  }

  private static int count(long... dims) {
    long count = 1;
    for (long dim : dims) {
      count *= dim;
    }
    return Math.toIntExact(count);
  }
}
