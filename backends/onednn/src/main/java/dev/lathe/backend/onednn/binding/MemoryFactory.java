package dev.lathe.backend.onednn.binding;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes many memory objects in a row: the native form of a descriptor that comes again is made
 * once, and so is the memory object of the same place. Used by one thread; what it made outlives
 * it.
 */
public final class MemoryFactory implements AutoCloseable {
  private static final long CREATE = Function.MEMORY_CREATE.address();

  private final Engine engine;
  private final Scope owner;
  private final Map<Long, Memory> places = new HashMap<>();
  private final NativeScope scope = new NativeScope();
  private final long cell = scope.cell();

  /** A factory of memory of {@code engine}, which becomes the owner's to close. */
  public MemoryFactory(Engine engine, Scope owner) {
    this.engine = engine;
    this.owner = owner;
  }

  /** Creates a memory object without data, to be bound before it is used. */
  public Memory unbound(MemoryDescriptor descriptor) {
    return owner.own(create(engine, scope, cell, descriptor, 0));
  }

  /**
   * The memory object over {@code memory} from the byte {@code offset} on, which nobody may bind to
   * other memory.
   *
   * @throws IllegalArgumentException where the data is on the heap or smaller than the descriptor
   */
  public Memory of(MemoryDescriptor descriptor, MemorySegment memory, long offset) {
    long address = Memory.address(descriptor, memory, offset);
    Memory known = places.get(address);
    if (known != null && known.descriptor().equals(descriptor)) {
      return known;
    }
    Memory created = owner.own(create(engine, scope, cell, descriptor, address));
    places.put(address, created);
    return created;
  }

  /** Creates a memory object over the data at an address. */
  static Memory create(
      Engine engine, NativeScope scope, long cell, MemoryDescriptor descriptor, long address) {
    long status =
        Downcall.narrow(CREATE, cell, scope.descriptor(descriptor), engine.handle(), address, 0, 0);
    Status.check(status, "creating memory", descriptor);
    return new Memory(scope.value(cell), descriptor);
  }

  /** Destroys the descriptors; memory objects keep what they need. */
  @Override
  public void close() {
    scope.close();
  }
}
