package dev.lathe.ir.file;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The bytes of a segment as a stream. Skipping moves the position without touching the bytes, so
 * weights that are passed over are never paged in.
 */
public final class SegmentInputStream extends InputStream {

  private final MemorySegment bytes;
  private long position;

  /** A stream that begins at the first byte. */
  public SegmentInputStream(MemorySegment bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() {
    return position == bytes.byteSize()
        ? -1
        : Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, position++));
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    int count = (int) Math.min(length, bytes.byteSize() - position);
    if (count == 0) {
      return -1;
    }
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public long skip(long count) {
    long step = Math.clamp(count, 0, bytes.byteSize() - position);
    position += step;
    return step;
  }

  @Override
  public int available() {
    return (int) Math.min(bytes.byteSize() - position, Integer.MAX_VALUE);
  }
}
