package dev.lathe.backend.onednn.host;

import dev.lathe.ir.op.PoolingOp;

/** What a window sees along one spatial axis, for each of its positions. */
final class PoolingAxis {
  /** The number of elements of the operand and of the result. */
  final int inputs;

  final int outputs;

  /** The distance between neighbours inside the window. */
  final int dilation;

  /** The first element that the window sees, how many it sees, and how many with padding. */
  final int[] first;

  final int[] count;
  final int[] padded;

  /** How many elements the window spans, and where it begins and by how much it slides. */
  final int kernel;

  private final int stride;
  private final int padding;

  private PoolingAxis(int inputs, int outputs, int kernel, int stride, int dilation, int padding) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.kernel = kernel;
    this.stride = stride;
    this.dilation = dilation;
    this.padding = padding;
    this.first = new int[outputs];
    this.count = new int[outputs];
    this.padded = new int[outputs];
  }

  /** An axis of one element, which the window sees. */
  static PoolingAxis single() {
    PoolingAxis axis = new PoolingAxis(1, 1, 1, 1, 1, 0);
    axis.count[0] = 1;
    axis.padded[0] = 1;
    return axis;
  }

  /** Spatial axis {@code index} of an op on {@code inputs} elements. */
  static PoolingAxis of(PoolingOp op, int index, long inputs, long outputs) {
    long kernel = op.kernel().get(index);
    long stride = op.window().strides().get(index);
    long dilation = op.window().dilations().get(index);
    long[] padding = op.window().padding(index, inputs, kernel);
    PoolingAxis axis =
        new PoolingAxis(
            Math.toIntExact(inputs),
            Math.toIntExact(outputs),
            Math.toIntExact(kernel),
            Math.toIntExact(stride),
            Math.toIntExact(dilation),
            Math.toIntExact(padding[0]));
    for (int o = 0; o < axis.outputs; o++) {
      long start = o * stride - padding[0];
      long skipped = Math.max(0, Math.ceilDiv(-start, dilation));
      long end = Math.min(kernel, Math.ceilDiv(inputs - start, dilation));
      axis.first[o] = Math.toIntExact(start + skipped * dilation);
      axis.count[o] = (int) Math.max(0, end - skipped);
      long withPadding = Math.ceilDiv(inputs + padding[1] - start, dilation);
      axis.padded[o] = (int) Math.clamp(withPadding, 0, kernel);
    }
    return axis;
  }

  /** The first position from which place {@code tap} of the window sees an element. */
  int firstSeeing(int tap) {
    return Math.clamp(Math.ceilDiv(padding - tap * dilation, stride), 0, outputs);
  }

  /** The position after the last one from which place {@code tap} of the window sees an element. */
  int endSeeing(int tap) {
    int end = Math.floorDiv(inputs - 1 + padding - tap * dilation, stride) + 1;
    return Math.clamp(end, firstSeeing(tap), outputs);
  }

  /**
   * Reads what place {@code tap} of the window sees from the positions {@code from} to {@code to -
   * 1}, into the same places.
   *
   * @param row where the axis begins
   */
  void load(double[] plane, int row, int tap, int from, int to, double[] into) {
    int offset = row + tap * dilation - padding;
    if (stride == 1) {
      System.arraycopy(plane, offset + from, into, from, to - from);
      return;
    }
    for (int i = from; i < to; i++) {
      into[i] = plane[offset + i * stride];
    }
  }
}
