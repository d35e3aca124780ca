package dev.lathe.frontend.onnx.proto;

import java.util.List;
import java.util.Optional;

/** The type of a value, as far as the file tells it. */
public sealed interface TypeProto {

  /**
   * A tensor.
   *
   * @param elementType the element type
   * @param shape the dimensions; empty where not even the rank is known
   */
  record TensorType(DataType elementType, Optional<List<Dimension>> shape) implements TypeProto {
    /** Copies the list. */
    public TensorType {
      shape = shape.map(List::copyOf);
    }
  }

  /**
   * A sequence.
   *
   * @param element the type of every element; empty where not given
   */
  record SequenceType(Optional<TypeProto> element) implements TypeProto {}

  /**
   * A value that may be missing.
   *
   * @param element the type of the value; empty where not given
   */
  record OptionalType(Optional<TypeProto> element) implements TypeProto {}

  /**
   * A kind of type that Lathe does not read further.
   *
   * @param kind {@code map}, {@code sparse_tensor} or {@code opaque}
   */
  record OtherType(String kind) implements TypeProto {}

  /** A dimension of a tensor type. */
  sealed interface Dimension {}

  /**
   * A known size.
   *
   * @param value the size, as written: possibly 0 or negative, which some writers use for unknown
   */
  record FixedDimension(long value) implements Dimension {}

  /**
   * A named size: the same name in one model is the same size.
   *
   * @param symbol the name, not empty
   */
  record NamedDimension(String symbol) implements Dimension {}

  /** A size nothing is known of. */
  record UnknownDimension() implements Dimension {}
}
