package dev.lathe.frontend.onnx.export;

import dev.lathe.frontend.onnx.proto.AttributeProto;
import dev.lathe.frontend.onnx.proto.NodeProto;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.DimArithmetic;
import dev.lathe.ir.Function;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Dimensions as shape arithmetic: a symbol is asked of the shape of the first input in which it
 * stands alone, else of one where it stands as in {@code 16*H + 1}, and expressions are computed of
 * 1-d i64 tensors of one element. All of it stands before the other nodes, where nested graphs see
 * it too.
 */
final class DimExport {
  private final ModelExport model;
  private final Function forward;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<Dim, String> single = new HashMap<>();
  private final Map<List<Dim>, String> vectors = new HashMap<>();

  DimExport(ModelExport model, Function forward) {
    this.model = model;
    this.forward = forward;
  }

  /** The nodes for everything asked so far. */
  List<NodeProto> nodes() {
    return nodes;
  }

  /** The name of a 1-d i64 tensor with the given elements. */
  String vector(List<Dim> dims) {
    if (dims.stream().allMatch(Dim::isFixed)) {
      return longs(dims.stream().mapToLong(Dim::value).toArray());
    }
    String known = vectors.get(dims);
    if (known == null) {
      List<String> parts = dims.stream().map(this::scalar).toList();
      known = parts.size() == 1 ? parts.get(0) : add("Concat", parts, "axis", 0L);
      vectors.put(dims, known);
    }
    return known;
  }

  private String scalar(Dim dim) {
    String known = single.get(dim);
    if (known == null) {
      known = dim.compute(new Nodes());
      single.put(dim, known);
    }
    return known;
  }

  private String longs(long... values) {
    return model.constant(ConstantData.ofLongs(values));
  }

  private String add(String opType, List<String> inputs, Object... attributes) {
    Map<String, AttributeProto> fields = new LinkedHashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      String name = (String) attributes[i];
      AttributeProto.Value value = new AttributeProto.IntValue((Long) attributes[i + 1]);
      fields.put(name, new AttributeProto(name, value));
    }
    String output = model.values().unique("size/" + opType);
    String name = model.nodes().unique("size/" + opType);
    nodes.add(BlockExport.proto(name, opType, inputs, List.of(output), fields));
    return output;
  }

  private String symbol(String name) {
    Dim symbol = Dim.symbol(name);
    for (int i = 0; i < forward.inputs().size(); i++) {
      List<Dim> dims = forward.inputs().get(i).type().shape().dims();
      int axis = dims.indexOf(symbol);
      if (axis >= 0) {
        return size(i, axis);
      }
    }
    for (int i = 0; i < forward.inputs().size(); i++) {
      List<Dim> dims = forward.inputs().get(i).type().shape().dims();
      for (int axis = 0; axis < dims.size(); axis++) {
        if (dims.get(axis).symbols().equals(Set.of(name))) {
          long offset = dims.get(axis).evaluate(Map.of(name, 0L));
          long factor = dims.get(axis).evaluate(Map.of(name, 1L)) - offset;
          if (factor > 0 && dims.get(axis).equals(symbol.times(factor).plus(offset))) {
            String multiple = add("Sub", List.of(size(i, axis), longs(offset)));
            return add("Div", List.of(multiple, longs(factor)));
          }
        }
      }
    }
    throw new ExportException(
        model.graph().name(),
        "the size " + name + " is that of no input, so nothing says what it is at run time",
        "give it by --shape, or to an axis of an input alone");
  }

  private String size(int input, int axis) {
    List<String> name = List.of(forward.inputNames().get(input));
    return add("Shape", name, "start", (long) axis, "end", axis + 1L);
  }

  /** Computes dimensions by nodes. */
  private final class Nodes implements DimArithmetic<String> {
    @Override
    public String number(long value) {
      return longs(value);
    }

    @Override
    public String symbol(String name) {
      Dim dim = Dim.symbol(name);
      String known = single.get(dim);
      if (known == null) {
        known = DimExport.this.symbol(name);
        single.put(dim, known);
      }
      return known;
    }

    @Override
    public String plus(String a, String b) {
      return add("Add", List.of(a, b));
    }

    @Override
    public String times(String a, String b) {
      return add("Mul", List.of(a, b));
    }

    @Override
    public String floorDiv(String a, String b, boolean natural) {
      // Div truncates, but Mod gives the rest of the quotient rounded down.
      String exact = natural ? a : add("Sub", List.of(a, add("Mod", List.of(a, b))));
      return add("Div", List.of(exact, b));
    }

    @Override
    public String min(String a, String b) {
      return add("Min", List.of(a, b));
    }

    @Override
    public String max(String a, String b) {
      return add("Max", List.of(a, b));
    }
  }
}
