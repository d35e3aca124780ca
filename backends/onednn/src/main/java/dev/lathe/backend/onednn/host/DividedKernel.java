package dev.lathe.backend.onednn.host;

import java.lang.foreign.MemorySegment;

/** A kernel whose work is that of all its units, one after the other. */
interface DividedKernel extends HostKernel {
  @Override
  long units();

  @Override
  default void run(MemorySegment[] operands, MemorySegment[] results) {
    run(operands, results, 0, units());
  }

  @Override
  void run(MemorySegment[] operands, MemorySegment[] results, long from, long to);
}
