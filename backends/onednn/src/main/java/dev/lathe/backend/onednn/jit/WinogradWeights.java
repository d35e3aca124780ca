package dev.lathe.backend.onednn.jit;

import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;

/** Windows of weights as Winograd's algorithm multiplies with them. */
public final class WinogradWeights {
  private static final int WINDOW = 3;
  private static final int SIZE = WinogradShape.SIZE;

  /** From a window's axis to that of a tile; see {@link WinogradCode}. */
  private static final double[][] TRANSFORM = {
    {1, 0, 0},
    {-1 / 3d, -1 / 3d, -1 / 3d},
    {1 / 3d, -1 / 3d, 1 / 3d},
    {1 / 15d, 2 / 15d, 4 / 15d},
    {-16 / 15d, 8 / 15d, -4 / 15d},
    {0, 0, 1}
  };

  private WinogradWeights() {}

  /**
   * Transforms weights.
   *
   * @param weights (filters, channels, 3, 3), row-major
   * @param type f32, bf16 or f16
   * @param to gets f32 (36, channels, filters), row-major
   */
  public static void transform(
      MemorySegment weights, ElementType type, MemorySegment to, int filters, int channels) {
    double[] window = new double[WINDOW * WINDOW];
    double[] half = new double[SIZE * WINDOW];
    float[] row = new float[WinogradShape.PRODUCTS * filters];
    for (int c = 0; c < channels; c++) {
      for (int f = 0; f < filters; f++) {
        long at = ((long) f * channels + c) * window.length;
        for (int i = 0; i < window.length; i++) {
          window[i] = Elements.get(weights, type, at + i);
        }
        transform(window, half, row, f, filters);
      }
      for (int i = 0; i < WinogradShape.PRODUCTS; i++) {
        long at = ((long) i * channels + c) * filters;
        MemorySegment.copy(row, i * filters, to, Elements.FLOAT, at * Float.BYTES, filters);
      }
    }
  }

  /** One window: rows, then columns; product number {@code i} goes to {@code i * step + at}. */
  private static void transform(double[] window, double[] half, float[] to, int at, int step) {
    for (int i = 0; i < SIZE; i++) {
      double[] t = TRANSFORM[i];
      for (int x = 0; x < WINDOW; x++) {
        half[i * WINDOW + x] =
            t[0] * window[x] + t[1] * window[WINDOW + x] + t[2] * window[2 * WINDOW + x];
      }
    }
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        double[] t = TRANSFORM[j];
        int h = i * WINDOW;
        double product = t[0] * half[h] + t[1] * half[h + 1] + t[2] * half[h + 2];
        to[(i * SIZE + j) * step + at] = (float) product;
      }
    }
  }
}
