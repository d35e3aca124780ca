package dev.lathe.backend.onednn.jit;

import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;

/** Windows of weights as {@link DirectCode} reads them. */
public final class DirectWeights {
  private DirectWeights() {}

  /**
   * Packs weights.
   *
   * @param weights (filters, channels of a group, rows, columns), row-major
   * @param type f32, bf16 or f16
   * @param to gets f32 (panels, taps, channels of a group, vectors, {@value CodeSource#LANES}),
   *     row-major, zeros where there are no filters
   */
  public static void pack(
      MemorySegment weights, ElementType type, MemorySegment to, DirectShape shape) {
    int taps = shape.window().taps();
    int channels = shape.channels();
    int lanes = shape.vectors() * CodeSource.LANES;
    to.fill((byte) 0);
    for (int filter = 0; filter < shape.filters(); filter++) {
      long panel = (long) filter / shape.panelFilters() * shape.panelWeights();
      long lane = panel + filter % shape.panelFilters();
      for (int c = 0; c < channels; c++) {
        long from = ((long) filter * channels + c) * taps;
        for (int tap = 0; tap < taps; tap++) {
          long row = (long) tap * channels + c;
          Elements.put(to, lane + row * lanes, Elements.get(weights, type, from + tap));
        }
      }
    }
  }
}
