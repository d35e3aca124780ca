package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import java.lang.foreign.MemorySegment;

/** Kernels of ops that read where indices say. */
final class GatherKernels {
  private GatherKernels() {}

  static HostKernel gather(int axis, Request request) {
    return new Gather(axis, request);
  }

  static HostKernel gatherElements(int axis, Request request) {
    return new GatherElements(axis, request);
  }

  static HostKernel gatherNd(int batchDims, Request request) {
    return new GatherNd(batchDims, request);
  }

  /** Copies the slices of an axis that indices name. */
  private static final class Gather implements HostKernel {
    private final ElementType indexType;
    private final long indexCount;
    private final int axis;
    private final long axisSize;
    private final long outer;

    /** Bytes of a slice. */
    private final long slice;

    Gather(int axis, Request request) {
      long[] shape = request.shape(0);
      this.indexType = request.type(1);
      this.indexCount = request.count(1);
      this.axis = Axes.normalize(axis, shape.length);
      this.axisSize = shape[this.axis];
      this.outer = Shapes.count(shape, 0, this.axis);
      this.slice = Shapes.count(shape, this.axis + 1, shape.length) * request.width();
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      Chunk chunk = Chunk.POOL.take();
      for (long at = 0; at < indexCount; at += Chunk.SIZE) {
        int n = (int) Math.min(Chunk.SIZE, indexCount - at);
        Indices.load(chunk, indexType, operands[1], at, n, chunk.l0, axisSize, axis);
        for (long o = 0; o < outer; o++) {
          long source = o * axisSize * slice;
          long target = (o * indexCount + at) * slice;
          copy(operands[0], source, chunk.l0, n, results[0], target);
        }
      }
      Chunk.POOL.give(chunk);
    }

    private void copy(
        MemorySegment data, long source, long[] indices, int n, MemorySegment into, long target) {
      if (Words.isWord(slice)) {
        Words.gather((int) slice, data, source, indices, slice, 0, into, target, n);
        return;
      }
      for (int i = 0; i < n; i++) {
        MemorySegment.copy(data, source + indices[i] * slice, into, target + i * slice, slice);
      }
    }
  }

  /** Walks along the rows of the indices, each of which belongs to one place in data. */
  private static final class GatherElements implements HostKernel {
    private final ElementRows rows;
    private final int width;

    GatherElements(int axis, Request request) {
      this.rows = new ElementRows(axis, request);
      this.width = request.width();
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      Chunk chunk = Chunk.POOL.take();
      for (long row = 0; row < rows.count; row++) {
        for (long at = 0; at < rows.length; at += Chunk.SIZE) {
          int n = (int) Math.min(Chunk.SIZE, rows.length - at);
          rows.loadIndices(chunk, operands[1], row, at, n, chunk.l0);
          Words.gather(
              width,
              operands[0],
              (rows.dataOffset(row) + at * rows.step) * width,
              chunk.l0,
              rows.axisStride * width,
              rows.step * width,
              results[0],
              (row * rows.length + at) * width,
              n);
        }
      }
      Chunk.POOL.give(chunk);
    }
  }

  /** Copies the slices that index vectors name. */
  private static final class GatherNd implements HostKernel {
    private final IndexVectors vectors;
    private final long slice;

    GatherNd(int batchDims, Request request) {
      this.vectors = new IndexVectors(batchDims, request);
      this.slice = vectors.slice * request.width();
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      int width = (int) (vectors.slice == 0 ? 0 : slice / vectors.slice);
      for (long v = 0; v < vectors.count; v++) {
        long source = vectors.offset(operands[1], v) * width;
        MemorySegment.copy(operands[0], source, results[0], v * slice, slice);
      }
    }
  }
}
