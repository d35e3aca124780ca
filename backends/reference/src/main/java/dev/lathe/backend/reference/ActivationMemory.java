package dev.lathe.backend.reference;

import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An arena whose memory is used again once it is released, so that a run takes about as much as is
 * alive at a time. Used by one thread at a time.
 */
final class ActivationMemory implements Arena {
  private final Arena arena;
  private final TreeMap<Long, Deque<MemorySegment>> free = new TreeMap<>();
  private final Map<Long, MemorySegment> used = new HashMap<>();
  private long usedBytes;
  private long peakBytes;

  /**
   * @param arena where memory comes from; closed with this
   */
  ActivationMemory(Arena arena) {
    this.arena = arena;
  }

  /** Memory of zeros. */
  @Override
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    MemorySegment segment = takeFree(byteSize);
    if (segment == null) {
      segment = takeNew(byteSize, Math.max(byteAlignment, Tensor.ALIGNMENT));
    } else {
      segment.fill((byte) 0);
    }
    used.put(segment.address(), segment);
    usedBytes += segment.byteSize();
    peakBytes = Math.max(peakBytes, usedBytes);
    return segment.asSlice(0, byteSize);
  }

  private MemorySegment takeNew(long byteSize, long byteAlignment) {
    try {
      return arena.allocate(byteSize, byteAlignment);
    } catch (OutOfMemoryError e) {
      throw new IllegalArgumentException(
          "a tensor takes "
              + byteSize
              + " bytes, which this process cannot get; use smaller inputs, or allow more memory"
              + " (-Xmx, -XX:MaxDirectMemorySize)",
          e);
    }
  }

  private @Nullable MemorySegment takeFree(long byteSize) {
    Map.Entry<Long, Deque<MemorySegment>> fitting = free.ceilingEntry(byteSize);
    // Small tensors must not keep the memory of large ones.
    if (fitting == null || fitting.getKey() > 2 * byteSize) {
      return null;
    }
    MemorySegment segment = fitting.getValue().pop();
    if (fitting.getValue().isEmpty()) {
      free.remove(fitting.getKey());
    }
    return segment;
  }

  /** Takes back the memory of a tensor; one that is not from here is left alone. */
  void release(Tensor tensor) {
    MemorySegment segment = used.remove(tensor.segment().address());
    if (segment != null) {
      usedBytes -= segment.byteSize();
      free.computeIfAbsent(segment.byteSize(), size -> new ArrayDeque<>()).push(segment);
    }
  }

  /** Takes back all memory, as after a run that failed, and forgets the peak. */
  void reset() {
    for (MemorySegment segment : used.values()) {
      free.computeIfAbsent(segment.byteSize(), size -> new ArrayDeque<>()).push(segment);
    }
    used.clear();
    usedBytes = 0;
    peakBytes = 0;
  }

  /** The most bytes in use at a time since the last {@link #reset}. */
  long peakBytes() {
    return peakBytes;
  }

  @Override
  public MemorySegment.Scope scope() {
    return arena.scope();
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
