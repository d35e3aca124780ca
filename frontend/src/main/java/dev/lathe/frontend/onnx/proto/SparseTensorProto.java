package dev.lathe.frontend.onnx.proto;

import java.util.List;

/**
 * A sparse tensor in coordinate form, read so that it can be named in a message.
 *
 * @param values the values that are not zero; its name is the tensor's
 * @param indices where they stand
 * @param dims the dimensions of the dense tensor, unchecked
 */
public record SparseTensorProto(TensorProto values, TensorProto indices, List<Long> dims) {

  /** Copies the list. */
  public SparseTensorProto {
    dims = List.copyOf(dims);
  }
}
