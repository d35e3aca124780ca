package dev.lathe.backend.onednn.binding;

import java.lang.foreign.MemorySegment;

/**
 * A descriptor and the address of data laid out so: an argument of a primitive. The data itself is
 * the caller's, off-heap, and must live as long as calls use it; 64-byte alignment is best. May be
 * pointed to other data between two calls. Used by one thread at a time, unless nobody rebinds it.
 */
public final class Memory extends NativeResource {
  private static final long SET_DATA_HANDLE = Function.MEMORY_SET_DATA_HANDLE.address();

  private final MemoryDescriptor descriptor;

  Memory(long handle, MemoryDescriptor descriptor) {
    super(handle, Function.MEMORY_DESTROY);
    this.descriptor = descriptor;
  }

  /**
   * Creates a memory object over {@code data}, the caller's to close; see {@link MemoryFactory} for
   * many.
   *
   * @throws IllegalArgumentException where the data is on the heap or smaller than the descriptor
   */
  public static Memory of(Engine engine, MemoryDescriptor descriptor, MemorySegment data) {
    try (NativeScope scope = new NativeScope()) {
      return MemoryFactory.create(
          engine, scope, scope.cell(), descriptor, address(descriptor, data, 0));
    }
  }

  /** How the data is laid out. */
  public MemoryDescriptor descriptor() {
    return descriptor;
  }

  /**
   * Points this to other data. Allocates nothing.
   *
   * @param offset where the data begins in {@code memory}, in bytes
   * @throws IllegalArgumentException where the data is on the heap or smaller than the descriptor
   */
  public void bind(MemorySegment memory, long offset) {
    long address = address(descriptor, memory, offset);
    int status = (int) Downcall.narrow(SET_DATA_HANDLE, handle(), address, 0, 0, 0, 0);
    if (status != Status.SUCCESS) {
      throw Status.failure(status, "binding memory " + descriptor);
    }
  }

  static long address(MemoryDescriptor descriptor, MemorySegment memory, long offset) {
    long available = memory.byteSize() - offset;
    if (!memory.isNative() || offset < 0 || available < descriptor.extent()) {
      throw new IllegalArgumentException(
          descriptor
              + " takes "
              + descriptor.extent()
              + " bytes outside the heap; given were "
              + available
              + (memory.isNative() ? " bytes" : " bytes on the heap"));
    }
    return memory.address() + offset;
  }

  @Override
  public String toString() {
    return "memory " + descriptor;
  }
}
