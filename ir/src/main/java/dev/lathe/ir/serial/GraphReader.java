package dev.lathe.ir.serial;

import dev.lathe.ir.Block;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.OpCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads graphs in the binary form that {@link GraphWriter} describes, of its version or an earlier
 * one.
 */
public final class GraphReader {
  private static final int MAX_NESTING = 64;

  private final ByteBuffer in;
  private final MemorySegment weights;
  private final boolean trusted;
  private final List<String> strings = new ArrayList<>();
  private final Map<String, TensorType> types = new HashMap<>();
  private final Arena inline = Arena.ofAuto();
  private Graph graph = new Graph("");
  private Shape unbacked = Shape.SCALAR;
  private int nesting;

  private GraphReader(ByteBuffer in, MemorySegment weights, boolean trusted) {
    this.in = in;
    this.weights = weights;
    this.trusted = trusted;
  }

  /**
   * Reads a graph whose bytes are known to be as they were written, as by a checksum. Types are
   * taken as they were written rather than inferred again, which is most of the time of reading,
   * and nothing is known of elements; {@link dev.lathe.ir.Specializer} infers both.
   *
   * @param structure the bytes of {@link SerializedGraph#structure}
   * @param weights the memory of the large data, which the graph's data become slices of
   * @throws MalformedGraphException if the bytes are not a graph, or one of a later version
   */
  public static Graph readTrusted(MemorySegment structure, MemorySegment weights)
      throws MalformedGraphException {
    return read(structure, weights, true);
  }

  /**
   * Reads a graph.
   *
   * @param structure the bytes of {@link SerializedGraph#structure}
   * @param weights the memory of the large data, which the graph's data become slices of
   * @throws MalformedGraphException if the bytes are not a graph, or one of a later version
   */
  public static Graph read(MemorySegment structure, MemorySegment weights)
      throws MalformedGraphException {
    return read(structure, weights, false);
  }

  private static Graph read(MemorySegment structure, MemorySegment weights, boolean trusted)
      throws MalformedGraphException {
    GraphReader reader = new GraphReader(structure.asByteBuffer(), weights, trusted);
    try {
      return reader.read();
    } catch (BufferUnderflowException e) {
      throw new MalformedGraphException(
          "the graph ends too early, after " + structure.byteSize() + " bytes", e);
    } catch (IllegalArgumentException
        | ArithmeticException
        | IllegalStateException
        | IndexOutOfBoundsException e) {
      throw new MalformedGraphException(
          "the graph is damaged near byte " + reader.in.position() + ": " + e.getMessage(), e);
    }
  }

  private Graph read() throws MalformedGraphException {
    byte[] magic = new byte[GraphWriter.MAGIC.length];
    in.get(magic);
    if (!java.util.Arrays.equals(magic, GraphWriter.MAGIC)) {
      throw new MalformedGraphException("the bytes are not a Lathe graph");
    }
    int version = in.getInt();
    if (version < 1 || version > GraphWriter.VERSION) {
      throw new MalformedGraphException(
          "the graph has format version "
              + version
              + ", but this runtime reads up to "
              + GraphWriter.VERSION
              + "; use a runtime as new as the compiler");
    }
    readStrings();
    graph = new Graph(string());
    texts().forEach(graph::metadata);
    int parameters = count();
    for (int i = 0; i < parameters; i++) {
      graph.parameter(string(), data());
    }
    int functions = count();
    for (int i = 0; i < functions; i++) {
      String name = string();
      Block body = block(graph.newBlock().reserve(unbacked));
      graph.add(
          new Function(name, body, names(body.arguments().size()), names(body.results().size())));
    }
    if (in.hasRemaining()) {
      throw new IllegalArgumentException(in.remaining() + " bytes follow the end");
    }
    return graph;
  }

  private void readStrings() {
    int count = count();
    List<Dim> symbols = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[count()];
      in.get(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      strings.add(text);
      if (text.indexOf('?') >= 0 && text.endsWith("]") && Character.isLetter(text.charAt(0))) {
        for (String name : type(text).shape().symbols()) {
          symbols.add(Dim.symbol(name));
        }
      }
    }
    unbacked = new Shape(symbols);
  }

  /**
   * A count, of which each is followed by at least a byte, so that no count asks for more than
   * there is.
   */
  private int count() {
    long value = number();
    if (value < 0 || value > in.remaining()) {
      throw new IllegalArgumentException(
          "a count of " + value + " where " + in.remaining() + " bytes are left");
    }
    return (int) value;
  }

  private long number() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = in.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 64 bits");
  }

  private String string() {
    return strings.get(Math.toIntExact(number()));
  }

  private @Nullable String optional() {
    return bool() ? string() : null;
  }

  private boolean bool() {
    return switch (in.get()) {
      case 0 -> false;
      case 1 -> true;
      default -> throw new IllegalArgumentException("a flag that is neither 0 nor 1");
    };
  }

  private List<String> names(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(string());
    }
    return names;
  }

  private Map<String, String> texts() {
    int count = count();
    Map<String, String> texts = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      texts.put(string(), string());
    }
    return texts;
  }

  private TensorType type(String text) {
    return types.computeIfAbsent(text, TensorType::parse);
  }

  private Block block(BlockBuilder builder) {
    if (++nesting > MAX_NESTING) {
      throw new IllegalArgumentException("blocks are nested more than " + MAX_NESTING + " deep");
    }
    List<Value> values = new ArrayList<>();
    int arguments = count();
    for (int i = 0; i < arguments; i++) {
      TensorType type = type(string());
      String name = optional();
      values.add(builder.argument(name == null ? "arg" + i : name, type));
    }
    int nodes = count();
    for (int i = 0; i < nodes; i++) {
      node(builder, values);
    }
    nesting--;
    return builder.finish(uses(values));
  }

  private List<Value> uses(List<Value> values) {
    int count = count();
    List<Value> result = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      result.add(values.get(Math.toIntExact(number())));
    }
    return result;
  }

  private void node(BlockBuilder builder, List<Value> values) {
    String mnemonic = string();
    List<Value> operands = uses(values);
    Map<String, String> attributes = texts();
    builder.from(names(count()));
    ConstantData data = mnemonic.equals("constant") ? data() : null;
    List<Block> blocks = new ArrayList<>();
    int nested = count();
    for (int i = 0; i < nested; i++) {
      blocks.add(block(builder.nested()));
    }
    Op op = OpCodec.create(mnemonic, attributes, data, blocks);
    int count = count();
    List<TensorType> types = new ArrayList<>(count);
    List<@Nullable String> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      types.add(type(string()));
      names.add(optional());
    }
    List<Value> results =
        trusted ? builder.addDeclared(op, operands, types) : builder.addAll(op, operands);
    if (count != results.size()) {
      throw new IllegalArgumentException(
          mnemonic + " gives " + results.size() + " results, not " + count);
    }
    for (int i = 0; i < count; i++) {
      Value result = results.get(i);
      String name = names.get(i);
      if (!trusted) {
        builder.declare(result, types.get(i));
      }
      if (name != null) {
        builder.name(result, name);
      }
      values.add(result);
    }
  }

  private ConstantData data() {
    TensorType type = type(string());
    long size = type.byteSize();
    if (bool()) {
      return new ConstantData(type, weights.asSlice(number(), size));
    }
    if (size > GraphWriter.MAX_INLINE) {
      throw new IllegalArgumentException(
          "data of type " + type + " is too large to stand in the graph");
    }
    byte[] bytes = new byte[(int) size];
    in.get(bytes);
    MemorySegment segment = inline.allocate(Math.max(1, size), 64).asSlice(0, size);
    return new ConstantData(type, segment.copyFrom(MemorySegment.ofArray(bytes)));
  }
}
