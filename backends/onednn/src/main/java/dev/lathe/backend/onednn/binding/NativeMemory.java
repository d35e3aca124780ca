package dev.lathe.backend.onednn.binding;

import java.lang.foreign.MemorySegment;

/**
 * Memory outside the heap that is not zeroed: for large data that is written as a whole, where
 * writing zeros first would touch every page twice. Any thread may close it; whoever does sees to
 * it that nobody uses it any more. Closing twice is harmless.
 */
public final class NativeMemory implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final MemorySegment segment;
  private long address;

  private NativeMemory(long address, long bytes) {
    this.address = address;
    this.segment = MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  /**
   * Allocates {@code bytes}, aligned to 64.
   *
   * @throws OutOfMemoryError where the system has not as much
   */
  public static NativeMemory allocate(long bytes) {
    long whole = Math.addExact(Math.max(bytes, 1), ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    long address = Function.ALIGNED_ALLOC.call(ALIGNMENT, whole);
    if (address == 0) {
      throw new OutOfMemoryError("cannot allocate " + bytes + " bytes outside the heap");
    }
    return new NativeMemory(address, bytes);
  }

  /** The memory, in no scope: valid until this is closed. */
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public synchronized void close() {
    if (address != 0) {
      Function.FREE.call(address);
      address = 0;
    }
  }
}
