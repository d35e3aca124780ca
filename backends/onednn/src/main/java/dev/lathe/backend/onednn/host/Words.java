package dev.lathe.backend.onednn.host;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies of elements of which only the width matters. */
final class Words {
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
      case 1 -> {
        for (long i = 0; i < n; i++) {
          into.set(Elements.BYTE, target + i * write, from.get(Elements.BYTE, source + i * read));
        }
      }
      case 2 -> {
        for (long i = 0; i < n; i++) {
          into.set(Elements.SHORT, target + i * write, from.get(Elements.SHORT, source + i * read));
        }
      }
      case 4 -> {
        for (long i = 0; i < n; i++) {
          into.set(Elements.INT, target + i * write, from.get(Elements.INT, source + i * read));
        }
      }
      default -> {
        for (long i = 0; i < n; i++) {
          into.set(Elements.LONG, target + i * write, from.get(Elements.LONG, source + i * read));
        }
      }
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
      case 1 -> {
        for (int i = 0; i < n; i++) {
          long at = source + i * step + indices[i] * stride;
          into.set(Elements.BYTE, target + i, from.get(Elements.BYTE, at));
        }
      }
      case 2 -> {
        for (int i = 0; i < n; i++) {
          long at = source + i * step + indices[i] * stride;
          into.set(Elements.SHORT, target + 2L * i, from.get(Elements.SHORT, at));
        }
      }
      case 4 -> {
        for (int i = 0; i < n; i++) {
          long at = source + i * step + indices[i] * stride;
          into.set(Elements.INT, target + 4L * i, from.get(Elements.INT, at));
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          long at = source + i * step + indices[i] * stride;
          into.set(Elements.LONG, target + 8L * i, from.get(Elements.LONG, at));
        }
      }
    }
  }
}
