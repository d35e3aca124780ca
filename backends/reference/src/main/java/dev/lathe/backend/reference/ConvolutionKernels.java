package dev.lathe.backend.reference;

import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.Window;
import dev.lathe.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions as products of the weights {@code [channels out, channels in x taps]} of each group
 * and a matrix {@code [channels in x taps, positions]} of what each tap of the window sees at each
 * position of the result. That matrix is read through a table, common to all channels, of which
 * element of a plane each tap sees.
 */
final class ConvolutionKernels {
  private ConvolutionKernels() {}

  static Tensor convolution(ConvolutionOp.Convolution op, Call call) {
    double[] bias = call.size() < 3 ? null : call.doubles(2);
    return convolve(
        call, op.groups(), seenByWindow(op.window(), call), call.doubles(0), null, bias);
  }

  /** Padding stands for the zero point, so that it is zero once that is subtracted. */
  static Tensor convolutionInteger(ConvolutionOp.ConvolutionInteger op, Call call) {
    double[] x = call.doubles(0);
    double zeroPoint = call.operand(2).getDouble(0);
    for (int i = 0; i < x.length; i++) {
      x[i] -= zeroPoint;
    }
    int channels = Math.toIntExact(call.shape(1)[0]);
    double[] weightZeroPoints = call.doubles(3);
    if (weightZeroPoints.length == 1) {
      double only = weightZeroPoints[0];
      weightZeroPoints = new double[channels];
      Arrays.fill(weightZeroPoints, only);
    }
    if (weightZeroPoints.length != channels) {
      throw new IllegalArgumentException(
          "zero points " + call.operand(3) + " must be one, or " + channels);
    }
    return convolve(call, op.groups(), seenByWindow(op.window(), call), x, weightZeroPoints, null);
  }

  private static Tensor convolve(
      Call call,
      int groups,
      int[][] table,
      double[] x,
      double @Nullable [] weightZeroPoints,
      double @Nullable [] bias) {
    int channelsOut = Math.toIntExact(call.shape(1)[0] / groups);
    int channelsIn = Math.toIntExact(call.shape(1)[1]);
    int inner = channelsIn * table.length;
    return multiply(
        call,
        new Layout(groups, channelsIn, channelsOut, table),
        x,
        group -> {
          Matrix weights = Matrix.of(call.operand(1), (long) group * channelsOut * inner, inner, 1);
          return weightZeroPoints == null
              ? weights
              : weights.minusRows(
                  Arrays.copyOfRange(
                      weightZeroPoints, group * channelsOut, (group + 1) * channelsOut));
        },
        bias);
  }

  /** A transposed convolution lets each position of the result look back at those it came from. */
  static Tensor convolutionTranspose(ConvolutionTranspose op, Call call) {
    double[] bias = call.size() < 3 ? null : call.doubles(2);
    int[][] table = seenByTransposed(op, call);
    int channelsIn = Math.toIntExact(call.shape(1)[0] / op.groups());
    int channelsOut = Math.toIntExact(call.shape(1)[1]);
    double[] weights = call.doubles(1);
    int taps = table.length;
    return multiply(
        call,
        new Layout(op.groups(), channelsIn, channelsOut, table),
        call.doubles(0),
        group -> transposedWeights(weights, group, channelsIn, channelsOut, taps),
        bias);
  }

  /** Reads weights {@code [channels in, channels out, taps]} as rows of output channels. */
  private static Matrix transposedWeights(
      double[] weights, int group, int channelsIn, int channelsOut, int taps) {
    int start = group * channelsIn * channelsOut * taps;
    return (row, rows, column, columns, into) -> {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          int channel = (column + j) / taps;
          int tap = (column + j) % taps;
          into[i][j] = weights[start + (channel * channelsOut + row + i) * taps + tap];
        }
      }
    };
  }

  /**
   * How channels and taps are laid out.
   *
   * @param channelsIn of one group
   * @param channelsOut of one group
   * @param table for each tap and position, the element of a plane that is seen
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Layout(int groups, int channelsIn, int channelsOut, int[][] table) {}

  private interface Weights {
    Matrix ofGroup(int group);
  }

  private static Tensor multiply(
      Call call, Layout layout, double[] x, Weights weights, double @Nullable [] bias) {
    Tensor result = call.result();
    long[] shape = call.shape(0);
    int plane = Strided.count(shape, 2, shape.length);
    int positions = Strided.count(result.shape(), 2, result.rank());
    int inner = layout.channelsIn * layout.table.length;
    List<Product> products = new ArrayList<>();
    for (int n = 0; n < shape[0]; n++) {
      for (int group = 0; group < layout.groups; group++) {
        int firstIn = (n * layout.groups + group) * layout.channelsIn * plane;
        int firstChannel = group * layout.channelsOut;
        int firstOut = n * layout.groups * layout.channelsOut + firstChannel;
        Product.Sink sink =
            (row, column, sums, count) -> {
              for (int i = 0; bias != null && i < count; i++) {
                sums[i] += bias[firstChannel + row];
              }
              long at = (long) (firstOut + row) * positions + column;
              Elements.write(result, at, sums, 0, count);
            };
        products.add(
            new Product(
                weights.ofGroup(group),
                columns(x, firstIn, plane, layout.table),
                layout.channelsOut,
                inner,
                positions,
                sink));
      }
    }
    Product.computeAll(call.workers(), products);
    return result;
  }

  private static Matrix columns(double[] x, int start, int plane, int[][] table) {
    return (row, rows, column, columns, into) -> {
      for (int i = 0; i < rows; i++) {
        int first = start + (row + i) / table.length * plane;
        int[] seen = table[(row + i) % table.length];
        double[] target = into[i];
        for (int j = 0; j < columns; j++) {
          int element = seen[column + j];
          target[j] = element == Strided.NOTHING ? 0 : x[first + element];
        }
      }
    };
  }

  private static int[][] seenByWindow(Window window, Call call) {
    long[] shape = call.shape(0);
    long[] kernel = call.shape(1);
    long[] result = call.results().get(0).shape().sizes();
    int[][][] axes = new int[window.axes()][][];
    for (int a = 0; a < axes.length; a++) {
      long before = window.padding(a, shape[a + 2], kernel[a + 2])[0];
      long stride = window.strides().get(a);
      long dilation = window.dilations().get(a);
      axes[a] = new int[(int) kernel[a + 2]][(int) result[a + 2]];
      for (int k = 0; k < kernel[a + 2]; k++) {
        for (int o = 0; o < result[a + 2]; o++) {
          long i = o * stride + k * dilation - before;
          axes[a][k][o] = i >= 0 && i < shape[a + 2] ? (int) i : Strided.NOTHING;
        }
      }
    }
    return table(axes, shape);
  }

  private static int[][] seenByTransposed(ConvolutionTranspose op, Call call) {
    Window window = op.window();
    List<Long> before = ((Padding.Explicit) window.padding()).begin();
    long[] shape = call.shape(0);
    long[] kernel = call.shape(1);
    long[] result = call.results().get(0).shape().sizes();
    int[][][] axes = new int[window.axes()][][];
    for (int a = 0; a < axes.length; a++) {
      long stride = window.strides().get(a);
      long dilation = window.dilations().get(a);
      axes[a] = new int[(int) kernel[a + 2]][(int) result[a + 2]];
      for (int k = 0; k < kernel[a + 2]; k++) {
        for (int o = 0; o < result[a + 2]; o++) {
          long scaled = o + before.get(a) - k * dilation;
          long i = Math.floorDiv(scaled, stride);
          boolean seen = scaled % stride == 0 && i >= 0 && i < shape[a + 2];
          axes[a][k][o] = seen ? (int) i : Strided.NOTHING;
        }
      }
    }
    return table(axes, shape);
  }

  /**
   * Combines the tables of all axes, each {@code [taps][positions]} of indices on that axis, to one
   * of elements of a plane.
   */
  private static int[][] table(int[][][] axes, long[] shape) {
    int[][] table = {{0}};
    for (int a = 0; a < axes.length; a++) {
      int size = (int) shape[a + 2];
      int positions = axes[a].length == 0 ? 0 : axes[a][0].length;
      int[][] next = new int[table.length * axes[a].length][table[0].length * positions];
      for (int t = 0; t < next.length; t++) {
        int[] outer = table[t / axes[a].length];
        int[] inner = axes[a][t % axes[a].length];
        for (int p = 0; p < next[t].length; p++) {
          int i = outer[p / positions];
          int j = inner[p % positions];
          next[t][p] =
              i == Strided.NOTHING || j == Strided.NOTHING ? Strided.NOTHING : i * size + j;
        }
      }
      table = next;
    }
    return table;
  }
}
