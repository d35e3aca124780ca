package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;

/** Reads indices, which count from the end where they are negative. */
final class Indices {
  private Indices() {}

  /**
   * Reads {@code n} indices, the first at {@code from}, and counts them from the front.
   *
   * @param size the size of the axis they are on
   * @throws IllegalArgumentException if one is out of range
   */
  static void load(
      Staging via,
      ElementType type,
      MemorySegment segment,
      long from,
      int n,
      long[] into,
      long size,
      int axis) {
    via.load(type, segment, from, n, into, 0);
    for (int i = 0; i < n; i++) {
      into[i] = normalize(into[i], size, axis);
    }
  }

  /**
   * {@code index} counted from the front.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  static long normalize(long index, long size, int axis) {
    if (index < -size || index >= size) {
      throw new IllegalArgumentException(
          "index " + index + " is out of range for axis " + axis + " of size " + size);
    }
    return index < 0 ? index + size : index;
  }
}
