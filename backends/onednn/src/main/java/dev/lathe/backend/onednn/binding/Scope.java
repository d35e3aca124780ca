package dev.lathe.backend.onednn.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Owns native resources and plain native memory, and closes all of it at once, the last first.
 * Threads may share a scope; one of them closes it when the others are done. Closing twice is
 * harmless; adding to a closed scope is an {@link IllegalStateException}.
 */
public final class Scope implements AutoCloseable {
  private static final long ALIGNMENT = 64;
  private static final long CHUNK_BYTES = 1 << 14;
  private static final long LARGEST_SLICE = 1 << 10;

  private @Nullable Arena arena;
  private final List<NativeResource> resources = new ArrayList<>();
  private final boolean confined;

  /** What small pieces are cut from. */
  private @Nullable MemorySegment chunk;

  private long used;
  private boolean closed;

  /** Creates an open scope that owns nothing. */
  public Scope() {
    this(false);
  }

  private Scope(boolean confined) {
    this.confined = confined;
  }

  /**
   * An open scope that owns nothing, for one thread: closing one that threads may share stops all
   * of them for a moment.
   */
  public static Scope confined() {
    return new Scope(true);
  }

  /** Makes this scope the owner of {@code resource}, and returns it. */
  public <T extends NativeResource> T own(T resource) {
    synchronized (this) {
      if (!closed) {
        resources.add(resource);
        return resource;
      }
    }
    resource.close();
    throw new IllegalStateException("the scope is closed");
  }

  /** Allocates {@code bytes} zeroed bytes, aligned to 64, that live as long as this scope. */
  public MemorySegment allocate(long bytes) {
    synchronized (this) {
      Arena owner = arena();
      long whole = (Math.max(bytes, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      if (whole > LARGEST_SLICE) {
        return owner.allocate(Math.max(bytes, 1), ALIGNMENT);
      }
      MemorySegment from = chunk;
      if (from == null || whole > from.byteSize() - used) {
        from = owner.allocate(CHUNK_BYTES, ALIGNMENT);
        chunk = from;
        used = 0;
      }
      used += whole;
      return from.asSlice(used - whole, Math.max(bytes, 1));
    }
  }

  /**
   * Allocates memory as {@link #allocate} does, but what it holds is not defined: zeros for much
   * memory are written in a loop in Java, which a fresh process interprets.
   *
   * @throws OutOfMemoryError where the system has not as much
   */
  public MemorySegment allocateUnset(long bytes) {
    synchronized (this) {
      if (bytes <= LARGEST_SLICE) {
        return allocate(bytes);
      }
      Arena owner = arena();
      long whole = Math.addExact(bytes, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      long address = Function.ALIGNED_ALLOC.call(ALIGNMENT, whole);
      if (address == 0) {
        throw new OutOfMemoryError("cannot allocate " + bytes + " bytes outside the heap");
      }
      return MemorySegment.ofAddress(address)
          .reinterpret(bytes, owner, freed -> Function.FREE.call(freed.address()));
    }
  }

  /** What native memory is allocated in; to be called by who holds the lock. */
  private Arena arena() {
    if (closed) {
      throw new IllegalStateException("the scope is closed");
    }
    Arena made = arena;
    if (made == null) {
      made = confined ? Arena.ofConfined() : Arena.ofShared();
      arena = made;
    }
    return made;
  }

  /** Whether {@link #close()} has not been called. */
  public boolean isOpen() {
    synchronized (this) {
      return !closed;
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      for (NativeResource resource : resources.reversed()) {
        resource.close();
      }
      resources.clear();
      if (arena != null) {
        arena.close();
      }
    }
  }
}
