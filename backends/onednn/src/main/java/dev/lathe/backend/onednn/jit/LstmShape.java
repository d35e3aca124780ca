package dev.lathe.backend.onednn.jit;

import dev.lathe.ir.op.RecurrentOp.Direction;
import java.lang.foreign.MemorySegment;

/**
 * The sizes of a long short-term memory and the order in which its code wants gates: of four
 * vectors of the state at a time the input gates, then their output, forget and cell gates, filled
 * up with zeros to whole vectors.
 *
 * @param steps T, at least 1
 * @param batch B
 * @param hidden the size H of the state
 */
public record LstmShape(int steps, int batch, int hidden, Direction direction) {
  static final int GATES = 4;

  /** The vectors of the state that are worked on at a time. */
  static final int GROUP = 4;

  /** The shape as far as packed weights depend on it. */
  public LstmShape packing() {
    return new LstmShape(1, 1, hidden, direction);
  }

  /** The directions. */
  public int directions() {
    return direction.count();
  }

  boolean reverse() {
    return direction == Direction.REVERSE;
  }

  /** The vectors of a state. */
  int vectors() {
    return Math.ceilDiv(hidden, CodeSource.LANES);
  }

  /** The gates of a step of a direction, as they lie. */
  public int gates() {
    return GATES * vectors() * CodeSource.LANES;
  }

  int gateBytes() {
    return gates() * Float.BYTES;
  }

  /** The recurrent weights of a direction, as they lie. */
  int weightBytes() {
    return hidden * gateBytes();
  }

  /** Whether the code's 32-bit displacements reach everything. */
  public boolean isAddressable() {
    long states = (long) steps * batch * directions() * hidden * Float.BYTES;
    long given = (long) steps * batch * directions() * gates() * Float.BYTES;
    return Math.max(Math.max(states, given), (long) hidden * gates() * Float.BYTES)
        <= Integer.MAX_VALUE;
  }

  /**
   * Which of a layer's gates lies where.
   *
   * @param apart how far apart the gates of two directions are
   */
  private int[] order(int direction, int apart) {
    int[] order = new int[gates()];
    int at = 0;
    for (int first = 0; first < vectors(); first += GROUP) {
      int width = Math.min(GROUP, vectors() - first) * CodeSource.LANES;
      for (int gate = 0; gate < GATES; gate++) {
        for (int i = 0; i < width; i++) {
          int unit = first * CodeSource.LANES + i;
          boolean exists = unit < hidden;
          order[at++] = exists ? direction * apart + gate * hidden + unit : ColumnPanels.ZERO;
        }
      }
    }
    return order;
  }

  /**
   * Weights of the input as one matrix.
   *
   * @param weights (directions, 4 * hidden, inputs)
   * @param to gets (inputs, directions * {@link #gates})
   */
  public void packInput(MemorySegment weights, int inputs, MemorySegment to) {
    int[] columns = new int[directions() * gates()];
    for (int d = 0; d < directions(); d++) {
      System.arraycopy(order(d, GATES * hidden), 0, columns, d * gates(), gates());
    }
    int vectors = columns.length / CodeSource.LANES;
    ColumnPanels.pack(weights, 1, inputs, inputs, columns, vectors, to);
  }

  /**
   * Recurrent weights as the code reads them.
   *
   * @param weights (directions, 4 * hidden, hidden)
   * @param to gets (directions, hidden * {@link #gates})
   */
  public void packRecurrent(MemorySegment weights, MemorySegment to) {
    for (int d = 0; d < directions(); d++) {
      MemorySegment part = to.asSlice((long) d * weightBytes(), weightBytes());
      int[] columns = order(d, GATES * hidden);
      ColumnPanels.pack(weights, 1, hidden, hidden, columns, GATES * GROUP, part);
    }
  }

  /**
   * The sums of both biases.
   *
   * @param bias (directions, 8 * hidden)
   * @param to gets (directions * {@link #gates})
   */
  public void packBias(MemorySegment bias, MemorySegment to) {
    for (int d = 0; d < directions(); d++) {
      int[] columns = order(d, 2 * GATES * hidden);
      MemorySegment part = to.asSlice((long) d * gateBytes(), gateBytes());
      ColumnPanels.sum(bias, (long) GATES * hidden, columns, part);
    }
  }
}
