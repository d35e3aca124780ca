package dev.lathe.frontend.onnx.proto;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor whose data is known to be as long as its type and shape say.
 *
 * @param name the tensor's name, possibly empty
 * @param type the element type
 * @param dims the dimensions, none negative; their product fits a {@code long}
 * @param data the elements in row-major order, little-endian, sub-byte elements packed from the low
 *     bits up: {@code type.bytes(product of dims)} bytes, read-only where they are a slice of a
 *     mapped file and then without any promised alignment; empty for strings. Lives as long as the
 *     arena the file was read into
 * @param strings the elements of a string tensor in row-major order; empty for every other type
 */
public record TensorProto(
    String name, DataType type, List<Long> dims, MemorySegment data, List<Bytes> strings)
    implements ValueProto {

  /** Copies the lists. */
  public TensorProto {
    dims = List.copyOf(dims);
    strings = List.copyOf(strings);
  }

  /** How many elements there are: the product of the dimensions, 1 for a scalar. */
  public long elements() {
    long product = 1;
    for (long dim : dims) {
      product *= dim;
    }
    return product;
  }
}
