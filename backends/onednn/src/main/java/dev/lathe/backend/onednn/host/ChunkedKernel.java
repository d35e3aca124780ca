package dev.lathe.backend.onednn.host;

import java.lang.foreign.MemorySegment;

/** A kernel whose results are computed chunk by chunk, each from operands alone. */
abstract class ChunkedKernel implements DividedKernel {
  private final long count;

  /**
   * @param count the number of elements, cut into chunks
   */
  ChunkedKernel(long count) {
    this.count = count;
  }

  @Override
  public final long units() {
    return Math.ceilDiv(count, (long) Chunk.SIZE);
  }

  @Override
  public final void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
    Chunk chunk = Chunk.POOL.take();
    for (long i = from; i < to; i++) {
      long start = i * Chunk.SIZE;
      compute(chunk, operands, results, start, (int) Math.min(Chunk.SIZE, count - start));
    }
    Chunk.POOL.give(chunk);
  }

  /** Computes {@code n} elements from element {@code from} on. */
  abstract void compute(
      Chunk chunk, MemorySegment[] operands, MemorySegment[] results, long from, int n);
}
