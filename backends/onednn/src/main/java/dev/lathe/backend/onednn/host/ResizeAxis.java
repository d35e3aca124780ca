package dev.lathe.backend.onednn.host;

import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import java.util.Arrays;

/**
 * What the places of one axis of a resized tensor are sums of: for each place as many taps, each an
 * index on the operand's axis and a weight (ONNX {@code Resize}-19).
 */
public final class ResizeAxis {
  /** Indices, by tap and place. */
  final int[][] indices;

  /** Weights, by tap and place. */
  final double[][] weights;

  private ResizeAxis(int taps, int places) {
    indices = new int[taps][places];
    weights = new double[taps][places];
  }

  /** How many taps each place has. */
  public int taps() {
    return indices.length;
  }

  /** The indices of a tap, by place. */
  public int[] indices(int tap) {
    return indices[tap].clone();
  }

  /** The weights of a tap, by place. */
  public double[] weights(int tap) {
    return weights[tap].clone();
  }

  /** The axis as it is: one tap of weight 1. */
  public static ResizeAxis identity(int size) {
    ResizeAxis axis = new ResizeAxis(1, size);
    Arrays.setAll(axis.indices[0], i -> i);
    Arrays.fill(axis.weights[0], 1);
    return axis;
  }

  /** An axis that is interpolated from {@code size} elements to {@code newSize}. */
  public static ResizeAxis interpolated(Resize op, int size, int newSize, double scale) {
    double shrink = op.antialias() ? Math.min(scale, 1) : 1;
    boolean cubic = op.mode() == ResizeMode.CUBIC;
    // How far the filter reaches on each side of a position.
    int reach = (int) Math.ceil((cubic ? 2 : 1) / shrink);
    ResizeAxis axis = new ResizeAxis(2 * reach, newSize);
    for (int place = 0; place < newSize; place++) {
      double x = position(op, place, size, newSize, scale);
      // At an exact position, the neighbour on the left is the one before it.
      int left = (int) Math.ceil(x) - 1;
      double sum = 0;
      for (int tap = 0; tap < 2 * reach; tap++) {
        int index = left + 1 - reach + tap;
        double distance = Math.abs(index - x) * shrink;
        boolean counts = !op.excludeOutside() || (index >= 0 && index < size);
        double weight = counts ? weight(op, cubic, distance) : 0;
        axis.indices[tap][place] = Math.clamp(index, 0, size - 1);
        axis.weights[tap][place] = weight;
        sum += weight;
      }
      if (op.antialias() || op.excludeOutside()) {
        for (int tap = 0; tap < 2 * reach; tap++) {
          axis.weights[tap][place] /= sum;
        }
      }
    }
    return axis;
  }

  /** The nearest neighbour of each place. */
  public static int[] nearest(Resize op, int size, int newSize, double scale) {
    int[] table = new int[newSize];
    for (int i = 0; i < newSize; i++) {
      double x = position(op, i, size, newSize, scale);
      double nearest =
          switch (op.nearest()) {
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND_PREFER_FLOOR -> Math.ceil(x - 0.5);
            case ROUND_PREFER_CEIL -> Math.floor(x + 0.5);
          };
      table[i] = Math.clamp((int) nearest, 0, size - 1);
    }
    return table;
  }

  /** The position on the operand's axis that belongs to a place of the result's. */
  private static double position(Resize op, int place, int size, int newSize, double scale) {
    double centered = (place + 0.5) / scale - 0.5;
    return switch (op.transform()) {
      case HALF_PIXEL -> centered;
      case HALF_PIXEL_SYMMETRIC -> {
        // The result's size may be less than exact, so that its centre is moved to the operand's.
        double adjustment = newSize / (scale * size);
        yield size / 2.0 * (1 - adjustment) + (place + 0.5) / scale - 0.5;
      }
      case PYTORCH_HALF_PIXEL -> newSize > 1 ? centered : 0;
      case ALIGN_CORNERS -> {
        double exactSize = scale * size;
        yield exactSize == 1 ? 0 : place * (size - 1.0) / (exactSize - 1);
      }
      case ASYMMETRIC -> place / scale;
      case TF_HALF_PIXEL_FOR_NN -> (place + 0.5) / scale;
    };
  }

  private static double weight(Resize op, boolean cubic, double distance) {
    if (!cubic) {
      return Math.max(0, 1 - distance);
    }
    // The cubic convolution kernel (Keys 1981).
    double a = op.cubicCoefficient();
    double x = distance;
    if (x <= 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }
}
