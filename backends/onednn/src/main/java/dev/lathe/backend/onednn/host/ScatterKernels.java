package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import java.lang.foreign.MemorySegment;

/** Kernels of ops that write where indices say. Updates are applied in order. */
final class ScatterKernels {
  private ScatterKernels() {}

  static HostKernel scatterElements(int axis, ScatterReduction reduction, Request request) {
    return new ScatterElements(axis, reduction, request);
  }

  static HostKernel scatterNd(ScatterReduction reduction, Request request) {
    return new ScatterNd(reduction, request);
  }

  /** Combines an update with what is there. */
  private record Update(ScatterReduction reduction, ElementType type) {
    void apply(MemorySegment updates, long from, MemorySegment into, long at) {
      if (type.isFloat()) {
        double update = Elements.getDouble(type, updates, from);
        Elements.setDouble(type, into, at, combine(Elements.getDouble(type, into, at), update));
      } else {
        long update = Elements.getLong(type, updates, from);
        Elements.setLong(type, into, at, combine(Elements.getLong(type, into, at), update));
      }
    }

    private double combine(double old, double update) {
      return switch (reduction) {
        case NONE -> update;
        case ADD -> old + update;
        case MUL -> old * update;
        case MAX -> Math.max(old, update);
        case MIN -> Math.min(old, update);
      };
    }

    private long combine(long old, long update) {
      return switch (reduction) {
        case NONE -> update;
        case ADD -> old + update;
        case MUL -> old * update;
        case MAX -> Integers.compare(type, old, update) >= 0 ? old : update;
        case MIN -> Integers.compare(type, old, update) <= 0 ? old : update;
      };
    }
  }

  /** Writes single elements, which each row of the indices has along one place in data. */
  private static final class ScatterElements implements HostKernel {
    private final ElementRows rows;
    private final Update update;
    private final long size;
    private final int width;

    ScatterElements(int axis, ScatterReduction reduction, Request request) {
      if (!request.operands().get(1).shape().equals(request.operands().get(2).shape())) {
        throw new IllegalArgumentException(
            "updates "
                + request.operands().get(2)
                + " must have the shape of indices "
                + request.operands().get(1));
      }
      this.rows = new ElementRows(axis, request);
      this.update = new Update(reduction, request.resultType());
      this.size = request.results().get(0).byteSize();
      this.width = request.width();
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      MemorySegment into = results[0];
      MemorySegment.copy(operands[0], 0, into, 0, size);
      Chunk chunk = Chunk.POOL.take();
      for (long row = 0; row < rows.count; row++) {
        long start = rows.dataOffset(row);
        for (long at = 0; at < rows.length; at += Chunk.SIZE) {
          int n = (int) Math.min(Chunk.SIZE, rows.length - at);
          rows.loadIndices(chunk, operands[1], row, at, n, chunk.l0);
          long source = row * rows.length + at;
          long target = start + at * rows.step;
          if (update.reduction == ScatterReduction.NONE) {
            replace(operands[2], source, chunk.l0, into, target, n);
          } else {
            for (int i = 0; i < n; i++) {
              long place = target + i * rows.step + chunk.l0[i] * rows.axisStride;
              update.apply(operands[2], source + i, into, place);
            }
          }
        }
      }
      Chunk.POOL.give(chunk);
    }

    private void replace(
        MemorySegment updates,
        long source,
        long[] indices,
        MemorySegment into,
        long target,
        int n) {
      for (int i = 0; i < n; i++) {
        long place = target + i * rows.step + indices[i] * rows.axisStride;
        Words.copyBlock(updates, (source + i) * width, into, place * width, width);
      }
    }
  }

  /** Writes the slices that index vectors name. */
  private static final class ScatterNd implements HostKernel {
    private final IndexVectors vectors;
    private final Update update;
    private final long size;
    private final int width;

    ScatterNd(ScatterReduction reduction, Request request) {
      this.vectors = new IndexVectors(0, request);
      this.update = new Update(reduction, request.resultType());
      this.size = request.results().get(0).byteSize();
      this.width = request.width();
      if (request.count(2) != vectors.count * vectors.slice) {
        throw new IllegalArgumentException(
            "updates "
                + request.operands().get(2)
                + " must have "
                + vectors.count * vectors.slice
                + " elements for indices "
                + request.operands().get(1)
                + " into "
                + request.operands().get(0));
      }
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      MemorySegment into = results[0];
      MemorySegment.copy(operands[0], 0, into, 0, size);
      long slice = vectors.slice;
      for (long v = 0; v < vectors.count; v++) {
        long target = vectors.offset(operands[1], v);
        if (update.reduction == ScatterReduction.NONE) {
          MemorySegment.copy(operands[2], v * slice * width, into, target * width, slice * width);
        } else {
          for (long i = 0; i < slice; i++) {
            update.apply(operands[2], v * slice + i, into, target + i);
          }
        }
      }
    }
  }
}
