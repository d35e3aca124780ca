package dev.lathe.backend.onednn.host;

import java.lang.foreign.MemorySegment;

/**
 * Computes one op on tensors in memory, for fixed shapes and element types.
 *
 * <p>Tensors are dense, row-major and little-endian, in native memory that need not be aligned. A
 * kernel is immutable and may be used by several threads at once. Once warm, a run allocates
 * nothing on the Java heap.
 *
 * <p>Results must not overlap operands, except that an elementwise kernel may write its result over
 * an operand of the same shape and element type.
 */
public interface HostKernel {

  /**
   * Computes all results.
   *
   * @param operands the memory of the operands, in the order of the op
   * @param results the memory of the results
   * @throws IllegalArgumentException if an element that says where to read or write is out of
   *     range; the message says which and of what
   * @throws ArithmeticException if an integer is divided by zero
   */
  void run(MemorySegment[] operands, MemorySegment[] results);

  /** How many parts of the work may be computed on their own, in any order; 1 if it is whole. */
  default long units() {
    return 1;
  }

  /**
   * Computes the parts {@code from} to {@code to - 1}. Threads that compute all parts between them
   * compute what one {@link #run(MemorySegment[], MemorySegment[])} does, to the bit.
   */
  default void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
    if (from < to) {
      run(operands, results);
    }
  }
}
