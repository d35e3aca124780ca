package dev.lathe.frontend.onnx.proto;

/** A value as test data holds it: a tensor, a sequence of values, or an optional value. */
public sealed interface ValueProto permits TensorProto, SequenceProto, OptionalProto {

  /** The name given in the file, possibly empty. */
  String name();
}
