package dev.lathe.backend.onednn.binding;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The native arguments of calls that create something: descriptors, attributes, arrays and result
 * cells that are needed until the calls return. Used by one thread.
 *
 * <p>Memory is given as addresses, and lies in a block that scopes use one after the other: a fresh
 * process makes hundreds of scopes, and an arena with its segments for each would take it longer
 * than what oneDNN does in them. Blocks are written through buffers, as the accessors of segments
 * are method handles that the JVM has to spin first.
 */
final class NativeScope implements Calls, AutoCloseable {
  private static final int INITIAL_OBJECTS = 16;
  private static final int BLOCK_BYTES = 1 << 14;

  /** Blocks that no scope uses at the moment. */
  private static final Block[] SPARE = new Block[4];

  private static int spares;

  private Block block = take();
  private int used;

  /** Blocks that were full. */
  private @Nullable List<Block> full;

  private final IdentityHashMap<MemoryDescriptor, Long> descriptors = new IdentityHashMap<>(8);
  private Function[] destroyers = new Function[INITIAL_OBJECTS];
  private long[] objects = new long[INITIAL_OBJECTS];
  private int count;

  /** Memory at an address that does not change. */
  private static final class Block {
    final ByteBuffer bytes;
    final long address;

    Block(int size) {
      bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
      address = MemorySegment.ofBuffer(bytes).address();
    }

    boolean has(long place) {
      return place >= address && place < address + bytes.capacity();
    }
  }

  private static Block take() {
    synchronized (SPARE) {
      if (spares > 0) {
        return SPARE[--spares];
      }
    }
    return new Block(BLOCK_BYTES);
  }

  private static void giveBack(Block block) {
    synchronized (SPARE) {
      if (spares < SPARE.length && block.bytes.capacity() == BLOCK_BYTES) {
        SPARE[spares++] = block;
      }
    }
  }

  /** Where in {@link #block} there is room for so many bytes. */
  private int room(int bytes) {
    if (bytes > block.bytes.capacity() - used) {
      if (full == null) {
        full = new ArrayList<>();
      }
      full.add(block);
      block = new Block(Math.max(BLOCK_BYTES, bytes));
      used = 0;
    }
    int at = used;
    used = Math.min(at + (bytes + 7) / 8 * 8, block.bytes.capacity());
    return at;
  }

  /** The address of a cell for a pointer or number that a function writes, which has 0. */
  @Override
  public long cell() {
    return cell(0);
  }

  /** The address of a cell that has a value. */
  long cell(long value) {
    int at = room(Long.BYTES);
    block.bytes.putLong(at, value);
    return block.address + at;
  }

  /** What a function wrote to a cell of this scope. */
  @Override
  public long value(long cell) {
    Block its = block(cell);
    return its.bytes.getLong((int) (cell - its.address));
  }

  /** What a function wrote to memory of this scope. */
  byte[] read(long address, int length) {
    Block its = block(address);
    byte[] bytes = new byte[length];
    its.bytes.get((int) (address - its.address), bytes);
    return bytes;
  }

  private Block block(long address) {
    if (full != null && !block.has(address)) {
      for (Block other : full) {
        if (other.has(address)) {
          return other;
        }
      }
    }
    return block;
  }

  /** The address of a copy of {@code values}. */
  long array(long... values) {
    int at = room(Long.BYTES * Math.max(values.length, 1));
    for (int i = 0; i < values.length; i++) {
      block.bytes.putLong(at + Long.BYTES * i, values[i]);
    }
    return block.address + at;
  }

  /** The address of a copy of {@code values}. */
  @Override
  public long array(List<Long> values) {
    int at = room(Long.BYTES * Math.max(values.size(), 1));
    for (int i = 0; i < values.size(); i++) {
      block.bytes.putLong(at + Long.BYTES * i, values.get(i));
    }
    return block.address + at;
  }

  /** The address of a copy of {@code values} as C's {@code int}. */
  long ints(int... values) {
    int at = room(Integer.BYTES * Math.max(values.length, 1));
    for (int i = 0; i < values.length; i++) {
      block.bytes.putInt(at + Integer.BYTES * i, values[i]);
    }
    return block.address + at;
  }

  /** The address of a copy of {@code values}. */
  @Override
  public long floats(List<Float> values) {
    int at = room(Float.BYTES * Math.max(values.size(), 1));
    for (int i = 0; i < values.size(); i++) {
      block.bytes.putFloat(at + Float.BYTES * i, values.get(i));
    }
    return block.address + at;
  }

  /** Copies {@code bytes} and returns the address of the copy. */
  long bytes(byte[] bytes) {
    int at = room(Math.max(bytes.length, 1));
    block.bytes.put(at, bytes);
    return block.address + at;
  }

  /** The address of a text in UTF-8 with a zero behind it. */
  long text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes(Arrays.copyOf(bytes, bytes.length + 1));
  }

  /**
   * A native descriptor that lives as long as this scope, the same one each time; null becomes the
   * null pointer.
   */
  @Override
  public long descriptor(@Nullable MemoryDescriptor descriptor) {
    if (descriptor == null) {
      return 0;
    }
    Long known = descriptors.get(descriptor);
    if (known != null) {
      return known;
    }
    int before = used;
    Block its = block;
    long created = own(descriptor.create(this), Function.MEMORY_DESC_DESTROY);
    if (block == its) {
      // What was needed to make it is needed no longer.
      used = before;
    }
    descriptors.put(descriptor, created);
    return created;
  }

  /** The address of an array of native descriptors that live as long as this scope. */
  @Override
  public long descriptors(List<MemoryDescriptor> list) {
    long[] handles = new long[list.size()];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = descriptor(list.get(i));
    }
    return array(handles);
  }

  /** Makes this scope destroy {@code object}, and returns it. */
  @Override
  public long own(long object, Function destroyer) {
    if (count == objects.length) {
      destroyers = Arrays.copyOf(destroyers, 2 * count);
      objects = Arrays.copyOf(objects, 2 * count);
    }
    destroyers[count] = destroyer;
    objects[count++] = object;
    return object;
  }

  @Override
  public long call(Function function, long... arguments) {
    return function.call(arguments);
  }

  @Override
  public long callWithFloats(Function function, float f, float g, float h, long... integers) {
    return function.callWithFloats(f, g, h, integers);
  }

  @Override
  public void close() {
    while (count > 0) {
      count--;
      destroyers[count].call(objects[count]);
    }
    giveBack(full == null ? block : full.getFirst());
  }
}
