package dev.lathe.backend.onednn.host;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Fills a tensor with elements of another whose indices are given axis by axis: padding, and
 * resizing to the nearest neighbour.
 *
 * <p>Runs of neighbours are copied as blocks, and what repeats its predecessor is copied from it.
 */
final class TableCopy {
  /** Stands in a table where the result is left as it is. */
  static final int NOTHING = -1;

  /** Mean length of a run below which elements are copied one by one. */
  private static final int SHORT_RUN = 4;

  /** Indices for each axis but the trailing ones that are copied whole. */
  private final int[][] tables;

  /** Strides in bytes of the operand and of the result on the axes that have tables. */
  private final long[] fromStrides;

  private final long[] intoStrides;

  /** Bytes of the trailing axes, or of an element. */
  private final long block;

  /** Runs on the innermost axis: index in the result, index in the operand, length. */
  private final int[] runs;

  private final boolean elementwise;

  /**
   * @param width bytes of an element: 1, 2, 4 or 8
   * @param shape the shape of the operand
   * @param tables for each axis of the result the indices in the operand, or {@link #NOTHING}
   */
  TableCopy(int width, long[] shape, int[][] tables) {
    int axes = shape.length;
    long bytes = width;
    while (axes > 0 && isWhole(tables[axes - 1], shape[axes - 1])) {
      bytes *= shape[--axes];
    }
    this.block = bytes;
    this.tables = Arrays.copyOf(tables, axes);
    this.fromStrides = new long[axes];
    this.intoStrides = new long[axes];
    long from = bytes;
    long into = bytes;
    for (int i = axes - 1; i >= 0; i--) {
      fromStrides[i] = from;
      intoStrides[i] = into;
      from *= shape[i];
      into *= tables[i].length;
    }
    this.runs = axes == 0 ? new int[0] : runs(tables[axes - 1]);
    this.elementwise =
        Words.isWord(block) && axes > 0 && runs.length / 3 * SHORT_RUN > tables[axes - 1].length;
  }

  private static boolean isWhole(int[] table, long size) {
    if (table.length != size) {
      return false;
    }
    for (int i = 0; i < table.length; i++) {
      if (table[i] != i) {
        return false;
      }
    }
    return true;
  }

  private static int[] runs(int[] table) {
    int[] runs = new int[3 * table.length];
    int count = 0;
    for (int i = 0; i < table.length; ) {
      int end = i + 1;
      while (end < table.length && table[i] != NOTHING && table[end] == table[end - 1] + 1) {
        end++;
      }
      if (table[i] != NOTHING) {
        runs[count++] = i;
        runs[count++] = table[i];
        runs[count++] = end - i;
      }
      i = end;
    }
    return Arrays.copyOf(runs, count);
  }

  void run(MemorySegment from, MemorySegment into) {
    if (block > 0) {
      copy(0, from, 0, into, 0);
    }
  }

  private void copy(int axis, MemorySegment from, long source, MemorySegment into, long target) {
    if (axis == tables.length) {
      MemorySegment.copy(from, source, into, target, block);
      return;
    }
    if (axis == tables.length - 1) {
      copyInnermost(from, source, into, target);
      return;
    }
    int[] table = tables[axis];
    long step = intoStrides[axis];
    for (int i = 0; i < table.length; i++) {
      long at = target + i * step;
      if (i > 0 && table[i] != NOTHING && table[i] == table[i - 1]) {
        MemorySegment.copy(into, at - step, into, at, step);
      } else if (table[i] != NOTHING) {
        copy(axis + 1, from, source + table[i] * fromStrides[axis], into, at);
      }
    }
  }

  private void copyInnermost(MemorySegment from, long source, MemorySegment into, long target) {
    if (elementwise) {
      copyElements(tables[tables.length - 1], from, source, into, target);
      return;
    }
    for (int i = 0; i < runs.length; i += 3) {
      MemorySegment.copy(
          from, source + runs[i + 1] * block, into, target + runs[i] * block, runs[i + 2] * block);
    }
  }

  private void copyElements(
      int[] table, MemorySegment from, long source, MemorySegment into, long target) {
    switch ((int) block) {
      case 1 -> copyBytes(table, from, source, into, target);
      case 2 -> copyShorts(table, from, source, into, target);
      case 4 -> copyInts(table, from, source, into, target);
      default -> copyLongs(table, from, source, into, target);
    }
  }

  private static void copyBytes(
      int[] table, MemorySegment from, long source, MemorySegment into, long target) {
    for (int i = 0; i < table.length; i++) {
      if (table[i] >= 0) {
        into.set(Elements.BYTE, target + 1L * i, from.get(Elements.BYTE, source + 1L * table[i]));
      }
    }
  }

  private static void copyShorts(
      int[] table, MemorySegment from, long source, MemorySegment into, long target) {
    for (int i = 0; i < table.length; i++) {
      if (table[i] >= 0) {
        into.set(Elements.SHORT, target + 2L * i, from.get(Elements.SHORT, source + 2L * table[i]));
      }
    }
  }

  private static void copyInts(
      int[] table, MemorySegment from, long source, MemorySegment into, long target) {
    for (int i = 0; i < table.length; i++) {
      if (table[i] >= 0) {
        into.set(Elements.INT, target + 4L * i, from.get(Elements.INT, source + 4L * table[i]));
      }
    }
  }

  private static void copyLongs(
      int[] table, MemorySegment from, long source, MemorySegment into, long target) {
    for (int i = 0; i < table.length; i++) {
      if (table[i] >= 0) {
        into.set(Elements.LONG, target + 8L * i, from.get(Elements.LONG, source + 8L * table[i]));
      }
    }
  }
}
