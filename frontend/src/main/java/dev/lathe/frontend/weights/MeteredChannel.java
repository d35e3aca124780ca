package dev.lathe.frontend.weights;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * An HDF5 file in memory, for a library that reads it: only so often, so that one that follows
 * offsets in circles is stopped when it has read more than any honest file needs.
 *
 * <p>jHDF fails on opaque types of elements that have no tag, as h5py writes {@code bfloat16}. It
 * is shown strings of two bytes in their place, which differ from them in one byte.
 *
 * <p>Not for use by several threads at once.
 */
final class MeteredChannel implements SeekableByteChannel {
  /** The description of an opaque type of two bytes without a tag. */
  private static final long OPAQUE = 0x2_0000_0015L;

  private static final byte STRING = 0x13;

  private final MemorySegment bytes;
  private long position;
  private long readsLeft;
  private long bytesLeft;

  /**
   * @param reads how many reads there may be
   * @param amount how many bytes they may bring
   */
  MeteredChannel(MemorySegment bytes, long reads, long amount) {
    this.bytes = bytes;
    this.readsLeft = reads;
    this.bytesLeft = amount;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    long there = bytes.byteSize() - position;
    if (there <= 0) {
      return target.hasRemaining() ? -1 : 0;
    }
    int count = (int) Math.min(target.remaining(), there);
    readsLeft--;
    bytesLeft -= count;
    if (readsLeft < 0 || bytesLeft < 0) {
      throw new IOException("its offsets lead in circles");
    }
    int start = target.position();
    target.put(bytes.asSlice(position, count).asByteBuffer());
    showStrings(target.duplicate().order(ByteOrder.LITTLE_ENDIAN).flip().position(start));
    position += count;
    return count;
  }

  private static void showStrings(ByteBuffer read) {
    for (int at = read.position(); at <= read.limit() - Long.BYTES; at++) {
      if (read.get(at) == (byte) OPAQUE && read.getLong(at) == OPAQUE) {
        read.put(at, STRING);
      }
    }
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) throws IOException {
    if (newPosition < 0) {
      throw new IOException("an offset is negative");
    }
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return bytes.byteSize();
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {
    // The memory is its arena's.
  }
}
