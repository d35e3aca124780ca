package dev.lathe.backend.onednn.jit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A matrix as generated code multiplies a vector with it: panels of some vectors' columns, in each
 * the rows one after the other, so that it is read from its beginning to its end. The last panel
 * may be narrower; it is filled up with zeros to whole vectors.
 */
public final class ColumnPanels {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Stands for a column of zeros. */
  public static final int ZERO = -1;

  private ColumnPanels() {}

  /** The numbers of a matrix in panels. */
  public static long count(int rows, int columns) {
    return (long) rows * Math.ceilDiv(columns, CodeSource.LANES) * CodeSource.LANES;
  }

  /** All columns of a matrix in their order. */
  public static int[] inOrder(int columns) {
    int[] all = new int[columns];
    for (int i = 0; i < columns; i++) {
      all[i] = i;
    }
    return all;
  }

  /**
   * Writes some columns of an f32 matrix as panels.
   *
   * @param rowStride how far apart rows are, in elements
   * @param columnStride how far apart columns are
   * @param columns which columns, or {@link #ZERO}, in the order in which they shall lie
   * @param vectors the vectors of a panel
   * @param to gets {@link #count} numbers
   */
  public static void pack(
      MemorySegment from,
      long rowStride,
      long columnStride,
      int rows,
      int[] columns,
      int vectors,
      MemorySegment to) {
    int width = vectors * CodeSource.LANES;
    int whole = Math.ceilDiv(columns.length, CodeSource.LANES) * CodeSource.LANES;
    long at = 0;
    float[] row = new float[width];
    for (int first = 0; first < columns.length; first += width) {
      int panel = Math.min(width, whole - first);
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < panel; i++) {
          int column = first + i < columns.length ? columns[first + i] : ZERO;
          long index = r * rowStride + column * columnStride;
          row[i] = column == ZERO ? 0 : from.get(Elements.FLOAT, index * Float.BYTES);
        }
        MemorySegment.copy(row, 0, to, Elements.FLOAT, at * Float.BYTES, panel);
        at += panel;
      }
    }
  }

  /**
   * Writes a bf16 matrix as panels whose rows are two of the matrix's, a number of the first beside
   * that of the second.
   *
   * @param rowStride how far apart rows are, in elements
   * @param columnStride how far apart columns are
   * @param rows an even number
   * @param vectors the vectors of a panel
   * @param to gets {@link #count} numbers
   */
  public static void packPairs(
      MemorySegment from,
      long rowStride,
      long columnStride,
      int rows,
      int columns,
      int vectors,
      MemorySegment to) {
    int width = vectors * CodeSource.LANES;
    int whole = Math.ceilDiv(columns, CodeSource.LANES) * CodeSource.LANES;
    long at = 0;
    int[] row = new int[width];
    for (int first = 0; first < columns; first += width) {
      int panel = Math.min(width, whole - first);
      int real = Math.min(width, columns - first);
      for (int r = 0; r < rows; r += 2) {
        for (int i = 0; i < real; i++) {
          long index = r * rowStride + (first + i) * columnStride;
          int low = from.get(Elements.SHORT, index * Short.BYTES) & 0xFFFF;
          row[i] = low | from.get(Elements.SHORT, (index + rowStride) * Short.BYTES) << Short.SIZE;
        }
        Arrays.fill(row, real, panel, 0);
        MemorySegment.copy(row, 0, to, INT, at * Integer.BYTES, panel);
        at += panel;
      }
    }
  }

  /**
   * Writes the sums of the two rows of an f32 matrix, for some columns.
   *
   * @param rowStride how far apart the rows are, in elements
   * @param columns which columns, or {@link #ZERO}
   */
  static void sum(MemorySegment from, long rowStride, int[] columns, MemorySegment to) {
    for (int i = 0; i < columns.length; i++) {
      long first = columns[i] * (long) Float.BYTES;
      long second = (columns[i] + rowStride) * Float.BYTES;
      float sum =
          columns[i] == ZERO
              ? 0
              : from.get(Elements.FLOAT, first) + from.get(Elements.FLOAT, second);
      to.set(Elements.FLOAT, (long) i * Float.BYTES, sum);
    }
  }
}
