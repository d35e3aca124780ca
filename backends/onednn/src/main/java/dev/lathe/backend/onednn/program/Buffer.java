package dev.lathe.backend.onednn.program;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A piece of memory that instructions read and write. Has identity: which memory it is, is decided
 * by the memory plan, by who calls, or by the constants of the program.
 */
public final class Buffer {
  /** Whose memory a buffer is. */
  public enum Kind {
    /** A range of the arena of the execution, at an offset that the memory plan decides. */
    SCRATCH,
    /** Memory that the program or its model owns, written before the first run. */
    CONSTANT,
    /** The memory of an input. */
    INPUT,
    /** The memory of an output. */
    OUTPUT
  }

  private static final int NONE = -1;

  private final Kind kind;
  private final int index;
  private final long bytes;
  private @Nullable MemorySegment memory;
  private long arenaOffset = NONE;

  private Buffer(Kind kind, int index, long bytes) {
    this.kind = kind;
    this.index = index;
    this.bytes = bytes;
  }

  /** A range of the arena. */
  public static Buffer scratch(long bytes) {
    return new Buffer(Kind.SCRATCH, NONE, bytes);
  }

  /** A range of the arena that begins at {@code arenaOffset}. */
  public static Buffer placed(long bytes, long arenaOffset) {
    Buffer buffer = scratch(bytes);
    buffer.place(arenaOffset);
    return buffer;
  }

  /** Constant memory, to be {@linkplain #set set} before the first run. */
  public static Buffer constant(long bytes) {
    return new Buffer(Kind.CONSTANT, NONE, bytes);
  }

  /** The memory of input number {@code index}. */
  public static Buffer input(int index, long bytes) {
    return new Buffer(Kind.INPUT, index, bytes);
  }

  /** The memory of output number {@code index}. */
  public static Buffer output(int index, long bytes) {
    return new Buffer(Kind.OUTPUT, index, bytes);
  }

  /** Whose memory it is. */
  public Kind kind() {
    return kind;
  }

  /** The number of the input or output. */
  public int index() {
    return index;
  }

  /** The size in bytes. */
  public long bytes() {
    return bytes;
  }

  /** Gives a constant its memory, once. */
  public Buffer set(MemorySegment constant) {
    if (kind != Kind.CONSTANT || memory != null) {
      throw new IllegalStateException("only a constant gets memory, once");
    }
    memory = constant;
    return this;
  }

  /** Whether this is a constant that has its memory. */
  public boolean isSet() {
    return memory != null;
  }

  /** The memory of a constant. */
  public MemorySegment memory() {
    if (memory == null) {
      throw new IllegalStateException("a " + kind + " buffer has no memory of its own");
    }
    return memory;
  }

  /** Places scratch memory in the arena. */
  void place(long offset) {
    arenaOffset = offset;
  }

  /** Where scratch memory begins in the arena, in bytes. */
  public long arenaOffset() {
    if (arenaOffset == NONE) {
      throw new IllegalStateException("a " + kind + " buffer has no place in the arena");
    }
    return arenaOffset;
  }

  @Override
  public String toString() {
    return kind + (index == NONE ? "" : " " + index) + " of " + bytes + " bytes";
  }
}
