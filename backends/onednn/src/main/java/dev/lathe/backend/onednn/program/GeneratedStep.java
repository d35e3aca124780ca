package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.Crowd;
import dev.lathe.backend.onednn.binding.ExecutableMemory;
import dev.lathe.backend.onednn.binding.Scope;
import dev.lathe.backend.onednn.jit.CodeSource;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A generated kernel at its place in a program, with the array that {@link CodeSource} describes.
 * For use by one thread at a time.
 */
final class GeneratedStep {
  private final GeneratedKernel kernel;

  // Buffers: the accessors of segments are method handles that a first run would wait for.
  private final ByteBuffer arguments;
  private final ByteBuffer shared;
  private final int firstCell;
  private final int end;
  private final long address;
  private final long[] begins;

  GeneratedStep(Instruction.Generated code, Scope scope) {
    int threads = code.threads();
    int numbers = CodeSource.ADDRESSES + code.operands().size();
    MemorySegment array = scope.allocate((long) numbers * Long.BYTES);
    this.firstCell = threads * CodeSource.RANGE;
    this.end = firstCell + code.cells() * CodeSource.CELL;
    MemorySegment all = scope.allocate(end);
    this.kernel = code.kernel();
    this.address = array.address();
    this.arguments = array.asByteBuffer().order(ByteOrder.nativeOrder());
    this.shared = all.asByteBuffer().order(ByteOrder.nativeOrder());
    this.begins = new long[threads];
    for (int i = 0; i < threads; i++) {
      begins[i] = code.units() * i / threads;
      shared.putLong(i * CodeSource.RANGE + CodeSource.END, code.units() * (i + 1) / threads);
    }
    set(CodeSource.NUMBER, threads == 1 ? 0 : ExecutableMemory.threadNumber());
    set(CodeSource.RANGES, all.address());
    set(CodeSource.RANGES_END, all.address() + firstCell);
    set(CodeSource.FIRST, code.first());
    set(CodeSource.CELLS, all.address() + firstCell);
  }

  private void set(int index, long value) {
    arguments.putLong(index * Long.BYTES, value);
  }

  /** Says where an operand is. */
  void locate(int operand, MemorySegment memory) {
    set(CodeSource.ADDRESSES + operand, memory.address());
  }

  void run() {
    for (int i = 0; i < begins.length; i++) {
      shared.putLong(i * CodeSource.RANGE + CodeSource.NEXT, begins[i]);
    }
    for (int i = firstCell; i < end; i += Long.BYTES) {
      shared.putLong(i, 0);
    }
    // A thread that waits inside a kernel for one that has no processor keeps its own from it.
    boolean alone = end > firstCell && !Crowd.mayWait();
    kernel.run(address, alone ? 1 : begins.length);
  }
}
