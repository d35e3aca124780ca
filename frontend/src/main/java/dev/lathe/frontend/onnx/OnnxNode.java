package dev.lathe.frontend.onnx;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.emit.Emitter;
import dev.lathe.frontend.onnx.proto.NodeProto;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Axes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node as its handler sees it: inputs as values of the graph, attributes, and where ops go. */
final class OnnxNode {

  private final NodeProto proto;
  private final String where;
  private final long opset;
  private final NodeAttributes attributes;
  private final Scope scope;
  private final Lowering lowering;
  private final Emitter emit;

  OnnxNode(
      NodeProto proto,
      String where,
      long opset,
      NodeAttributes attributes,
      Scope scope,
      Lowering lowering) {
    this.proto = proto;
    this.where = where;
    this.opset = opset;
    this.attributes = attributes;
    this.scope = scope;
    this.lowering = lowering;
    this.emit = new Emitter(scope.builder());
  }

  /** The operator's name. */
  String op() {
    return proto.opType();
  }

  /** The node in a message: the file, the node and its offset. */
  String where() {
    return where;
  }

  /** The version of the operator set the node is written in. */
  long opset() {
    return opset;
  }

  /** The attributes. */
  NodeAttributes attributes() {
    return attributes;
  }

  /** The names the node can use. */
  Scope scope() {
    return scope;
  }

  /** What lowers whole graphs, for nodes that hold some. */
  Lowering lowering() {
    return lowering;
  }

  /** Adds ops to the block the node stands in. */
  Emitter emit() {
    return emit;
  }

  /** The number of inputs named, those left out in between counted. */
  int inputs() {
    return proto.inputs().size();
  }

  /** The number of outputs named. */
  int outputs() {
    return proto.outputs().size();
  }

  /** Whether an input is given. */
  boolean has(int input) {
    return input < proto.inputs().size() && !proto.inputs().get(input).isEmpty();
  }

  /** Whether somebody may use an output. */
  boolean wants(int output) {
    return output < proto.outputs().size() && !proto.outputs().get(output).isEmpty();
  }

  /** The name of an output, empty where it has none. */
  String outputName(int output) {
    return output < proto.outputs().size() ? proto.outputs().get(output) : "";
  }

  /** An input that must be given. */
  Value in(int input) {
    if (!has(input)) {
      throw invalid("input " + input + " is missing");
    }
    return lowering.value(scope, proto.inputs().get(input), where);
  }

  /** An input, or null where it is left out. */
  @Nullable Value optional(int input) {
    return has(input) ? in(input) : null;
  }

  /** All inputs, which must all be given. */
  List<Value> all() {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < inputs(); i++) {
      values.add(in(i));
    }
    return values;
  }

  /** The type of an input. */
  TensorType type(int input) {
    return in(input).type();
  }

  /** The number of axes of an input. */
  int rank(int input) {
    return type(input).rank();
  }

  /** What an input is known to hold before the model runs, or null. */
  @Nullable ConstantData constant(int input) {
    if (!has(input)) {
      return null;
    }
    return scope.find(proto.inputs().get(input)) instanceof Stored stored
        ? stored.data()
        : in(input).constant();
  }

  /** The integers an input is known to hold before the model runs, or null. */
  @Nullable List<Long> longs(int input) {
    ConstantData constant = constant(input);
    if (constant != null) {
      return constant.elementCount() > PropagatedData.MAX_ELEMENTS
          ? null
          : Arrays.stream(constant.toLongs()).boxed().toList();
    }
    PropagatedData data = has(input) ? in(input).data() : null;
    return data != null && data.isFixed() ? Arrays.stream(data.values()).boxed().toList() : null;
  }

  /** The integers of an input that decides what ops the node becomes. */
  List<Long> needLongs(int input, String what) {
    List<Long> values = longs(input);
    if (values == null) {
      throw unsupported(
          what + " computed when the model runs", "make input " + input + " a constant");
    }
    return values;
  }

  /** An input of integers as i64. */
  Value asLongs(int input) {
    return emit.cast(in(input), ElementType.I64);
  }

  /** An input of integers as a 1-d i64 tensor, whose length decides a rank and so is bounded. */
  Value asDims(int input) {
    Value dims = emit.asVector(asLongs(input));
    if (dims.type().rank() != 1
        || !dims.type().dim(0).isFixed()
        || dims.type().dim(0).value() > PropagatedData.MAX_ELEMENTS) {
      throw unsupported(
          "a shape given as " + dims.type(),
          "it needs a known length of at most " + PropagatedData.MAX_ELEMENTS);
    }
    return dims;
  }

  /** An axis attribute, counted from the front. */
  int axis(String name, int byDefault, int rank) {
    return Axes.normalize(attributes.small(name, byDefault), rank);
  }

  /** Axes counted from the front, in order. */
  List<Integer> axes(List<Long> axes, int rank) {
    List<Integer> small = new ArrayList<>();
    for (long axis : axes) {
      small.add(axis == (int) axis ? (int) axis : Integer.MAX_VALUE);
    }
    return Axes.normalize(small, rank).stream().sorted().toList();
  }

  /** An exception for a node whose operator Lathe knows, but not in this form. */
  ImportException unsupported(String what, String remedy) {
    return ImportException.unsupported(where, op() + " with " + what + " is not supported", remedy);
  }

  /** An exception for a node that breaks the rules of its operator. */
  ImportException invalid(String what) {
    return new ImportException(
        where, what, "the model breaks the rules of ONNX " + op() + "; export it again");
  }
}
