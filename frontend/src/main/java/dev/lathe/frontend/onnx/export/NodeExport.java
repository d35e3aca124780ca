package dev.lathe.frontend.onnx.export;

import dev.lathe.frontend.onnx.proto.AttributeProto;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One node of the graph while it is written: its operands by name, and the ONNX nodes that compute
 * it. Who exports an op ends with one {@link OpBuilder#results} or {@link #alias}.
 */
final class NodeExport {
  private final BlockExport block;
  private final Node node;
  private final Map<Integer, String> widened = new TreeMap<>();
  private @Nullable ElementType narrow;
  private @Nullable ElementType wide;

  NodeExport(BlockExport block, Node node) {
    this.block = block;
    this.node = node;
  }

  BlockExport block() {
    return block;
  }

  Node node() {
    return node;
  }

  ModelExport model() {
    return block.model();
  }

  /** The number of operands. */
  int operands() {
    return node.operands().size();
  }

  /** The type of an operand. */
  TensorType type(int operand) {
    return node.operand(operand).type();
  }

  /** The type of a result. */
  TensorType resultType(int result) {
    return node.results().get(result).type();
  }

  /** The elements of an operand that is a constant or a parameter; null for any other. */
  @Nullable ConstantData constant(int operand) {
    return model().graph().dataOf(node.operand(operand));
  }

  /**
   * Computes in a wider type where the operator is not defined on that of the first operand: {@link
   * #in} then gives operands of that type widened, and results are made narrow again.
   */
  NodeExport within(Set<ElementType> allowed) {
    return within(allowed, 0);
  }

  /** As {@link #within(Set)}, for the type of another operand. */
  NodeExport within(Set<ElementType> allowed, int operand) {
    ElementType type = type(operand).elementType();
    ElementType found = Types.wider(type, allowed);
    if (found == null) {
      throw fail("ONNX has no form of it for element type " + type, "cast the operands");
    }
    return found == type ? this : widen(type, found);
  }

  private NodeExport widen(ElementType from, ElementType to) {
    narrow = from;
    wide = to;
    for (int i = 0; i < operands(); i++) {
      if (type(i).elementType() == from) {
        widened.put(i, cast(block.name(node.operand(i)), to));
      }
    }
    return this;
  }

  /** The element type that is computed in: the first operand's, or the wider one for it. */
  ElementType element() {
    return wide != null ? wide : type(0).elementType();
  }

  /** The name of an operand, widened where that was asked for. */
  String in(int operand) {
    String name = widened.get(operand);
    return name != null ? name : block.name(node.operand(operand));
  }

  /** The names of all operands from one on. */
  List<String> insFrom(int first) {
    List<String> names = new ArrayList<>();
    for (int i = first; i < operands(); i++) {
      names.add(in(i));
    }
    return names;
  }

  /** An ONNX node; an empty name leaves an input out. */
  OpBuilder op(String opType, String... inputs) {
    return op(opType, List.of(inputs));
  }

  /** An ONNX node; an empty name leaves an input out. */
  OpBuilder op(String opType, List<String> inputs) {
    return new OpBuilder(this, opType, inputs);
  }

  /** The output of an ONNX node without attributes. */
  String step(String opType, String... inputs) {
    return op(opType, inputs).step();
  }

  /** The last ONNX node, without attributes. */
  void results(String opType, String... inputs) {
    op(opType, inputs).results();
  }

  /** A value in another element type. */
  String cast(String value, ElementType to) {
    return op("Cast", value).type("to", to).step();
  }

  /** A 1-d i64 constant. */
  String longs(long... values) {
    return model().constant(ConstantData.ofLongs(values));
  }

  /** A 1-d i64 constant. */
  String longs(List<? extends Number> values) {
    return longs(values.stream().mapToLong(Number::longValue).toArray());
  }

  /** A 0-d constant. */
  String scalar(ElementType type, double value) {
    return model().constant(ConstantData.ofScalar(type, value));
  }

  /** A 0-d constant of the type that is computed in. */
  String number(double value) {
    return scalar(element(), value);
  }

  String reshape(String value, long... shape) {
    return step("Reshape", value, longs(shape));
  }

  String transpose(String value, List<Integer> permutation) {
    return op("Transpose", value).integers("perm", permutation).step();
  }

  /** Makes a name that is there already stand for the only result. */
  void alias(String name) {
    block.bind(node.results().get(0), name);
  }

  String addStep(String opType, List<String> inputs, Map<String, AttributeProto> attributes) {
    String output = model().values().unique(block.wish(node, 0) + "/" + opType);
    block.add(node, opType, inputs, List.of(output), attributes, true);
    return output;
  }

  void addLast(String opType, List<String> inputs, Map<String, AttributeProto> attributes) {
    List<String> outputs = new ArrayList<>();
    List<Runnable> casts = new ArrayList<>();
    for (int i = 0; i < node.results().size(); i++) {
      String name = block.define(node.results().get(i));
      ElementType to = resultType(i).elementType();
      if (to == narrow) {
        String before = model().values().unique(name + "/" + opType);
        outputs.add(before);
        casts.add(() -> block.addCast(node, before, name, to));
      } else {
        outputs.add(name);
      }
    }
    block.add(node, opType, inputs, outputs, attributes, false);
    casts.forEach(Runnable::run);
  }

  /** A refusal that names the node. */
  ExportException fail(String what, String remedy) {
    return new ExportException(
        model().graph().name() + ": " + node.op().mnemonic() + " " + block.label(node),
        what,
        remedy);
  }
}
