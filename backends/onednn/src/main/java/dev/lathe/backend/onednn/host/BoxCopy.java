package dev.lathe.backend.onednn.host;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Copies a box of elements from one place to another, each with its own strides.
 *
 * <p>Axes that lie behind each other in both places are one. What is contiguous in both is copied
 * as a block; a transposition, where the innermost axes of the two places differ, goes in square
 * tiles, so that both places are visited a few cache lines at a time.
 */
final class BoxCopy {
  /** Bytes up to which a block is copied in words, which costs less than a call. */
  private static final int SMALL_BLOCK = 128;

  /** Elements on a side of a tile. */
  private static final int TILE = 32;

  /** Sizes of the axes around the blocks, outermost first, and their strides in bytes. */
  private final long[] sizes;

  private final long[] fromStrides;
  private final long[] intoStrides;
  private final long fromStart;
  private final long intoStart;

  /** Bytes that are copied together. */
  private final long block;

  /** The axis that is innermost where a transposition reads, or -1. */
  private final int tileAxis;

  private final boolean empty;

  /**
   * @param width bytes of an element: 1, 2, 4 or 8
   * @param box the sizes of the box
   * @param from strides in elements in the memory read, and where the box begins
   * @param into strides in elements in the memory written, and where the box begins
   */
  BoxCopy(int width, long[] box, long[] from, long fromStart, long[] into, long intoStart) {
    this.empty = Shapes.count(box) == 0;
    this.fromStart = fromStart * width;
    this.intoStart = intoStart * width;
    long[] mergedSizes = new long[box.length];
    long[] mergedFrom = new long[box.length];
    long[] mergedInto = new long[box.length];
    int axes = 0;
    for (int i = 0; i < box.length; i++) {
      if (box[i] == 1) {
        continue;
      }
      boolean merges =
          axes > 0
              && mergedFrom[axes - 1] == from[i] * width * box[i]
              && mergedInto[axes - 1] == into[i] * width * box[i];
      if (merges) {
        mergedSizes[axes - 1] *= box[i];
      } else {
        mergedSizes[axes++] = box[i];
      }
      mergedFrom[axes - 1] = from[i] * width;
      mergedInto[axes - 1] = into[i] * width;
    }
    boolean contiguous = axes > 0 && mergedFrom[axes - 1] == width && mergedInto[axes - 1] == width;
    this.block = contiguous ? mergedSizes[axes - 1] * width : width;
    axes = contiguous ? axes - 1 : axes;
    this.sizes = Arrays.copyOf(mergedSizes, axes);
    this.fromStrides = Arrays.copyOf(mergedFrom, axes);
    this.intoStrides = Arrays.copyOf(mergedInto, axes);
    this.tileAxis = tileAxis();
  }

  /** The copy between two dense tensors or parts of them that begin at their first elements. */
  static BoxCopy of(int width, long[] box, long[] from, long[] into) {
    return new BoxCopy(width, box, from, 0, into, 0);
  }

  /** An axis on which the elements read are neighbours, where they are not on the innermost. */
  private int tileAxis() {
    int last = sizes.length - 1;
    if (last < 1 || !Words.isWord(block) || intoStrides[last] != block) {
      return -1;
    }
    for (int i = 0; i < last; i++) {
      if (fromStrides[i] == block) {
        return i;
      }
    }
    return -1;
  }

  void run(MemorySegment from, MemorySegment into) {
    if (!empty) {
      copy(0, from, fromStart, into, intoStart);
    }
  }

  private void copy(int axis, MemorySegment from, long source, MemorySegment into, long target) {
    int last = sizes.length - 1;
    if (axis > last) {
      MemorySegment.copy(from, source, into, target, block);
    } else if (axis == tileAxis && axis == last - 1) {
      transpose(from, source, into, target);
    } else if (axis == tileAxis) {
      copyTiles(axis + 1, from, source, into, target);
    } else if (axis == last) {
      copyRow(from, source, into, target);
    } else {
      for (long i = 0; i < sizes[axis]; i++) {
        copy(axis + 1, from, source + i * fromStrides[axis], into, target + i * intoStrides[axis]);
      }
    }
  }

  /** Axes between the two of the tiles are outside of them. */
  private void copyTiles(
      int axis, MemorySegment from, long source, MemorySegment into, long target) {
    if (axis == sizes.length - 1) {
      transpose(from, source, into, target);
      return;
    }
    for (long i = 0; i < sizes[axis]; i++) {
      copyTiles(
          axis + 1, from, source + i * fromStrides[axis], into, target + i * intoStrides[axis]);
    }
  }

  private void transpose(MemorySegment from, long source, MemorySegment into, long target) {
    int last = sizes.length - 1;
    long rows = sizes[tileAxis];
    long columns = sizes[last];
    long readStride = fromStrides[last];
    long writeStride = intoStrides[tileAxis];
    // Where one side is short, the other is longer, so that loops are not all beginnings and ends.
    long tileRows = Math.max(TILE, TILE * TILE / columns);
    long tileColumns = Math.max(TILE, TILE * TILE / rows);
    for (long r = 0; r < rows; r += tileRows) {
      int height = (int) Math.min(tileRows, rows - r);
      for (long c = 0; c < columns; c += tileColumns) {
        int width = (int) Math.min(tileColumns, columns - c);
        long s = source + r * block + c * readStride;
        long t = target + r * writeStride + c * block;
        Words.transpose((int) block, from, s, readStride, into, t, writeStride, height, width);
      }
    }
  }

  private void copyRow(MemorySegment from, long source, MemorySegment into, long target) {
    int last = sizes.length - 1;
    long n = sizes[last];
    long read = fromStrides[last];
    long write = intoStrides[last];
    if (Words.isWord(block)) {
      Words.copy((int) block, from, source, read, into, target, write, n);
    } else if (block <= SMALL_BLOCK) {
      Words.copyBlocks(from, source, read, into, target, write, n, (int) block);
    } else {
      Words.copyLargeBlocks(from, source, read, into, target, write, n, block);
    }
  }
}
