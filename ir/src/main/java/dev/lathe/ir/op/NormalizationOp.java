package dev.lathe.ir.op;

import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.List;

/** Ops that scale a tensor by statistics of itself. */
public sealed interface NormalizationOp extends Op {

  /** Refuses operands {@code from} on that are not vectors with one element a channel. */
  private static void expectChannelVectors(Operands operands, int from) {
    operands.expectRankAtLeast(0, 2);
    for (int i = from; i < operands.size(); i++) {
      operands.expectRank(i, 1);
      operands.expectEqual(
          operands.type(i).dim(0),
          operands.type(0).dim(1),
          "length of operand " + i + " and channels");
    }
  }

  /** Exponentials divided by their sum along an axis (ONNX {@code Softmax}-13). */
  record Softmax(int axis) implements NormalizationOp {
    @Override
    public String mnemonic() {
      return "softmax";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      operands.expectFloat(0);
      operands.axis(0, axis);
      return List.of(operands.type(0));
    }
  }

  /** The logarithm of {@link Softmax} (ONNX {@code LogSoftmax}-13). */
  record LogSoftmax(int axis) implements NormalizationOp {
    @Override
    public String mnemonic() {
      return "log_softmax";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      operands.expectFloat(0);
      operands.axis(0, axis);
      return List.of(operands.type(0));
    }
  }

  /**
   * {@code (x - mean) / sqrt(variance + epsilon) * scale + bias} a channel, with given statistics
   * (ONNX {@code BatchNormalization}-15 at inference). Operands: x {@code [N, C, …]}; scale, bias,
   * mean and variance {@code [C]}.
   */
  record BatchNormalization(float epsilon) implements NormalizationOp {
    @Override
    public String mnemonic() {
      return "batch_normalization";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(5);
      operands.expectFloat(0);
      expectChannelVectors(operands, 1);
      return List.of(operands.type(0));
    }
  }

  /**
   * Normalisation over the axes from {@code axis} to the last (ONNX {@code LayerNormalization}-17).
   * Operands: x; scale and bias that broadcast to {@code x.shape[axis:]}.
   *
   * @param axis counted from the front, or from the end if negative
   */
  record LayerNormalization(int axis, float epsilon) implements NormalizationOp {
    @Override
    public String mnemonic() {
      return "layer_normalization";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(3);
      expectTrailing(operands, axis);
      return List.of(operands.type(0));
    }
  }

  /**
   * Division by the root of the mean square over the axes from {@code axis} to the last (ONNX
   * {@code RMSNormalization}-23). Operands: x; scale that broadcasts to {@code x.shape[axis:]}.
   */
  record RmsNormalization(int axis, float epsilon) implements NormalizationOp {
    @Override
    public String mnemonic() {
      return "rms_normalization";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      expectTrailing(operands, axis);
      return List.of(operands.type(0));
    }
  }

  private static void expectTrailing(Operands operands, int axis) {
    operands.expectFloat(0);
    int from = operands.axis(0, axis);
    TensorType x = operands.type(0);
    Shape trailing = new Shape(x.shape().dims().subList(from, x.rank()));
    for (int i = 1; i < operands.size(); i++) {
      if (Axes.broadcast(trailing, operands.type(i).shape()).rank() != trailing.rank()) {
        throw new TypeException(
            "operand "
                + i
                + " "
                + operands.type(i)
                + " does not broadcast to the normalised dimensions "
                + trailing);
      }
    }
  }

  /**
   * Normalisation of each channel of each sample over the spatial axes (ONNX {@code
   * InstanceNormalization}-6). Operands: x {@code [N, C, …]}; scale and bias {@code [C]}.
   */
  record InstanceNormalization(float epsilon) implements NormalizationOp {
    @Override
    public String mnemonic() {
      return "instance_normalization";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(3);
      operands.expectFloat(0);
      expectChannelVectors(operands, 1);
      return List.of(operands.type(0));
    }
  }

  /**
   * Normalisation of each group of channels of each sample (Wu and He 2018; ONNX {@code
   * GroupNormalization}-21). Operands: x {@code [N, C, …]}; scale and bias {@code [C]}.
   */
  record GroupNormalization(int groups, float epsilon) implements NormalizationOp {
    @Override
    public String mnemonic() {
      return "group_normalization";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(3);
      operands.expectFloat(0);
      expectChannelVectors(operands, 1);
      var channels = operands.type(0).dim(1);
      if (groups < 1 || (channels.isFixed() && channels.value() % groups != 0)) {
        throw new TypeException(
            channels + " channels cannot be divided into " + groups + " groups");
      }
      return List.of(operands.type(0));
    }
  }

  /**
   * Local response normalisation across channels (Krizhevsky et al. 2012; ONNX {@code LRN}-13):
   * {@code x / (bias + alpha/size * sum of squares over size neighbouring channels)^beta}. Operand
   * {@code [N, C, …]}.
   */
  record Lrn(int size, float alpha, float beta, float bias) implements NormalizationOp {
    @Override
    public String mnemonic() {
      return "lrn";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      operands.expectFloat(0);
      operands.expectRankAtLeast(0, 2);
      if (size < 1) {
        throw new TypeException("the number of channels summed must be at least 1, not " + size);
      }
      return List.of(operands.type(0));
    }
  }
}
