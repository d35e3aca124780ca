package dev.lathe.backend.reference;

import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.ir.op.NormalizationOp.GroupNormalization;
import dev.lathe.ir.op.NormalizationOp.InstanceNormalization;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.NormalizationOp.Lrn;
import dev.lathe.ir.op.NormalizationOp.RmsNormalization;
import dev.lathe.runtime.Tensor;
import java.util.Arrays;
import java.util.List;

/** Ops that scale a tensor by statistics of itself, all in double precision. */
final class NormalizationKernels {
  private NormalizationKernels() {}

  static Tensor softmax(int axis, boolean log, Call call) {
    long[] shape = call.shape(0);
    List<Integer> axes = List.of(Axes.normalize(axis, shape.length));
    double[] values = call.doubles(0);
    int[] starts = Strided.offsetsAcross(shape, axes);
    int[] steps = Strided.offsetsAlong(shape, axes);
    call.workers()
        .forEach(
            starts.length,
            i -> {
              if (log) {
                logSoftmax(values, starts[i], steps);
              } else {
                softmax(values, starts[i], steps);
              }
            });
    return call.result(values);
  }

  /** Replaces a lane by its exponentials divided by their sum. */
  static void softmax(double[] values, int start, int[] steps) {
    double max = max(values, start, steps);
    double sum = 0;
    for (int step : steps) {
      values[start + step] = Math.exp(values[start + step] - max);
      sum += values[start + step];
    }
    for (int step : steps) {
      values[start + step] /= sum;
    }
  }

  private static void logSoftmax(double[] values, int start, int[] steps) {
    double max = max(values, start, steps);
    double sum = 0;
    for (int step : steps) {
      sum += Math.exp(values[start + step] - max);
    }
    double log = Math.log(sum);
    for (int step : steps) {
      values[start + step] -= max + log;
    }
  }

  private static double max(double[] values, int start, int[] steps) {
    double max = Double.NEGATIVE_INFINITY;
    for (int step : steps) {
      max = Math.max(max, values[start + step]);
    }
    return max;
  }

  static Tensor batch(BatchNormalization op, Call call) {
    double[] values = call.doubles(0);
    double[] scale = call.doubles(1);
    double[] bias = call.doubles(2);
    double[] mean = call.doubles(3);
    double[] variance = call.doubles(4);
    int plane = Strided.count(call.shape(0), 2, call.operand(0).rank());
    for (int i = 0; i < values.length; i++) {
      int c = i / plane % scale.length;
      double normal = (values[i] - mean[c]) / Math.sqrt(variance[c] + op.epsilon());
      values[i] = normal * scale[c] + bias[c];
    }
    return call.result(values);
  }

  static Tensor layer(LayerNormalization op, Call call) {
    double[] values = call.doubles(0);
    long[] trailing = trailing(op.axis(), call);
    double[] scale = Strided.expand(call.doubles(1), call.shape(1), trailing);
    double[] bias = Strided.expand(call.doubles(2), call.shape(2), trailing);
    int length = scale.length;
    for (int start = 0; start < values.length; start += length) {
      standardize(values, start, length, op.epsilon());
      for (int i = 0; i < length; i++) {
        values[start + i] = values[start + i] * scale[i] + bias[i];
      }
    }
    return call.result(values);
  }

  static Tensor rms(RmsNormalization op, Call call) {
    double[] values = call.doubles(0);
    long[] trailing = trailing(op.axis(), call);
    double[] scale = Strided.expand(call.doubles(1), call.shape(1), trailing);
    int length = scale.length;
    for (int start = 0; start < values.length; start += length) {
      double squares = 0;
      for (int i = 0; i < length; i++) {
        squares += values[start + i] * values[start + i];
      }
      double root = Math.sqrt(squares / length + op.epsilon());
      for (int i = 0; i < length; i++) {
        values[start + i] = values[start + i] / root * scale[i];
      }
    }
    return call.result(values);
  }

  private static long[] trailing(int axis, Call call) {
    long[] shape = call.shape(0);
    return Arrays.copyOfRange(shape, Axes.normalize(axis, shape.length), shape.length);
  }

  /** Gives a run of elements mean 0 and variance 1. */
  private static void standardize(double[] values, int start, int length, double epsilon) {
    double sum = 0;
    for (int i = start; i < start + length; i++) {
      sum += values[i];
    }
    double mean = sum / length;
    double squares = 0;
    for (int i = start; i < start + length; i++) {
      squares += (values[i] - mean) * (values[i] - mean);
    }
    double deviation = Math.sqrt(squares / length + epsilon);
    for (int i = start; i < start + length; i++) {
      values[i] = (values[i] - mean) / deviation;
    }
  }

  static Tensor instance(InstanceNormalization op, Call call) {
    return grouped(Math.toIntExact(call.shape(0)[1]), op.epsilon(), call);
  }

  static Tensor group(GroupNormalization op, Call call) {
    return grouped(op.groups(), op.epsilon(), call);
  }

  private static Tensor grouped(int groups, double epsilon, Call call) {
    long[] shape = call.shape(0);
    double[] values = call.doubles(0);
    double[] scale = call.doubles(1);
    double[] bias = call.doubles(2);
    int plane = Strided.count(shape, 2, shape.length);
    int length = groups == 0 ? 0 : Math.toIntExact(shape[1] / groups * plane);
    call.workers()
        .forEach(
            length == 0 ? 0 : values.length / length,
            i -> standardize(values, i * length, length, epsilon));
    for (int i = 0; i < values.length; i++) {
      int c = i / plane % scale.length;
      values[i] = values[i] * scale[c] + bias[c];
    }
    return call.result(values);
  }

  /** Of an even number of channels summed, the channel itself stands before the middle. */
  static Tensor lrn(Lrn op, Call call) {
    long[] shape = call.shape(0);
    double[] values = call.doubles(0);
    double[] results = new double[values.length];
    int channels = Math.toIntExact(shape[1]);
    int plane = Strided.count(shape, 2, shape.length);
    call.workers()
        .forEach(
            plane == 0 ? 0 : values.length / plane,
            i -> {
              int c = i % channels;
              int from = Math.max(0, c - (op.size() - 1) / 2);
              int to = Math.min(channels - 1, c + op.size() / 2);
              for (int p = 0; p < plane; p++) {
                double squares = 0;
                for (int n = from; n <= to; n++) {
                  double x = values[(i - c + n) * plane + p];
                  squares += x * x;
                }
                double scale = op.bias() + (double) op.alpha() / op.size() * squares;
                results[i * plane + p] = values[i * plane + p] / Math.pow(scale, op.beta());
              }
            });
    return call.result(results);
  }
}
