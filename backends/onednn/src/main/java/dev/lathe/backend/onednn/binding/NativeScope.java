package dev.lathe.backend.onednn.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The native arguments of one creation call: descriptors, attributes, arrays and result cells that
 * are needed until the call returns. Used by one thread.
 */
final class NativeScope implements AutoCloseable {
  private static final int INITIAL_OBJECTS = 16;

  private final Arena arena = Arena.ofConfined();
  private final SegmentAllocator memory =
      SegmentAllocator.slicingAllocator(arena.allocate(8192, 8));
  private Function[] destroyers = new Function[INITIAL_OBJECTS];
  private long[] objects = new long[INITIAL_OBJECTS];
  private int count;

  /** A cell for a pointer or number that a function writes. */
  MemorySegment cell() {
    return memory.allocate(ValueLayout.JAVA_LONG);
  }

  /** What a function wrote to {@code cell}. */
  static long value(MemorySegment cell) {
    return cell.get(ValueLayout.JAVA_LONG, 0);
  }

  /** The address of a copy of {@code values}. */
  long array(long... values) {
    return memory.allocateFrom(ValueLayout.JAVA_LONG, values).address();
  }

  /** The address of a copy of {@code values}. */
  long array(List<Long> values) {
    MemorySegment segment = memory.allocate(ValueLayout.JAVA_LONG, Math.max(values.size(), 1));
    for (int i = 0; i < values.size(); i++) {
      segment.setAtIndex(ValueLayout.JAVA_LONG, i, values.get(i));
    }
    return segment.address();
  }

  /** The address of a copy of {@code values} as C's {@code int}. */
  long ints(int... values) {
    return memory.allocateFrom(ValueLayout.JAVA_INT, values).address();
  }

  /** The address of a copy of {@code values}. */
  long floats(List<Float> values) {
    MemorySegment segment = arena.allocate(ValueLayout.JAVA_FLOAT, Math.max(values.size(), 1));
    for (int i = 0; i < values.size(); i++) {
      segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, values.get(i));
    }
    return segment.address();
  }

  /** A native descriptor that lives as long as this scope; null becomes the null pointer. */
  long descriptor(@Nullable MemoryDescriptor descriptor) {
    return descriptor == null ? 0 : own(descriptor.create(this), Function.MEMORY_DESC_DESTROY);
  }

  /** The address of an array of native descriptors that live as long as this scope. */
  long descriptors(List<MemoryDescriptor> descriptors) {
    long[] handles = new long[descriptors.size()];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = descriptor(descriptors.get(i));
    }
    return array(handles);
  }

  /** Makes this scope destroy {@code object}, and returns it. */
  long own(long object, Function destroyer) {
    if (count == objects.length) {
      destroyers = Arrays.copyOf(destroyers, 2 * count);
      objects = Arrays.copyOf(objects, 2 * count);
    }
    destroyers[count] = destroyer;
    objects[count++] = object;
    return object;
  }

  /** Copies {@code bytes} and returns the address of the copy. */
  long bytes(byte[] bytes) {
    return memory.allocateFrom(ValueLayout.JAVA_BYTE, bytes).address();
  }

  @Override
  public void close() {
    while (count > 0) {
      count--;
      destroyers[count].call(objects[count]);
    }
    arena.close();
  }
}
