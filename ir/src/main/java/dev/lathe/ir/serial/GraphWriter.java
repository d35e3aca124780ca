package dev.lathe.ir.serial;

import dev.lathe.ir.Block;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.OpAttributes;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes graphs in binary form, version {@value #VERSION}. The same graph gives the same bytes.
 *
 * <p>Layout, all big-endian, counts and indices as unsigned LEB128: {@code "LATHEGRF"}, the version
 * as u32, a table of strings (UTF-8), then the graph with strings given by index: name, metadata,
 * parameters, functions. A block is its arguments, nodes and results; values are numbered in order
 * of definition within a block, arguments first. A node is mnemonic, operands, attributes,
 * provenance, the type and name of each result, data if it is a constant, and nested blocks. Data
 * is its type and either its bytes, or the offset of its bytes among the weights.
 */
public final class GraphWriter {
  /** The version written. Readers read this and every earlier one. */
  public static final int VERSION = 1;

  static final byte[] MAGIC = "LATHEGRF".getBytes(StandardCharsets.US_ASCII);

  /** Data of more bytes goes among the weights. */
  static final int MAX_INLINE = 256;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);
  private final Map<String, Integer> strings = new LinkedHashMap<>();
  private final List<MemorySegment> weights = new ArrayList<>();
  private final Map<ConstantData, Long> offsets = new HashMap<>();
  private long weightsSize;

  private GraphWriter() {}

  /** The binary form of {@code graph}. The large data stays where it is until it is written. */
  public static SerializedGraph write(Graph graph) {
    try {
      return new GraphWriter().serialize(graph);
    } catch (IOException e) {
      throw new UncheckedIOException("a write to memory failed", e);
    }
  }

  private SerializedGraph serialize(Graph graph) throws IOException {
    string(graph.name());
    texts(graph.metadata());
    count(graph.parameters().size());
    for (Map.Entry<String, ConstantData> parameter : graph.parameters().entrySet()) {
      string(parameter.getKey());
      data(parameter.getValue());
    }
    count(graph.functions().size());
    for (Function function : graph.functions().values()) {
      string(function.name());
      block(function.body());
      for (String input : function.inputNames()) {
        string(input);
      }
      for (String output : function.outputNames()) {
        string(output);
      }
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    DataOutputStream header = new DataOutputStream(whole);
    header.write(MAGIC);
    header.writeInt(VERSION);
    varint(header, strings.size());
    for (String text : strings.keySet()) {
      byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
      varint(header, encoded.length);
      header.write(encoded);
    }
    bytes.writeTo(header);
    return new SerializedGraph(
        MemorySegment.ofArray(whole.toByteArray()).asReadOnly(), weights, weightsSize);
  }

  private static void varint(DataOutputStream to, long value) throws IOException {
    long rest = value;
    while (Long.compareUnsigned(rest, 0x7F) > 0) {
      to.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    to.write((int) rest);
  }

  private void count(long value) throws IOException {
    varint(out, value);
  }

  private void string(String text) throws IOException {
    Integer index = strings.putIfAbsent(text, strings.size());
    count(index == null ? strings.size() - 1 : index);
  }

  private void optional(@Nullable String text) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      string(text);
    }
  }

  private void texts(Map<String, String> texts) throws IOException {
    count(texts.size());
    for (Map.Entry<String, String> entry : texts.entrySet()) {
      string(entry.getKey());
      string(entry.getValue());
    }
  }

  private void block(Block block) throws IOException {
    Map<Value, Integer> numbers = new HashMap<>();
    count(block.arguments().size());
    for (Value argument : block.arguments()) {
      value(argument, numbers);
    }
    count(block.size());
    for (Node node : block.nodes()) {
      node(node, numbers);
    }
    uses(block.results(), numbers);
  }

  private void value(Value value, Map<Value, Integer> numbers) throws IOException {
    numbers.put(value, numbers.size());
    string(value.type().toString());
    optional(value.name());
  }

  private void uses(List<Value> values, Map<Value, Integer> numbers) throws IOException {
    count(values.size());
    for (Value value : values) {
      Integer number = numbers.get(value);
      if (number == null) {
        throw new IllegalStateException("value " + value + " is used before it is defined");
      }
      count(number);
    }
  }

  private void node(Node node, Map<Value, Integer> numbers) throws IOException {
    string(node.op().mnemonic());
    uses(node.operands(), numbers);
    texts(OpAttributes.of(node.op()));
    count(node.provenance().size());
    for (String source : node.provenance()) {
      string(source);
    }
    if (node.op() instanceof CreationOp.Constant constant) {
      data(constant.data());
    }
    count(node.op().blocks().size());
    for (Block nested : node.op().blocks()) {
      block(nested);
    }
    count(node.results().size());
    for (Value result : node.results()) {
      value(result, numbers);
    }
  }

  private void data(ConstantData data) throws IOException {
    string(data.type().toString());
    if (data.segment().byteSize() <= MAX_INLINE) {
      out.writeBoolean(false);
      out.write(data.segment().toArray(ValueLayout.JAVA_BYTE));
      return;
    }
    Long offset = offsets.get(data);
    if (offset == null) {
      offset = SerializedGraph.align(weightsSize);
      offsets.put(data, offset);
      weights.add(data.segment());
      weightsSize = offset + data.segment().byteSize();
    }
    out.writeBoolean(true);
    count(offset);
  }
}
