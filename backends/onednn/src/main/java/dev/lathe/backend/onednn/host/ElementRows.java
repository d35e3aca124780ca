package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The innermost rows of the indices of GatherElements and ScatterElements, and where in data they
 * point. Element {@code j} of a row points to {@code dataOffset(row) + j * step + index *
 * axisStride}.
 */
final class ElementRows {
  /** How many rows there are, and how long each is. */
  final long count;

  final long length;

  /** The distance in data between the places of neighbours in a row, apart from their indices. */
  final long step;

  /** The distance in data between neighbours on the axis of the indices. */
  final long axisStride;

  private final ElementType indexType;
  private final int axis;
  private final long axisSize;
  private final long[] sizes;
  private final long[] strides;

  /**
   * @throws IllegalArgumentException if the indices reach outside data on another axis
   */
  ElementRows(int givenAxis, Request request) {
    long[] shape = request.shape(0);
    long[] indexShape = request.shape(1);
    int rank = shape.length;
    this.axis = Axes.normalize(givenAxis, rank);
    for (int i = 0; i < rank; i++) {
      if (i != axis && indexShape[i] > shape[i]) {
        throw new IllegalArgumentException(
            "indices "
                + request.operands().get(1)
                + " reach outside data "
                + request.operands().get(0)
                + " on axis "
                + i);
      }
    }
    this.indexType = request.type(1);
    this.axisSize = shape[axis];
    long[] own = Shapes.strides(shape);
    this.axisStride = own[axis];
    own[axis] = 0;
    this.length = indexShape[rank - 1];
    this.step = own[rank - 1];
    this.sizes = Arrays.copyOf(indexShape, rank - 1);
    this.strides = Arrays.copyOf(own, rank - 1);
    this.count = length == 0 ? 0 : Shapes.count(sizes);
  }

  /** Where in data the row begins, apart from its indices. */
  long dataOffset(long row) {
    long offset = 0;
    long rest = row;
    for (int i = sizes.length - 1; i >= 0; i--) {
      offset += rest % sizes[i] * strides[i];
      rest /= sizes[i];
    }
    return offset;
  }

  /** Reads {@code n} indices of a row, from place {@code at} on. */
  void loadIndices(Staging via, MemorySegment indices, long row, long at, int n, long[] into) {
    Indices.load(via, indexType, indices, row * length + at, n, into, axisSize, axis);
  }
}
