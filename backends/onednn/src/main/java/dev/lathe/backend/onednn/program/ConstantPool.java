package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The packed weights of a model, shared by its programs: one copy for every pair of a constant and
 * a layout. Memory is freed when the last program that uses it gives it back. Thread-safe.
 */
public final class ConstantPool {
  /**
   * What a packed constant is made from and for.
   *
   * @param address where the original lies, which outlives the pool
   * @param source how it lies there
   * @param target the layout wanted
   * @param transform what is made of it first, or null for nothing
   */
  private record Key(
      long address,
      MemoryDescriptor source,
      MemoryDescriptor target,
      @Nullable Transform transform) {
    // Written out: what a record brings for this is spun by the JVM when it is first called.
    @Override
    public boolean equals(Object other) {
      return other instanceof Key that
          && address == that.address
          && source.equals(that.source)
          && target.equals(that.target)
          && Objects.equals(transform, that.transform);
    }

    @Override
    public int hashCode() {
      int layouts = 31 * source.hashCode() + target.hashCode();
      return 31 * (31 * Long.hashCode(address) + layouts) + Objects.hashCode(transform);
    }
  }

  /** Makes of a constant what is to be packed. */
  public interface Transform {
    /**
     * Writes all of {@code to}.
     *
     * @param from the constant, from its first element on
     */
    void apply(MemorySegment from, MemorySegment to);
  }

  private static final class Entry {
    final CompletableFuture<NativeMemory> memory = new CompletableFuture<>();
    int users;
  }

  private final Map<Key, Entry> entries = new HashMap<>();

  /** Creates an empty pool. */
  public ConstantPool() {}

  /** A use of packed memory, to be given back. */
  public final class Lease implements AutoCloseable {
    private final Key key;
    private final Entry entry;
    private final boolean first;
    private boolean closed;

    private Lease(Key key, Entry entry, boolean first) {
      this.key = key;
      this.entry = entry;
      this.first = first;
    }

    /**
     * Packs, if nobody has yet, or waits for who does.
     *
     * @param packer writes the packed constant to memory of the target's size
     */
    public MemorySegment fill(Consumer<MemorySegment> packer) {
      if (first) {
        try {
          NativeMemory memory = NativeMemory.allocate(Math.max(1, key.target().size()));
          try {
            packer.accept(memory.segment());
          } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
          }
          entry.memory.complete(memory);
        } catch (RuntimeException | Error e) {
          entry.memory.completeExceptionally(e);
          throw e;
        }
      }
      return entry.memory.join().segment();
    }

    @Override
    public void close() {
      boolean last;
      synchronized (entries) {
        if (closed) {
          return;
        }
        closed = true;
        last = --entry.users == 0;
        if (last) {
          entries.remove(key, entry);
        }
      }
      if (first) {
        // Never filled: who waits for it must not wait for ever.
        entry.memory.completeExceptionally(new IllegalStateException("packing was given up"));
      }
      if (last && !entry.memory.isCompletedExceptionally()) {
        entry.memory.join().close();
      }
    }
  }

  /**
   * Asks for a constant in another layout.
   *
   * @param memory the original, which lives as long as the model
   * @param transform what is made of it first, or null for nothing; equal ones make the same
   */
  public Lease lease(
      MemorySegment memory,
      MemoryDescriptor source,
      MemoryDescriptor target,
      @Nullable Transform transform) {
    Key key = new Key(memory.address(), source, target, transform);
    synchronized (entries) {
      Entry entry = entries.get(key);
      boolean first = entry == null || entry.memory.isCompletedExceptionally();
      if (entry == null || first) {
        entry = new Entry();
        entries.put(key, entry);
      }
      entry.users++;
      return new Lease(key, entry, first);
    }
  }

  /** The bytes of packed memory in use. */
  public long bytes() {
    synchronized (entries) {
      return entries.keySet().stream().mapToLong(key -> key.target().size()).sum();
    }
  }
}
