package dev.lathe.backend.onednn.host;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies of elements of which only the width matters. */
final class Words {
  /** Elements below which the columns of a tile are too short for loops of their own. */
  private static final int SHORT_COLUMN = 8;

  private Words() {}

  /** Whether a block of this many bytes can be copied as one element. */
  static boolean isWord(long bytes) {
    return bytes <= Long.BYTES && Long.bitCount(bytes) == 1;
  }

  /** The element at {@code offset} bytes, in the low bits. */
  static long get(MemorySegment segment, long offset, int width) {
    return switch (width) {
      case 1 -> segment.get(Elements.BYTE, offset);
      case 2 -> segment.get(Elements.SHORT, offset);
      case 4 -> segment.get(Elements.INT, offset);
      default -> segment.get(Elements.LONG, offset);
    };
  }

  /**
   * Copies {@code n} elements that stand apart.
   *
   * @param width bytes of an element: 1, 2, 4 or 8
   * @param read the distance in bytes between elements read
   * @param write the distance in bytes between elements written
   */
  static void copy(
      int width,
      MemorySegment from,
      long source,
      long read,
      MemorySegment into,
      long target,
      long write,
      long n) {
    switch (width) {
      case 1 -> copyBytes(from, source, read, into, target, write, n);
      case 2 -> copyShorts(from, source, read, into, target, write, n);
      case 4 -> copyInts(from, source, read, into, target, write, n);
      default -> copyLongs(from, source, read, into, target, write, n);
    }
  }

  private static void copyBytes(
      MemorySegment from,
      long source,
      long read,
      MemorySegment into,
      long target,
      long write,
      long n) {
    for (long i = 0; i < n; i++) {
      into.set(Elements.BYTE, target + i * write, from.get(Elements.BYTE, source + i * read));
    }
  }

  private static void copyShorts(
      MemorySegment from,
      long source,
      long read,
      MemorySegment into,
      long target,
      long write,
      long n) {
    for (long i = 0; i < n; i++) {
      into.set(Elements.SHORT, target + i * write, from.get(Elements.SHORT, source + i * read));
    }
  }

  private static void copyInts(
      MemorySegment from,
      long source,
      long read,
      MemorySegment into,
      long target,
      long write,
      long n) {
    for (long i = 0; i < n; i++) {
      into.set(Elements.INT, target + i * write, from.get(Elements.INT, source + i * read));
    }
  }

  private static void copyLongs(
      MemorySegment from,
      long source,
      long read,
      MemorySegment into,
      long target,
      long write,
      long n) {
    for (long i = 0; i < n; i++) {
      into.set(Elements.LONG, target + i * write, from.get(Elements.LONG, source + i * read));
    }
  }

  /** Copies {@code n} blocks of a few bytes that stand apart. */
  static void copyBlocks(
      MemorySegment from,
      long source,
      long read,
      MemorySegment into,
      long target,
      long write,
      long n,
      int size) {
    if (size == 2 * Long.BYTES) {
      copyPairs(from, source, read, into, target, write, n);
      return;
    }
    if (size % Long.BYTES != 0) {
      for (long i = 0; i < n; i++) {
        copyBlock(from, source + i * read, into, target + i * write, size);
      }
      return;
    }
    for (long i = 0; i < n; i++) {
      for (int word = 0; word < size; word += Long.BYTES) {
        long element = from.get(Elements.LONG, source + i * read + word);
        into.set(Elements.LONG, target + i * write + word, element);
      }
    }
  }

  private static void copyPairs(
      MemorySegment from,
      long source,
      long read,
      MemorySegment into,
      long target,
      long write,
      long n) {
    for (long i = 0; i < n; i++) {
      long first = from.get(Elements.LONG, source + i * read);
      long second = from.get(Elements.LONG, source + i * read + Long.BYTES);
      into.set(Elements.LONG, target + i * write, first);
      into.set(Elements.LONG, target + i * write + Long.BYTES, second);
    }
  }

  /** Copies {@code n} blocks of many bytes that stand apart. */
  static void copyLargeBlocks(
      MemorySegment from,
      long source,
      long read,
      MemorySegment into,
      long target,
      long write,
      long n,
      long size) {
    for (long i = 0; i < n; i++) {
      MemorySegment.copy(from, source + i * read, into, target + i * write, size);
    }
  }

  /**
   * Copies a tile whose rows are contiguous where it is written, and its columns where it is read.
   *
   * @param width bytes of an element: 1, 2, 4 or 8
   * @param read the distance in bytes between columns where they are read
   * @param write the distance in bytes between rows where they are written
   */
  static void transpose(
      int width,
      MemorySegment from,
      long source,
      long read,
      MemorySegment into,
      long target,
      long write,
      int rows,
      int columns) {
    if (rows < SHORT_COLUMN) {
      for (int i = 0; i < rows; i++) {
        long row = source + (long) i * width;
        copy(width, from, row, read, into, target + i * write, width, columns);
      }
      return;
    }
    int done = width == Integer.BYTES ? columns & ~3 : 0;
    for (int c = 0; c < done; c += 4) {
      transposeInts(from, source + c * read, read, into, target + 4L * c, write, rows);
    }
    for (int c = done; c < columns; c++) {
      copy(width, from, source + c * read, width, into, target + (long) c * width, write, rows);
    }
  }

  /** Copies four columns of ints, which are written two at a time. */
  private static void transposeInts(
      MemorySegment from,
      long source,
      long read,
      MemorySegment into,
      long target,
      long write,
      int rows) {
    long second = source + read;
    long third = second + read;
    long fourth = third + read;
    for (int i = 0; i < rows; i++) {
      long a = from.get(Elements.INT, source + 4L * i) & 0xFFFFFFFFL;
      long b = from.get(Elements.INT, second + 4L * i);
      long c = from.get(Elements.INT, third + 4L * i) & 0xFFFFFFFFL;
      long d = from.get(Elements.INT, fourth + 4L * i);
      into.set(Elements.LONG, target + i * write, a | b << 32);
      into.set(Elements.LONG, target + i * write + 8, c | d << 32);
    }
  }

  /** Copies a block of a few bytes. */
  static void copyBlock(
      MemorySegment from, long source, MemorySegment into, long target, int size) {
    int i = 0;
    for (; i + Long.BYTES <= size; i += Long.BYTES) {
      into.set(Elements.LONG, target + i, from.get(Elements.LONG, source + i));
    }
    for (; i + Short.BYTES <= size; i += Short.BYTES) {
      into.set(Elements.SHORT, target + i, from.get(Elements.SHORT, source + i));
    }
    for (; i < size; i++) {
      into.set(Elements.BYTE, target + i, from.get(Elements.BYTE, source + i));
    }
  }

  /** Fills memory with an element, given in the low bits; the size is a multiple of the width. */
  static void fill(MemorySegment into, long target, long size, long element, int width) {
    if (size == 0) {
      return;
    }
    switch (width) {
      case 1 -> into.set(ValueLayout.JAVA_BYTE, target, (byte) element);
      case 2 -> into.set(Elements.SHORT, target, (short) element);
      case 4 -> into.set(Elements.INT, target, (int) element);
      default -> into.set(Elements.LONG, target, element);
    }
    // What is filled is copied behind itself, until it is all.
    for (long done = width; done < size; done *= 2) {
      MemorySegment.copy(into, target, into, target + done, Math.min(done, size - done));
    }
  }

  /**
   * Copies elements that indices name to neighbouring places.
   *
   * @param width bytes of an element: 1, 2, 4 or 8
   * @param stride the distance in bytes that an index stands for
   * @param step the distance in bytes by which places move with each index
   */
  static void gather(
      int width,
      MemorySegment from,
      long source,
      long[] indices,
      long stride,
      long step,
      MemorySegment into,
      long target,
      int n) {
    switch (width) {
      case 1 -> gatherBytes(from, source, indices, stride, step, into, target, n);
      case 2 -> gatherShorts(from, source, indices, stride, step, into, target, n);
      case 4 -> gatherInts(from, source, indices, stride, step, into, target, n);
      default -> gatherLongs(from, source, indices, stride, step, into, target, n);
    }
  }

  private static void gatherBytes(
      MemorySegment from,
      long source,
      long[] indices,
      long stride,
      long step,
      MemorySegment into,
      long target,
      int n) {
    for (int i = 0; i < n; i++) {
      long at = source + i * step + indices[i] * stride;
      into.set(Elements.BYTE, target + i, from.get(Elements.BYTE, at));
    }
  }

  private static void gatherShorts(
      MemorySegment from,
      long source,
      long[] indices,
      long stride,
      long step,
      MemorySegment into,
      long target,
      int n) {
    for (int i = 0; i < n; i++) {
      long at = source + i * step + indices[i] * stride;
      into.set(Elements.SHORT, target + 2L * i, from.get(Elements.SHORT, at));
    }
  }

  private static void gatherInts(
      MemorySegment from,
      long source,
      long[] indices,
      long stride,
      long step,
      MemorySegment into,
      long target,
      int n) {
    for (int i = 0; i < n; i++) {
      long at = source + i * step + indices[i] * stride;
      into.set(Elements.INT, target + 4L * i, from.get(Elements.INT, at));
    }
  }

  private static void gatherLongs(
      MemorySegment from,
      long source,
      long[] indices,
      long stride,
      long step,
      MemorySegment into,
      long target,
      int n) {
    for (int i = 0; i < n; i++) {
      long at = source + i * step + indices[i] * stride;
      into.set(Elements.LONG, target + 8L * i, from.get(Elements.LONG, at));
    }
  }
}
