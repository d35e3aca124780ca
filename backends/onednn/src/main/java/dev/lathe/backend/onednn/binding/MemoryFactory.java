package dev.lathe.backend.onednn.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.IdentityHashMap;

/**
 * Makes many memory objects in a row: the native form of a descriptor that comes again is made
 * once. Used by one thread; what it made outlives it.
 */
public final class MemoryFactory implements AutoCloseable {
  private final Engine engine;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment cell = arena.allocate(ValueLayout.JAVA_LONG);
  private final IdentityHashMap<MemoryDescriptor, Long> descriptors = new IdentityHashMap<>();

  /** A factory of memory of {@code engine}. */
  public MemoryFactory(Engine engine) {
    this.engine = engine;
  }

  /** Creates a memory object without data, to be bound before it is used. */
  public Memory unbound(MemoryDescriptor descriptor) {
    return create(descriptor, 0);
  }

  /**
   * Creates a memory object over {@code memory} from the byte {@code offset} on.
   *
   * @throws IllegalArgumentException where the data is on the heap or smaller than the descriptor
   */
  public Memory of(MemoryDescriptor descriptor, MemorySegment memory, long offset) {
    return create(descriptor, Memory.address(descriptor, memory, offset));
  }

  private Memory create(MemoryDescriptor descriptor, long address) {
    Status.check(
        Function.MEMORY_CREATE.call(
            cell.address(), described(descriptor), engine.handle(), address),
        "creating memory",
        descriptor);
    return new Memory(NativeScope.value(cell), descriptor);
  }

  private long described(MemoryDescriptor descriptor) {
    Long known = descriptors.get(descriptor);
    if (known != null) {
      return known;
    }
    try (NativeScope scope = new NativeScope()) {
      long created = descriptor.create(scope);
      descriptors.put(descriptor, created);
      return created;
    }
  }

  /** Destroys the descriptors; memory objects keep what they need. */
  @Override
  public void close() {
    for (long descriptor : descriptors.values()) {
      Function.MEMORY_DESC_DESTROY.call(descriptor);
    }
    descriptors.clear();
    arena.close();
  }
}
