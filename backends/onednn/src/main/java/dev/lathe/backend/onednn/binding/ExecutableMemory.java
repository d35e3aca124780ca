package dev.lathe.backend.onednn.binding;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Machine code in memory of its own, which can be executed and no longer written. Any thread may
 * close it; whoever does sees to it that nobody executes it any more. Closing twice is harmless.
 */
public final class ExecutableMemory implements AutoCloseable {
  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXECUTE = 4;
  private static final int PRIVATE = 2;
  private static final int ANONYMOUS = 0x20;
  private static final long FAILED = -1;

  private final long bytes;
  private final MemorySegment code;
  private volatile boolean closed;

  private ExecutableMemory(long address, long bytes) {
    this.code = MemorySegment.ofAddress(address);
    this.bytes = bytes;
  }

  /**
   * Puts code into memory, at an address that is a multiple of 4096.
   *
   * @throws OutOfMemoryError where the system has no memory left
   * @throws UnsupportedOperationException where the system does not let memory be executed, in
   *     which case oneDNN has no kernels either
   */
  public static ExecutableMemory of(byte[] code) {
    long length = Math.max(code.length, 1);
    long at = Function.MMAP.call(0, length, READ | WRITE, PRIVATE | ANONYMOUS, -1, 0);
    if (at == FAILED) {
      throw new OutOfMemoryError("cannot map " + length + " bytes for machine code");
    }
    ExecutableMemory memory = new ExecutableMemory(at, length);
    MemorySegment.ofAddress(at).reinterpret(length).asByteBuffer().put(code);
    if ((int) Function.MPROTECT.call(at, length, READ | EXECUTE) != 0) {
      memory.close();
      throw new UnsupportedOperationException(
          "the system does not let a process execute memory that it has written; allow it, as the"
              + " kernels of a model are generated when it is loaded");
    }
    return memory;
  }

  /**
   * The address of a C function without arguments: the number of the calling thread in its team.
   */
  public static long threadNumber() {
    return Function.OMP_GET_THREAD_NUM.address();
  }

  /**
   * Has {@code threads} threads call the code as a function of one pointer, the calling thread
   * among them, and returns when all have returned. Allocates nothing.
   *
   * @param argument the pointer
   */
  public void call(MemorySegment argument, int threads) {
    call(0, argument.address(), threads);
  }

  /**
   * Has threads call one of several functions; see {@link #call(MemorySegment, int)}.
   *
   * @param offset where in the code the function begins
   * @param argument the address that it gets
   */
  public void call(int offset, long argument, int threads) {
    if (closed) {
      throw new IllegalStateException("the machine code is closed");
    }
    Team.call(code.address() + offset, argument, threads);
  }

  /** A copy of the code. */
  public byte[] bytes() {
    if (closed) {
      throw new IllegalStateException("the machine code is closed");
    }
    return code.reinterpret(bytes).toArray(ValueLayout.JAVA_BYTE);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      int status = (int) Function.MUNMAP.call(code.address(), bytes);
      if (status != 0) {
        throw new IllegalStateException("machine code could not be unmapped");
      }
    }
  }
}
