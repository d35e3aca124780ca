package dev.lathe.backend.onednn.jit;

import dev.lathe.ir.op.RecurrentOp.Direction;

/**
 * The sizes of a recurrent layer and how its code divides them.
 *
 * @param steps T, at least 1
 * @param batch B
 * @param hidden the size H of the state
 * @param rows sequences that are taken at a time, so that weights are read once for all of them;
 *     the last ones of a batch may be fewer
 * @param parts of the state, of which each thread computes one in every step: at most one for each
 *     sixteen units
 */
public record RecurrentShape(
    RecurrentCell cell,
    int steps,
    int batch,
    int hidden,
    Direction direction,
    int rows,
    int parts) {
  /** The gates of all rows that are multiplied at a time, in vectors, where there are more. */
  private static final int SUMS = 16;

  /** Refuses divisions that are none. */
  public RecurrentShape {
    if (rows < 1 || rows > mostRows(cell) || parts < 1 || parts > vectors(hidden)) {
      throw new IllegalArgumentException(
          rows + " sequences at a time and " + parts + " parts are not what the code has");
    }
  }

  /** The most sequences whose gates are kept in registers. */
  public static int mostRows(RecurrentCell cell) {
    return SUMS / cell.together();
  }

  /** The vectors of a state. */
  public static int vectors(int hidden) {
    return Math.ceilDiv(hidden, CodeSource.LANES);
  }

  /** The vectors of a state. */
  public int vectors() {
    return vectors(hidden);
  }

  /** The directions. */
  public int directions() {
    return direction.count();
  }

  boolean reverse() {
    return direction == Direction.REVERSE;
  }

  /** How often some sequences are taken at a time. */
  int blocks() {
    return Math.ceilDiv(batch, rows);
  }

  /** Every direction of a block, each by as many units as there are parts. */
  public int sequences() {
    return directions() * blocks();
  }

  /**
   * The vectors of the state that are worked on at a time. The largest part is as small as can be,
   * and its vectors are few groups that are alike.
   */
  int group() {
    int best = 1;
    for (int width = 2; width <= SUMS / (cell.together() * rows); width++) {
      int difference = largestPart(width) - largestPart(best);
      boolean fewer = difference == 0 && groups(width) < groups(best);
      if (groups(width) >= parts && (difference < 0 || fewer)) {
        best = width;
      }
    }
    return best;
  }

  private int groups(int width) {
    return Math.ceilDiv(vectors(), width);
  }

  /** The number of the first group of a part. */
  int firstGroup(int part) {
    return firstGroup(part, group());
  }

  private int firstGroup(int part, int width) {
    return groups(width) * part / parts;
  }

  /** The vectors of the largest part. */
  public int largestPart() {
    return largestPart(group());
  }

  private int largestPart(int width) {
    int largest = 0;
    for (int part = 0; part < parts; part++) {
      int end = Math.min(vectors(), firstGroup(part + 1, width) * width);
      largest = Math.max(largest, end - firstGroup(part, width) * width);
    }
    return largest;
  }

  /** How the layer's constants lie. */
  public RecurrentPacking packing() {
    return new RecurrentPacking(cell, hidden, directions(), group());
  }

  /** Whether the code's 32-bit displacements reach everything. */
  public boolean isAddressable() {
    long lanes = (long) vectors() * CodeSource.LANES;
    long all = (long) steps * batch * directions() * lanes * cell.gates();
    long weights = hidden * lanes * cell.gates();
    return Math.max(all, weights) * Float.BYTES <= Integer.MAX_VALUE;
  }
}
