package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.ir.op.NormalizationOp.GroupNormalization;
import dev.lathe.ir.op.NormalizationOp.InstanceNormalization;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.NormalizationOp.LogSoftmax;
import dev.lathe.ir.op.NormalizationOp.Lrn;
import dev.lathe.ir.op.NormalizationOp.RmsNormalization;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Kernels of ops that scale a tensor by statistics of itself, in double precision. */
final class NormalizationKernels {
  private NormalizationKernels() {}

  static HostKernel create(NormalizationOp op, Request request) {
    return switch (op) {
      case Softmax(int axis) -> new SoftmaxKernel(axis, false, request);
      case LogSoftmax(int axis) -> new SoftmaxKernel(axis, true, request);
      case BatchNormalization(float epsilon) -> new BatchKernel(epsilon, request);
      case LayerNormalization(int axis, float epsilon) ->
          new RowKernel(axis, epsilon, true, request);
      case RmsNormalization(int axis, float epsilon) ->
          new RowKernel(axis, epsilon, false, request);
      case InstanceNormalization(float epsilon) ->
          new GroupKernel(Math.toIntExact(request.shape(0)[1]), epsilon, request);
      case GroupNormalization(int groups, float epsilon) ->
          new GroupKernel(groups, epsilon, request);
      case Lrn lrn -> new LrnKernel(lrn, request);
    };
  }

  /** The mean of a run of elements. */
  private static double mean(
      ElementType type, MemorySegment data, long start, long length, Chunk chunk, double[] x) {
    double sum = 0;
    for (long at = 0; at < length; at += Chunk.SIZE) {
      int n = (int) Math.min(Chunk.SIZE, length - at);
      chunk.load(type, data, start + at, n, x, 0);
      sum += Rows.sum(x, n);
    }
    return sum / length;
  }

  /** One over the root of the mean square of the distances from {@code center}. */
  private static double inverseDeviation(
      ElementType type,
      MemorySegment data,
      long start,
      long length,
      double center,
      double epsilon,
      Chunk chunk,
      double[] x) {
    double sum = 0;
    for (long at = 0; at < length; at += Chunk.SIZE) {
      int n = (int) Math.min(Chunk.SIZE, length - at);
      chunk.load(type, data, start + at, n, x, 0);
      sum += Rows.sumSquares(x, n, center);
    }
    return 1 / Math.sqrt(sum / length + epsilon);
  }

  /** Writes {@code x * factor + offset}. */
  private static void scale(
      ElementType type,
      MemorySegment data,
      long start,
      long length,
      double factor,
      double offset,
      MemorySegment into,
      Chunk chunk,
      double[] x) {
    for (long at = 0; at < length; at += Chunk.SIZE) {
      int n = (int) Math.min(Chunk.SIZE, length - at);
      chunk.load(type, data, start + at, n, x, 0);
      for (int i = 0; i < n; i++) {
        x[i] = x[i] * factor + offset;
      }
      chunk.store(type, into, start + at, n, x, 0);
    }
  }

  /** Scales each plane of a channel; where planes are single elements, whole rows of channels. */
  private static final class BatchKernel implements HostKernel {
    private final ElementType type;
    private final ElementType[] vectors;
    private final double epsilon;
    private final long batch;
    private final long channels;
    private final long plane;

    BatchKernel(double epsilon, Request request) {
      long[] shape = request.shape(0);
      this.type = request.type(0);
      this.vectors =
          request.operands().stream().map(t -> t.elementType()).toArray(ElementType[]::new);
      this.epsilon = epsilon;
      this.batch = shape[0];
      this.channels = shape[1];
      this.plane = Shapes.count(shape, 2, shape.length);
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      Chunk chunk = Chunk.POOL.take();
      for (long c = 0; c < channels; c += Chunk.SIZE) {
        int n = (int) Math.min(Chunk.SIZE, channels - c);
        prepare(chunk, operands, c, n);
        for (long b = 0; b < batch; b++) {
          long start = (b * channels + c) * plane;
          if (plane == 1) {
            scaleRow(chunk, operands[0], start, n, results[0]);
            continue;
          }
          for (int i = 0; i < n; i++) {
            long at = start + i * plane;
            double factor = chunk.d0[i];
            scale(type, operands[0], at, plane, factor, chunk.d1[i], results[0], chunk, chunk.d2);
          }
        }
      }
      Chunk.POOL.give(chunk);
    }

    /** Leaves in {@code d0} the factors of channels, and in {@code d1} what is added. */
    private void prepare(Chunk chunk, MemorySegment[] operands, long from, int n) {
      double[] factor = chunk.d0;
      double[] offset = chunk.d1;
      double[] x = chunk.d2;
      chunk.load(vectors[1], operands[1], from, n, factor, 0);
      chunk.load(vectors[4], operands[4], from, n, x, 0);
      for (int i = 0; i < n; i++) {
        factor[i] /= Math.sqrt(x[i] + epsilon);
      }
      chunk.load(vectors[2], operands[2], from, n, offset, 0);
      chunk.load(vectors[3], operands[3], from, n, x, 0);
      for (int i = 0; i < n; i++) {
        offset[i] -= x[i] * factor[i];
      }
    }

    private void scaleRow(Chunk chunk, MemorySegment data, long start, int n, MemorySegment into) {
      double[] x = chunk.d2;
      chunk.load(type, data, start, n, x, 0);
      for (int i = 0; i < n; i++) {
        x[i] = x[i] * chunk.d0[i] + chunk.d1[i];
      }
      chunk.store(type, into, start, n, x, 0);
    }
  }

  /** Layer and root-mean-square normalisation of rows: all axes from one on. */
  private static final class RowKernel implements HostKernel {
    private final ElementType type;
    private final double epsilon;
    private final boolean centered;
    private final long rows;
    private final long length;
    private final BroadcastReader scale;
    private final BroadcastReader bias;

    RowKernel(int givenAxis, double epsilon, boolean centered, Request request) {
      long[] shape = request.shape(0);
      int axis = Axes.normalize(givenAxis, shape.length);
      long[] row = Arrays.copyOfRange(shape, axis, shape.length);
      this.type = request.type(0);
      this.epsilon = epsilon;
      this.centered = centered;
      this.rows = Shapes.count(shape, 0, axis);
      this.length = Shapes.count(row);
      this.scale = new BroadcastReader(request.type(1), request.shape(1), row);
      int last = centered ? 2 : 1;
      this.bias = new BroadcastReader(request.type(last), request.shape(last), row);
    }

    @Override
    public long units() {
      return rows;
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      run(operands, results, 0, rows);
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
      Chunk chunk = Chunk.POOL.take();
      for (long row = from; row < to; row++) {
        normalize(chunk, operands, row * length, results[0]);
      }
      Chunk.POOL.give(chunk);
    }

    private void normalize(Chunk chunk, MemorySegment[] operands, long start, MemorySegment into) {
      double[] x = chunk.d0;
      double mean = centered ? mean(type, operands[0], start, length, chunk, x) : 0;
      double factor = inverseDeviation(type, operands[0], start, length, mean, epsilon, chunk, x);
      for (long at = 0; at < length; at += Chunk.SIZE) {
        int n = (int) Math.min(Chunk.SIZE, length - at);
        chunk.load(type, operands[0], start + at, n, x, 0);
        scale.load(chunk, operands[1], at, n, chunk.d1);
        multiply(x, chunk.d1, mean, factor, n);
        if (centered) {
          bias.load(chunk, operands[2], at, n, chunk.d2);
          for (int i = 0; i < n; i++) {
            x[i] += chunk.d2[i];
          }
        }
        chunk.store(type, into, start + at, n, x, 0);
      }
    }

    private static void multiply(double[] x, double[] scale, double mean, double factor, int n) {
      for (int i = 0; i < n; i++) {
        x[i] = (x[i] - mean) * factor * scale[i];
      }
    }
  }

  /** Normalisation of groups of channels, then a scale and a bias for each channel. */
  private static final class GroupKernel implements HostKernel {
    private final ElementType type;
    private final ElementType scaleType;
    private final ElementType biasType;
    private final double epsilon;
    private final long channels;
    private final long plane;
    private final long channelsInGroup;
    private final long groups;

    GroupKernel(int groups, double epsilon, Request request) {
      long[] shape = request.shape(0);
      this.type = request.type(0);
      this.scaleType = request.type(1);
      this.biasType = request.type(2);
      this.epsilon = epsilon;
      this.channels = shape[1];
      this.plane = Shapes.count(shape, 2, shape.length);
      this.channelsInGroup = groups == 0 ? 0 : channels / groups;
      this.groups = plane == 0 ? 0 : shape[0] * groups;
    }

    @Override
    public long units() {
      return groups;
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      run(operands, results, 0, groups);
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
      Chunk chunk = Chunk.POOL.take();
      double[] x = chunk.d0;
      long length = channelsInGroup * plane;
      for (long group = from; group < to; group++) {
        long start = group * length;
        double mean = mean(type, operands[0], start, length, chunk, x);
        double inverse =
            inverseDeviation(type, operands[0], start, length, mean, epsilon, chunk, x);
        for (long i = 0; i < channelsInGroup; i++) {
          long channel = (group * channelsInGroup + i) % channels;
          double factor = inverse * Elements.getDouble(scaleType, operands[1], channel);
          double offset = Elements.getDouble(biasType, operands[2], channel) - mean * factor;
          scale(type, operands[0], start + i * plane, plane, factor, offset, results[0], chunk, x);
        }
      }
      Chunk.POOL.give(chunk);
    }
  }

  /** Lanes are neighbours in a plane; the squares of the channels around are summed. */
  private static final class LrnKernel implements DividedKernel {
    private final Lrn op;
    private final ElementType type;
    private final long batch;
    private final long channels;
    private final long plane;

    LrnKernel(Lrn op, Request request) {
      long[] shape = request.shape(0);
      this.op = op;
      this.type = request.type(0);
      this.batch = shape[0];
      this.channels = shape[1];
      this.plane = Shapes.count(shape, 2, shape.length);
    }

    @Override
    public long units() {
      return batch * channels;
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
      Chunk chunk = Chunk.POOL.take();
      for (long channel = from; channel < to; channel++) {
        long c = channel % channels;
        // Of an even number of channels, the channel itself stands before the middle.
        long first = channel - c + Math.max(0, c - (op.size() - 1) / 2);
        long last = channel - c + Math.min(channels - 1, c + op.size() / 2);
        for (long at = 0; at < plane; at += Chunk.SIZE) {
          int n = (int) Math.min(Chunk.SIZE, plane - at);
          Arrays.fill(chunk.d0, 0, n, 0);
          for (long other = first; other <= last; other++) {
            chunk.load(type, operands[0], other * plane + at, n, chunk.d1, 0);
            addSquares(chunk.d0, chunk.d1, n);
          }
          chunk.load(type, operands[0], channel * plane + at, n, chunk.d1, 0);
          divide(chunk.d1, chunk.d0, n);
          chunk.store(type, results[0], channel * plane + at, n, chunk.d1, 0);
        }
      }
      Chunk.POOL.give(chunk);
    }

    private static void addSquares(double[] sum, double[] x, int n) {
      for (int i = 0; i < n; i++) {
        sum[i] += x[i] * x[i];
      }
    }

    private void divide(double[] x, double[] squares, int n) {
      double factor = (double) op.alpha() / op.size();
      double bias = op.bias();
      if (op.beta() == 0.75f) {
        for (int i = 0; i < n; i++) {
          double root = Math.sqrt(bias + factor * squares[i]);
          x[i] /= root * Math.sqrt(root);
        }
        return;
      }
      for (int i = 0; i < n; i++) {
        x[i] /= Math.pow(bias + factor * squares[i], op.beta());
      }
    }
  }
}
