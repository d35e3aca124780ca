package dev.lathe.frontend.onnx.proto;

import java.util.List;

/**
 * A named constant of a node.
 *
 * @param name the attribute's name
 * @param value its value
 */
public record AttributeProto(String name, Value value) {

  /**
   * What an attribute can hold: one kind for every member of {@code AttributeProto.AttributeType}.
   */
  public sealed interface Value {}

  /** A 32-bit float. */
  public record FloatValue(float value) implements Value {}

  /** A 64-bit integer. */
  public record IntValue(long value) implements Value {}

  /** A byte string. */
  public record StringValue(Bytes value) implements Value {}

  /** A tensor. */
  public record TensorValue(TensorProto value) implements Value {}

  /** A graph: the body of a control-flow node. */
  public record GraphValue(GraphProto value) implements Value {}

  /** A type. */
  public record TypeValue(TypeProto value) implements Value {}

  /** A sparse tensor. */
  public record SparseTensorValue(SparseTensorProto value) implements Value {}

  /** A list of floats. */
  public record FloatsValue(List<Float> values) implements Value {
    /** Copies the list. */
    public FloatsValue {
      values = List.copyOf(values);
    }
  }

  /** A list of integers. */
  public record IntsValue(List<Long> values) implements Value {
    /** Copies the list. */
    public IntsValue {
      values = List.copyOf(values);
    }
  }

  /** A list of byte strings. */
  public record StringsValue(List<Bytes> values) implements Value {
    /** Copies the list. */
    public StringsValue {
      values = List.copyOf(values);
    }
  }

  /** A list of tensors. */
  public record TensorsValue(List<TensorProto> values) implements Value {
    /** Copies the list. */
    public TensorsValue {
      values = List.copyOf(values);
    }
  }

  /** A list of graphs. */
  public record GraphsValue(List<GraphProto> values) implements Value {
    /** Copies the list. */
    public GraphsValue {
      values = List.copyOf(values);
    }
  }

  /** A list of types. */
  public record TypesValue(List<TypeProto> values) implements Value {
    /** Copies the list. */
    public TypesValue {
      values = List.copyOf(values);
    }
  }

  /** A list of sparse tensors. */
  public record SparseTensorsValue(List<SparseTensorProto> values) implements Value {
    /** Copies the list. */
    public SparseTensorsValue {
      values = List.copyOf(values);
    }
  }

  /**
   * Inside a function: whatever the caller's node has under another name.
   *
   * @param attribute the name of the attribute of the calling node
   */
  public record ReferenceValue(String attribute) implements Value {}
}
