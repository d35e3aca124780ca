package dev.lathe.backend.onednn.lower;

import dev.lathe.ir.BFloat16;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.Op;
import dev.lathe.runtime.spi.Backend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A graph of reduced precision on a processor without instructions for it: the same in f32. The
 * conversions that the compiler placed are left out, so that less is rounded than the graph says;
 * weights are what they were rounded to. Inputs and outputs keep their types.
 */
public final class WideGraph {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long ALIGNMENT = 64;

  private final Graph wide;
  private final ElementType narrow;
  private final Map<Value, Value> mapping = new HashMap<>();

  private WideGraph(Graph graph, ElementType narrow) {
    this.wide = new Graph(graph.name());
    this.narrow = narrow;
    graph.metadata().forEach(wide::metadata);
  }

  /**
   * The graph as this processor shall run it: itself, unless the compiler reduced its precision to
   * a type that the processor does not multiply. One with branches or loops stays what it is.
   */
  public static Graph of(Graph graph) {
    String precision = graph.metadata().get(Backend.PRECISION);
    ElementType narrow = precision == null ? ElementType.F32 : ElementType.parse(precision);
    if (Types.isReal(narrow) || hasNested(graph)) {
      return graph;
    }
    System.getLogger(WideGraph.class.getName())
        .log(
            System.Logger.Level.WARNING,
            graph.name()
                + ": this processor has no instructions for "
                + narrow
                + ", and computes in f32");
    return new WideGraph(graph, narrow).widened(graph);
  }

  private static boolean hasNested(Graph graph) {
    for (Function function : graph.functions().values()) {
      for (Node node : function.body().nodes()) {
        if (!node.op().blocks().isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }

  private Graph widened(Graph graph) {
    graph
        .parameters()
        .forEach((name, data) -> wide.parameter(name, isNarrow(data.type()) ? f32(data) : data));
    for (Function function : graph.functions().values()) {
      BlockBuilder builder = wide.newBlock();
      for (int i = 0; i < function.inputs().size(); i++) {
        Value input = function.inputs().get(i);
        mapping.put(input, read(builder.argument(input.name(), input.type()), builder));
      }
      for (Node node : function.body().nodes()) {
        copy(node, builder);
      }
      List<Value> results = function.outputs().stream().map(v -> written(v, builder)).toList();
      wide.add(
          new Function(
              function.name(),
              builder.finish(results),
              function.inputNames(),
              function.outputNames()));
    }
    return wide;
  }

  private boolean isNarrow(TensorType type) {
    return type.elementType() == narrow;
  }

  private Value mapped(Value value) {
    return Objects.requireNonNull(mapping.get(value));
  }

  private Value read(Value value, BlockBuilder builder) {
    return isNarrow(value.type()) ? builder.add(new Cast(ElementType.F32), value) : value;
  }

  private Value written(Value value, BlockBuilder builder) {
    Value copy = mapped(value);
    return isNarrow(value.type()) ? builder.add(new Cast(narrow), copy) : copy;
  }

  private TensorType type(TensorType type) {
    return isNarrow(type) ? type.withElementType(ElementType.F32) : type;
  }

  private void copy(Node node, BlockBuilder builder) {
    builder.from(node.provenance());
    if (node.op() instanceof Cast
        && isFloat(node.operand(0).type())
        && isFloat(node.result().type())) {
      mapping.put(node.result(), mapped(node.operand(0)));
      return;
    }
    List<Value> operands = node.operands().stream().map(this::mapped).toList();
    List<TensorType> types = node.results().stream().map(v -> type(v.type())).toList();
    List<Value> results = builder.addDeclared(op(node.op()), operands, types);
    for (int i = 0; i < results.size(); i++) {
      mapping.put(node.results().get(i), results.get(i));
    }
  }

  private boolean isFloat(TensorType type) {
    return isNarrow(type) || type.elementType() == ElementType.F32;
  }

  private Op op(Op op) {
    return switch (op) {
      case CreationOp.Constant constant when isNarrow(constant.data().type()) ->
          new CreationOp.Constant(f32(constant.data()));
      case CreationOp.Parameter parameter ->
          new CreationOp.Parameter(parameter.name(), type(parameter.type()));
      case Cast cast when cast.to() == narrow -> new Cast(ElementType.F32);
      default -> op;
    };
  }

  private ConstantData f32(ConstantData data) {
    long count = data.elementCount();
    MemorySegment from = data.segment();
    MemorySegment to = Arena.ofAuto().allocate(Math.max(1, count) * Float.BYTES, ALIGNMENT);
    for (long i = 0; i < count; i++) {
      short bits = from.get(SHORT, i * Short.BYTES);
      float value =
          narrow == ElementType.BF16 ? BFloat16.toFloat(bits) : Float.float16ToFloat(bits);
      to.set(FLOAT, i * Float.BYTES, value);
    }
    return new ConstantData(
        data.type().withElementType(ElementType.F32), to.asSlice(0, count * Float.BYTES));
  }
}
