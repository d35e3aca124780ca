package dev.lathe.backend.onednn.jit;

import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;

/** Windows of weights as {@link DepthwiseCode} reads them. */
public final class DepthwiseWeights {
  private DepthwiseWeights() {}

  /**
   * Packs weights.
   *
   * @param weights (channels, 1, rows, columns), row-major
   * @param type f32, bf16 or f16
   * @param to gets f32 (vectors of channels, taps, {@value CodeSource#LANES}), row-major, zeros
   *     where there are no channels
   */
  public static void pack(
      MemorySegment weights, ElementType type, MemorySegment to, int channels, int taps) {
    to.fill((byte) 0);
    for (int c = 0; c < channels; c++) {
      for (int tap = 0; tap < taps; tap++) {
        long row = (long) (c / CodeSource.LANES) * taps + tap;
        Elements.put(
            to,
            row * CodeSource.LANES + c % CodeSource.LANES,
            Elements.get(weights, type, (long) c * taps + tap));
      }
    }
  }
}
