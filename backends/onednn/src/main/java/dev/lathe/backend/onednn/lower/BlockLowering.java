package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.Block;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ShapeOp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known while the nodes of a block are lowered in order: where values lie, which nodes are
 * done, and so which memory may be overwritten.
 */
final class BlockLowering {
  private final Graph graph;
  private final Block block;
  private final Emitter emitter;
  private final Map<Value, View> views = new HashMap<>();
  private final Map<Value, Integer> outputs = new HashMap<>();
  private final Map<Buffer, List<Value>> residents = new HashMap<>();
  private final Set<Node> lowered = new HashSet<>();
  private final Map<Value, ChannelScale> scales = new HashMap<>();

  BlockLowering(Graph graph, Block block, Emitter emitter) {
    this.graph = graph;
    this.block = block;
    this.emitter = emitter;
    for (int i = 0; i < block.results().size(); i++) {
      outputs.putIfAbsent(root(block.results().get(i)), i);
    }
  }

  /** The value whose elements, row-major, {@code value} gives another shape. */
  private static Value root(Value value) {
    Value root = value;
    while (root.producer() != null
        && (root.producer().op() instanceof ShapeOp.Reshape
            || root.producer().op() instanceof ShapeOp.Squeeze
            || root.producer().op() instanceof ShapeOp.Unsqueeze)) {
      root = root.producer().operand(0);
    }
    return root;
  }

  Graph graph() {
    return graph;
  }

  Block block() {
    return block;
  }

  Emitter emitter() {
    return emitter;
  }

  /** Whether the value lies somewhere already. */
  boolean isDefined(Value value) {
    return views.containsKey(value);
  }

  /** Leaves a multiplication to the convolution that reads it, or to whoever asks for it. */
  void defer(ChannelScale scale) {
    scales.put(scale.node().result(), scale);
  }

  /** The multiplication that was left to the reader of a value, or null. */
  @Nullable ChannelScale deferred(Value value) {
    return scales.get(value);
  }

  /** Where a value lies. */
  View view(Value value) {
    ChannelScale scale = scales.remove(value);
    if (scale != null) {
      new PointwiseLowering(this).lower(scale);
      done(scale.node());
    }
    View view = views.get(value);
    if (view == null) {
      throw new IllegalStateException("value " + value + " is used before it is lowered");
    }
    return view;
  }

  /** Whether what a value is, is known before the first run. */
  boolean isConstant(Value value) {
    return !scales.containsKey(value) && view(value).isConstant();
  }

  /** Where operand {@code index} of a node lies. */
  View operand(Node node, int index) {
    return view(node.operand(index));
  }

  /**
   * Where a value lies with elements of its own type. Of a narrow float that is only added to
   * something, or multiplied by it, {@link #view} gives the narrow elements, for kernels that take
   * them.
   */
  View typed(Value value) {
    View view = view(value);
    ElementType type = value.type().elementType();
    return view.elementType() == type ? view : emitter.converted(view, type);
  }

  /** Where operand {@code index} lies, or null if the node has fewer operands. */
  @Nullable View operandOrNull(Node node, int index) {
    return index < node.operands().size() ? operand(node, index) : null;
  }

  /** Says where a value lies. */
  void define(Value value, View view) {
    views.put(value, view);
    residents.computeIfAbsent(view.buffer(), b -> new ArrayList<>()).add(value);
  }

  /** Memory for a value: that of an output where the value is one and lies as outputs do. */
  View allocate(Value value, Layout layout) {
    ElementType type = value.type().elementType();
    Integer output = outputs.get(value);
    if (output != null && !emitter.isFolding() && layout.isDense()) {
      return new View(Buffer.output(output, type.byteSize(layout.count())), type, layout);
    }
    return emitter.allocate(type, layout);
  }

  /** Row-major memory for a value. */
  View allocateDense(Value value) {
    return allocate(value, Layout.dense(Types.dims(value.type())));
  }

  /** Whether the value has to end up in the memory of an output. */
  boolean isOutput(Value value) {
    return outputs.containsKey(value) && !emitter.isFolding();
  }

  /** Notes that a node needs nothing more. */
  void done(Node node) {
    lowered.add(node);
  }

  boolean isDone(Node node) {
    return lowered.contains(node);
  }

  /**
   * Whether what lies in the buffer is needed by nobody once {@code last} have read it, so that
   * they may overwrite it.
   */
  boolean isFreeAfter(Buffer buffer, Collection<Node> last) {
    if (buffer.kind() != Buffer.Kind.SCRATCH) {
      return false;
    }
    // Who needs what a buffer is a copy of may be given the copy.
    for (Buffer each = buffer; each != null; each = emitter.original(each)) {
      if (!residents.getOrDefault(each, List.of()).stream().allMatch(v -> isReadBy(v, last))) {
        return false;
      }
    }
    return true;
  }

  /** Whether nothing but {@code last} still has to read a value. */
  private boolean isReadBy(Value value, Collection<Node> last) {
    return !value.isBlockResult()
        && value.users().stream().allMatch(user -> lowered.contains(user) || last.contains(user));
  }

  /** The elements of a constant or parameter; null for any other value. */
  @Nullable ConstantData constant(Value value) {
    return graph.dataOf(value);
  }

  /** The number that a value is, if it is a constant of one real element; else null. */
  @Nullable Float scalar(Value value) {
    ConstantData data = constant(value);
    return data != null && Types.isReal(value) && data.elementCount() == 1
        ? Float.valueOf((float) data.getDouble(0))
        : null;
  }
}
