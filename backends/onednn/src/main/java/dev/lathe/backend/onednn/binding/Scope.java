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
      if (closed) {
        throw new IllegalStateException("the scope is closed");
      }
      if (arena == null) {
        arena = confined ? Arena.ofConfined() : Arena.ofShared();
      }
      long whole = (Math.max(bytes, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      if (whole > LARGEST_SLICE) {
        return arena.allocate(Math.max(bytes, 1), ALIGNMENT);
      }
      MemorySegment from = chunk;
      if (from == null || whole > from.byteSize() - used) {
        from = arena.allocate(CHUNK_BYTES, ALIGNMENT);
        chunk = from;
        used = 0;
      }
      used += whole;
      return from.asSlice(used - whole, Math.max(bytes, 1));
    }
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
