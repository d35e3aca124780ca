package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;

/**
 * The weights of a recurrent layer, transposed: a row for each input, with a lane for each unit of
 * each gate, so that a step adds rows times inputs.
 */
final class RecurrentWeights {
  /** By direction, input and lane {@code G*H}. */
  final double[][][] input;

  /** By direction, hidden unit and lane of the gates before the last ones. */
  final double[][][] recurrent;

  /** By direction, hidden unit and lane of the last gates, which a GRU multiplies apart. */
  final double[][][] last;

  /** By direction, bias of the input and then of the recurrence, {@code 2*G*H}. */
  final double[][] bias;

  private final double[] row;

  /**
   * @param lanes {@code G*H}
   * @param apart how many lanes at the end are kept apart
   */
  RecurrentWeights(int directions, int inputSize, int hidden, int lanes, int apart) {
    input = new double[directions][inputSize][lanes];
    recurrent = new double[directions][hidden][lanes - apart];
    last = new double[directions][hidden][apart];
    bias = new double[directions][2 * lanes];
    row = new double[Math.max(inputSize, hidden)];
  }

  /** Reads operands 1 to 3 of the layer. */
  void load(
      Staging via,
      ElementType type,
      MemorySegment inputWeights,
      MemorySegment recurrentWeights,
      MemorySegment biases) {
    for (int d = 0; d < bias.length; d++) {
      int lanes = bias[d].length / 2;
      int split = lanes - (last[d].length == 0 ? 0 : last[d][0].length);
      for (int lane = 0; lane < lanes; lane++) {
        long at = (long) d * lanes + lane;
        load(via, type, inputWeights, at, input[d], lane);
        if (lane < split) {
          load(via, type, recurrentWeights, at, recurrent[d], lane);
        } else {
          load(via, type, recurrentWeights, at, last[d], lane - split);
        }
      }
      via.load(type, biases, (long) d * bias[d].length, bias[d].length, bias[d], 0);
    }
  }

  /** Reads row {@code at} of a matrix as a column. */
  private void load(
      Staging via, ElementType type, MemorySegment matrix, long at, double[][] into, int lane) {
    via.load(type, matrix, at * into.length, into.length, row, 0);
    for (int i = 0; i < into.length; i++) {
      into[i][lane] = row[i];
    }
  }
}
