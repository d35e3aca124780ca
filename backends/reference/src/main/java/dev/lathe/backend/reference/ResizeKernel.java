package dev.lathe.backend.reference;

import dev.lathe.ir.op.ShapeOp.NearestMode;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import dev.lathe.runtime.Tensor;

/**
 * Interpolation to another size, one axis after another, as the reference implementation of ONNX
 * {@code Resize}-19 defines it.
 *
 * <p>A position {@code x} on the operand's axis is interpolated between neighbours around it. Their
 * weights are given for {@code ratio} in (0, 1], the distance from the neighbour on the left; at an
 * exact position that is the one before it. Positions outside see the nearest element inside.
 */
final class ResizeKernel {
  private ResizeKernel() {}

  static Tensor resize(Resize op, Call call) {
    Tensor operand = call.operand(0);
    Tensor result = call.result();
    int rank = operand.rank();
    double[] scales = new double[rank];
    for (int axis = 0; axis < rank; axis++) {
      scales[axis] =
          op.byScales()
              ? call.operand(1).getDouble(axis)
              : (double) result.dim(axis) / operand.dim(axis);
      if (operand.dim(axis) == 0 && result.dim(axis) > 0) {
        throw new IllegalArgumentException(
            "axis " + axis + " of " + operand + " is empty, so it cannot be enlarged");
      }
    }
    if (op.mode() == ResizeMode.NEAREST) {
      nearest(op, operand, result, scales);
    } else {
      interpolate(op, operand, result, scales);
    }
    return result;
  }

  private static boolean isUnchanged(Tensor operand, Tensor result, int axis, double scale) {
    return scale == 1 && operand.dim(axis) == result.dim(axis);
  }

  private static void nearest(Resize op, Tensor operand, Tensor result, double[] scales) {
    int[][] indices = new int[scales.length][];
    for (int axis = 0; axis < scales.length; axis++) {
      int size = Math.toIntExact(operand.dim(axis));
      int newSize = Math.toIntExact(result.dim(axis));
      boolean unchanged = isUnchanged(operand, result, axis, scales[axis]);
      indices[axis] = new int[newSize];
      for (int i = 0; i < newSize; i++) {
        double x = unchanged ? i : position(op, i, size, newSize, scales[axis]);
        indices[axis][i] = Math.clamp(nearest(op.nearest(), x), 0, size - 1);
      }
    }
    Strided.gather(operand, indices, result);
  }

  private static int nearest(NearestMode mode, double x) {
    return (int)
        switch (mode) {
          case FLOOR -> Math.floor(x);
          case CEIL -> Math.ceil(x);
          case ROUND_PREFER_FLOOR -> Math.ceil(x - 0.5);
          case ROUND_PREFER_CEIL -> Math.floor(x + 0.5);
        };
  }

  private static void interpolate(Resize op, Tensor operand, Tensor result, double[] scales) {
    if (result.elementCount() == 0) {
      return;
    }
    double[] values = Elements.doubles(operand);
    long[] shape = operand.shape();
    for (int axis = 0; axis < scales.length; axis++) {
      if (isUnchanged(operand, result, axis, scales[axis])) {
        continue;
      }
      int size = Math.toIntExact(shape[axis]);
      Taps[] taps = new Taps[Math.toIntExact(result.dim(axis))];
      for (int i = 0; i < taps.length; i++) {
        double x = position(op, i, size, taps.length, scales[axis]);
        taps[i] = taps(op, x, size, scales[axis]);
      }
      int inner = Strided.count(shape, axis + 1, shape.length);
      values = interpolate(values, size, inner, taps);
      shape[axis] = taps.length;
    }
    Elements.write(result, values);
  }

  /** Interpolates an axis of {@code size}, whose neighbours are {@code inner} elements apart. */
  private static double[] interpolate(double[] values, int size, int inner, Taps[] taps) {
    int outer = values.length / (size * inner);
    double[] results = new double[outer * taps.length * inner];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < taps.length; i++) {
        int target = (o * taps.length + i) * inner;
        for (int t = 0; t < taps[i].weights.length; t++) {
          int source = (o * size + Math.clamp(taps[i].first + t, 0, size - 1)) * inner;
          double weight = taps[i].weights[t];
          for (int n = 0; n < inner; n++) {
            results[target + n] += weight * values[source + n];
          }
        }
      }
    }
    return results;
  }

  /** The position on the operand's axis that belongs to place {@code i} of the result's. */
  private static double position(Resize op, int i, int size, int newSize, double scale) {
    double exactSize = scale * size;
    return switch (op.transform()) {
      case HALF_PIXEL -> (i + 0.5) / scale - 0.5;
      case HALF_PIXEL_SYMMETRIC -> {
        double adjustment = newSize / exactSize;
        yield size / 2.0 * (1 - adjustment) + (i + 0.5) / scale - 0.5;
      }
      case PYTORCH_HALF_PIXEL -> newSize > 1 ? (i + 0.5) / scale - 0.5 : 0;
      case ALIGN_CORNERS -> exactSize == 1 ? 0 : i * (size - 1.0) / (exactSize - 1);
      case ASYMMETRIC -> i / scale;
      case TF_HALF_PIXEL_FOR_NN -> (i + 0.5) / scale;
    };
  }

  /**
   * What is summed for one place of the result.
   *
   * @param first the index of the first neighbour, which may lie outside
   * @param weights of the neighbours from the first on
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Taps(int first, double[] weights) {}

  private static Taps taps(Resize op, double x, int size, double scale) {
    double ratio = x == Math.floor(x) ? 1 : x - Math.floor(x);
    double shrink = op.antialias() ? Math.min(scale, 1) : 1;
    boolean cubic = op.mode() == ResizeMode.CUBIC;
    // Neighbours whose weight may differ from zero, counted from the one on the left.
    int before = (int) Math.floor((cubic ? -2 : -1) / shrink) + 1;
    double[] weights = new double[2 - 2 * before];
    int first = (int) Math.ceil(x) - 1 + before;
    double sum = 0;
    for (int t = 0; t < weights.length; t++) {
      double distance = Math.abs(before + t - ratio) * shrink;
      boolean outside = first + t < 0 || first + t >= size;
      if (!(op.excludeOutside() && outside)) {
        weights[t] = cubic ? cubic(distance, op.cubicCoefficient()) : Math.max(0, 1 - distance);
      }
      sum += weights[t];
    }
    if (op.antialias() || op.excludeOutside()) {
      for (int t = 0; t < weights.length; t++) {
        weights[t] /= sum;
      }
    }
    return new Taps(first, weights);
  }

  /** The cubic convolution kernel (Keys 1981). */
  private static double cubic(double x, double a) {
    if (x <= 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }
}
