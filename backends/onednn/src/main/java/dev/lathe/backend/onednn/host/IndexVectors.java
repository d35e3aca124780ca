package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The index vectors of GatherND and ScatterND: each names a slice of data. */
final class IndexVectors {
  /** How many vectors there are. */
  final long count;

  /** Elements of a slice. */
  final long slice;

  private final ElementType type;
  private final int batchDims;
  private final long vectorsInBatch;
  private final long batchSize;
  private final long[] sizes;
  private final long[] strides;

  /**
   * @param batchDims leading axes that data and indices share
   * @throws IllegalArgumentException if those axes differ
   */
  IndexVectors(int batchDims, Request request) {
    long[] shape = request.shape(0);
    long[] indexShape = request.shape(1);
    int last = indexShape.length - 1;
    int depth = Math.toIntExact(indexShape[last]);
    for (int i = 0; i < batchDims; i++) {
      if (shape[i] != indexShape[i]) {
        throw new IllegalArgumentException(
            "data "
                + request.operands().get(0)
                + " and indices "
                + request.operands().get(1)
                + " differ on batch axis "
                + i);
      }
    }
    this.type = request.type(1);
    this.batchDims = batchDims;
    this.count = Shapes.count(indexShape, 0, last);
    this.slice = Shapes.count(shape, batchDims + depth, shape.length);
    this.vectorsInBatch = Math.max(1, Shapes.count(indexShape, batchDims, last));
    this.batchSize = Shapes.count(shape, batchDims, shape.length);
    this.sizes = Arrays.copyOfRange(shape, batchDims, batchDims + depth);
    this.strides = Arrays.copyOfRange(Shapes.strides(shape), batchDims, batchDims + depth);
  }

  /** The element of data at which the slice begins that a vector names. */
  long offset(MemorySegment indices, long vector) {
    long offset = vector / vectorsInBatch * batchSize;
    for (int i = 0; i < sizes.length; i++) {
      long index = Elements.getLong(type, indices, vector * sizes.length + i);
      offset += Indices.normalize(index, sizes[i], batchDims + i) * strides[i];
    }
    return offset;
  }
}
