package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionInteger;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.Window;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution over up to three spatial axes as a product of matrices in double precision, in which
 * sums of 8-bit integers are exact. Positions of the result are computed in blocks; what the window
 * sees from those of a block is laid out as a panel with a row for each channel and tap.
 */
final class ConvolutionKernel implements DividedKernel {
  private static final int AXES = 3;

  /** Positions of a block. */
  private static final int BLOCK = 256;

  private final ElementType type;
  private final ElementType weightType;
  private final ElementType biasType;
  private final ElementType resultType;
  private final boolean integer;
  private final boolean biased;
  private final boolean zeroPerChannel;
  private final long batch;
  private final int groups;

  /** Channels of a group, of the operand and of the result. */
  private final int channels;

  private final int resultChannels;

  /** Sizes of the spatial axes of operand, window and result; the first may be of size 1. */
  private final int[] inputs = ones();

  private final int[] kernel = ones();
  private final int[] outputs = ones();
  private final int[] strides = ones();
  private final int[] dilations = ones();
  private final int[] pads = new int[AXES];
  private final int inputCount;
  private final int taps;
  private final int outputCount;
  private final Pool<Scratch> scratches;

  private ConvolutionKernel(Window window, int groups, boolean integer, Request request) {
    long[] x = request.shape(0);
    long[] w = request.shape(1);
    long[] result = request.resultShape();
    this.type = request.type(0);
    this.weightType = request.type(1);
    this.resultType = request.resultType();
    this.integer = integer;
    this.biased = !integer && request.operands().size() > 2;
    this.biasType = biased ? request.type(2) : type;
    this.zeroPerChannel = integer && request.count(3) > 1;
    this.batch = x[0];
    this.groups = groups;
    this.channels = Math.toIntExact(w[1]);
    this.resultChannels = Math.toIntExact(w[0] / groups);
    int axes = window.axes();
    for (int i = 0; i < axes; i++) {
      int at = AXES - axes + i;
      inputs[at] = Math.toIntExact(x[i + 2]);
      kernel[at] = Math.toIntExact(w[i + 2]);
      outputs[at] = Math.toIntExact(result[i + 2]);
      strides[at] = Math.toIntExact(window.strides().get(i));
      dilations[at] = Math.toIntExact(window.dilations().get(i));
      pads[at] = Math.toIntExact(window.padding(i, x[i + 2], w[i + 2])[0]);
    }
    this.inputCount = inputs[0] * inputs[1] * inputs[2];
    this.taps = kernel[0] * kernel[1] * kernel[2];
    this.outputCount = outputs[0] * outputs[1] * outputs[2];
    this.scratches = new Pool<>(() -> new Scratch(channels * taps, inputCount));
  }

  static @Nullable HostKernel create(ConvolutionOp op, Request request) {
    if (op.window().axes() > AXES) {
      return null;
    }
    return switch (op) {
      case Convolution(Window window, int groups) ->
          new ConvolutionKernel(window, groups, false, request);
      case ConvolutionInteger(Window window, int groups) ->
          new ConvolutionKernel(window, groups, true, request);
      case ConvolutionTranspose ignored -> null;
    };
  }

  private static int[] ones() {
    int[] ones = new int[AXES];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Override
  public long units() {
    return batch * groups * Math.ceilDiv(outputCount, BLOCK);
  }

  @Override
  public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
    Scratch scratch = scratches.take();
    int blocks = Math.ceilDiv(outputCount, BLOCK);
    for (long unit = from; unit < to; unit++) {
      long group = unit / blocks;
      int position = (int) (unit % blocks) * BLOCK;
      int lanes = Math.min(BLOCK, outputCount - position);
      loadPanel(scratch, operands, group, position, lanes);
      for (int m = 0; m < resultChannels; m++) {
        long channel = group % groups * resultChannels + m;
        computeChannel(scratch, operands, channel, lanes);
        long target = (group * resultChannels + m) * outputCount + position;
        scratch.store(resultType, results[0], target, lanes, scratch.sums, 0);
      }
    }
    scratches.give(scratch);
  }

  private void computeChannel(Scratch scratch, MemorySegment[] operands, long channel, int lanes) {
    int depth = channels * taps;
    double[] weights = scratch.weights;
    scratch.load(weightType, operands[1], channel * depth, depth, weights, 0);
    if (integer) {
      double zero = Elements.getDouble(weightType, operands[3], zeroPerChannel ? channel : 0);
      for (int i = 0; i < depth; i++) {
        weights[i] -= zero;
      }
    }
    double bias = biased ? Elements.getDouble(biasType, operands[2], channel) : 0;
    Arrays.fill(scratch.sums, 0, lanes, bias);
    Products.add(scratch.sums, weights, scratch.panel, depth, lanes);
  }

  /** Lays out what the window sees of all channels of a group; padding is zero. */
  private void loadPanel(
      Scratch scratch, MemorySegment[] operands, long group, int position, int lanes) {
    double zero = integer ? Elements.getDouble(type, operands[2], 0) : 0;
    for (int c = 0; c < channels; c++) {
      long start = (group * channels + c) * inputCount;
      scratch.load(type, operands[0], start, inputCount, scratch.plane, 0);
      for (int i = 0; i < inputCount && integer; i++) {
        scratch.plane[i] -= zero;
      }
      int tap = c * taps;
      for (int d = 0; d < kernel[0]; d++) {
        for (int h = 0; h < kernel[1]; h++) {
          for (int w = 0; w < kernel[2]; w++) {
            fill(scratch.panel[tap++], scratch.plane, d, h, w, position, lanes);
          }
        }
      }
    }
  }

  private void fill(
      double[] row, double[] plane, int tapD, int tapH, int tapW, int position, int lanes) {
    int w = position % outputs[2];
    int h = position / outputs[2] % outputs[1];
    int d = position / outputs[2] / outputs[1];
    for (int i = 0; i < lanes; i++) {
      int atD = d * strides[0] - pads[0] + tapD * dilations[0];
      int atH = h * strides[1] - pads[1] + tapH * dilations[1];
      int atW = w * strides[2] - pads[2] + tapW * dilations[2];
      boolean inside =
          atD >= 0 && atD < inputs[0] && atH >= 0 && atH < inputs[1] && atW >= 0 && atW < inputs[2];
      row[i] = inside ? plane[(atD * inputs[1] + atH) * inputs[2] + atW] : 0;
      if (++w == outputs[2]) {
        w = 0;
        if (++h == outputs[1]) {
          h = 0;
          d++;
        }
      }
    }
  }

  private static final class Scratch extends Staging {
    final double[][] panel;
    final double[] weights;
    final double[] sums = new double[BLOCK];
    final double[] plane;

    Scratch(int depth, int inputCount) {
      panel = new double[depth][BLOCK];
      weights = new double[depth];
      plane = new double[inputCount];
    }
  }
}
