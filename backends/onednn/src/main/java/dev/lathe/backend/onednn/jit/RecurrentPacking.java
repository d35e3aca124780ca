package dev.lathe.backend.onednn.jit;

import dev.lathe.backend.onednn.jit.RecurrentCell.Phase;
import java.lang.foreign.MemorySegment;

/**
 * The order in which a recurrent layer's code wants gates: of a group of vectors of the state those
 * of the first gate, then those of the next, filled up with zeros to whole vectors.
 *
 * @param hidden the size H of the state
 * @param group the vectors of a group; the last may have fewer
 */
public record RecurrentPacking(RecurrentCell cell, int hidden, int directions, int group) {
  private int vectors() {
    return RecurrentShape.vectors(hidden);
  }

  /** The gates of a step of a direction, as they lie. */
  public int gates() {
    return cell.gates() * vectors() * CodeSource.LANES;
  }

  int gateBytes() {
    return gates() * Float.BYTES;
  }

  /** The recurrent weights of a direction, as they lie. */
  public int weightBytes() {
    return hidden * gateBytes();
  }

  /** The numbers of {@link #packStateBias}. */
  public long stateBias() {
    return (long) directions * vectors() * CodeSource.LANES;
  }

  /** Where the weights of a phase begin among those of a direction. */
  int phaseOffset(Phase phase) {
    return hidden * phase.first() * vectors() * Assembler.VECTOR;
  }

  /**
   * Which of a layer's gates lies where.
   *
   * @param apart how far apart the gates of two directions are
   */
  private int[] order(Phase phase, int direction, int apart) {
    int[] order = new int[phase.gates() * vectors() * CodeSource.LANES];
    int at = 0;
    for (int first = 0; first < vectors(); first += group) {
      int width = Math.min(group, vectors() - first) * CodeSource.LANES;
      for (int gate = phase.first(); gate < phase.first() + phase.gates(); gate++) {
        for (int i = 0; i < width; i++) {
          int unit = first * CodeSource.LANES + i;
          boolean exists = unit < hidden;
          order[at++] = exists ? direction * apart + gate * hidden + unit : ColumnPanels.ZERO;
        }
      }
    }
    return order;
  }

  private int[] order(int direction, int apart) {
    return order(new Phase(0, cell.gates()), direction, apart);
  }

  /**
   * Weights of the input as one matrix.
   *
   * @param weights (directions, gates of the cell * hidden, inputs)
   * @param to gets (inputs, directions * {@link #gates})
   */
  public void packInput(MemorySegment weights, int inputs, MemorySegment to) {
    int[] columns = new int[directions * gates()];
    for (int d = 0; d < directions; d++) {
      System.arraycopy(order(d, cell.gates() * hidden), 0, columns, d * gates(), gates());
    }
    int vectors = columns.length / CodeSource.LANES;
    ColumnPanels.pack(weights, 1, inputs, inputs, columns, vectors, to);
  }

  /**
   * Recurrent weights as the code reads them: of each phase, of each group.
   *
   * @param weights (directions, gates of the cell * hidden, hidden)
   * @param to gets (directions, hidden * {@link #gates})
   */
  public void packRecurrent(MemorySegment weights, MemorySegment to) {
    for (int d = 0; d < directions; d++) {
      for (Phase phase : cell.phases()) {
        int[] columns = order(phase, d, cell.gates() * hidden);
        MemorySegment part = to.asSlice((long) d * weightBytes() + phaseOffset(phase));
        ColumnPanels.pack(weights, 1, hidden, hidden, columns, phase.gates() * group, part);
      }
    }
  }

  /**
   * What is added to the product with the input: the sums of both biases, but of the last gate of
   * {@link RecurrentCell#GRU_RESET_AFTER} only that of the input.
   *
   * @param bias (directions, 2 * gates of the cell * hidden)
   * @param to gets (directions * {@link #gates})
   */
  public void packBias(MemorySegment bias, MemorySegment to) {
    int all = cell.gates() * hidden;
    for (int d = 0; d < directions; d++) {
      int[] columns = order(d, 2 * all);
      MemorySegment part = to.asSlice((long) d * gateBytes(), gateBytes());
      ColumnPanels.sum(bias, all, columns, part);
      if (cell == RecurrentCell.GRU_RESET_AFTER) {
        int candidate = 2 * all * d + 2 * hidden;
        for (int i = 0; i < columns.length; i++) {
          if (columns[i] >= candidate) {
            float input = bias.get(Elements.FLOAT, (long) columns[i] * Float.BYTES);
            part.set(Elements.FLOAT, (long) i * Float.BYTES, input);
          }
        }
      }
    }
  }

  /**
   * What is added to the product of {@link RecurrentCell#GRU_RESET_AFTER}'s candidate with the
   * state.
   *
   * @param bias (directions, 6 * hidden)
   * @param to gets (directions, hidden), filled up with zeros to whole vectors: {@link #stateBias}
   */
  public void packStateBias(MemorySegment bias, MemorySegment to) {
    to.fill((byte) 0);
    long bytes = (long) hidden * Float.BYTES;
    for (int d = 0; d < directions; d++) {
      long at = (long) d * vectors() * Assembler.VECTOR;
      MemorySegment.copy(bias, (6L * d + 5) * bytes, to, at, bytes);
    }
  }
}
