package dev.lathe.frontend.onnx.proto;

import java.util.List;

/**
 * A sequence of values of one kind.
 *
 * @param name the name given in the file, possibly empty
 * @param values the elements in order
 */
public record SequenceProto(String name, List<ValueProto> values) implements ValueProto {

  /** Copies the list. */
  public SequenceProto {
    values = List.copyOf(values);
  }
}
