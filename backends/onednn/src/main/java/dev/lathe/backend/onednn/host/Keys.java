package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;

/**
 * Elements as integers whose order is that in which the elements are sought: the greatest key comes
 * first. NaN is as great as infinity where the greatest is sought, as small as its negative where
 * the least is; the two zeros are one.
 */
final class Keys {
  private final ElementType type;
  private final boolean largest;

  /** What turns the order of integers into that of keys, by exclusive or. */
  private final long flip;

  /**
   * @param largest whether the greatest element comes first, instead of the least
   */
  Keys(ElementType type, boolean largest) {
    this.type = type;
    this.largest = largest;
    this.flip = BinaryFunctions.flip(type) ^ (largest ? 0 : -1L);
  }

  /** Reads the keys of {@code n} elements; those of floats by way of {@code scratch}. */
  void load(Staging via, MemorySegment segment, long from, int n, double[] scratch, long[] keys) {
    if (!type.isFloat()) {
      via.load(type, segment, from, n, keys, 0);
      for (int i = 0; i < n; i++) {
        keys[i] ^= flip;
      }
      return;
    }
    via.load(type, segment, from, n, scratch, 0);
    double missing = largest ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      // Adding zero makes a negative zero positive.
      double x = Double.isNaN(scratch[i]) ? missing : scratch[i] + 0.0;
      long bits = Double.doubleToRawLongBits(x);
      keys[i] = (bits ^ ((bits >> 63) >>> 1)) ^ flip;
    }
  }
}
