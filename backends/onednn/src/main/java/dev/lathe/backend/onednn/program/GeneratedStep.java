package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.ExecutableMemory;
import dev.lathe.backend.onednn.binding.Scope;
import dev.lathe.backend.onednn.jit.CodeSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A generated kernel at its place in a program, with the array that {@link CodeSource} describes.
 * For use by one thread at a time.
 */
final class GeneratedStep {
  private static final int RANGE_NUMBERS = CodeSource.RANGE / Long.BYTES;

  private final GeneratedKernel kernel;
  private final MemorySegment arguments;
  private final MemorySegment ranges;
  private final long[] begins;

  GeneratedStep(Instruction.Generated code, Scope scope) {
    int threads = code.threads();
    this.kernel = code.kernel();
    this.arguments =
        scope.allocate((long) (CodeSource.ADDRESSES + code.operands().size()) * Long.BYTES);
    this.ranges = scope.allocate((long) threads * CodeSource.RANGE);
    this.begins = new long[threads];
    for (int i = 0; i < threads; i++) {
      begins[i] = code.units() * i / threads;
      long end = code.units() * (i + 1) / threads;
      set(ranges, i * RANGE_NUMBERS + CodeSource.END / Long.BYTES, end);
    }
    set(arguments, CodeSource.NUMBER, threads == 1 ? 0 : ExecutableMemory.threadNumber());
    set(arguments, CodeSource.RANGES, ranges.address());
    set(arguments, CodeSource.RANGES_END, ranges.address() + ranges.byteSize());
    set(arguments, CodeSource.FIRST, code.first());
  }

  private static void set(MemorySegment numbers, int index, long value) {
    numbers.setAtIndex(ValueLayout.JAVA_LONG, index, value);
  }

  /** Says where an operand is. */
  void locate(int operand, MemorySegment memory) {
    set(arguments, CodeSource.ADDRESSES + operand, memory.address());
  }

  void run() {
    for (int i = 0; i < begins.length; i++) {
      set(ranges, i * RANGE_NUMBERS + CodeSource.NEXT / Long.BYTES, begins[i]);
    }
    kernel.run(arguments, begins.length);
  }
}
