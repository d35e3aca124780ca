package dev.lathe.backend.onednn.binding;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a primitive computes, and on which descriptors. Values, forward inference only. Dimensions
 * are in oneDNN's order: batch, channels, then space; weights are output channels, input channels,
 * then space, preceded by groups where there are any. A descriptor whose layout is <em>any</em>
 * leaves it to the kernel.
 *
 * <p>Which element types and layouts there are kernels for is oneDNN's to say: see {@link
 * PrimitiveDescriptor#of}.
 */
public sealed interface Operation {

  /** A convolution; grouped if the weights have one dimension more than the source. */
  record Convolution(
      MemoryDescriptor source,
      MemoryDescriptor weights,
      @Nullable MemoryDescriptor bias,
      MemoryDescriptor destination,
      Window window)
      implements Operation {}

  /** A transposed convolution; grouped if the weights have one dimension more than the source. */
  record Deconvolution(
      MemoryDescriptor source,
      MemoryDescriptor weights,
      @Nullable MemoryDescriptor bias,
      MemoryDescriptor destination,
      Window window)
      implements Operation {}

  /** {@code source * weights^T + bias} with all dimensions after the first joined into one. */
  record InnerProduct(
      MemoryDescriptor source,
      MemoryDescriptor weights,
      @Nullable MemoryDescriptor bias,
      MemoryDescriptor destination)
      implements Operation {}

  /**
   * {@code source * weights + bias} over the last two dimensions, (m, k) by (k, n); the dimensions
   * before them are equal or 1 in one operand. The bias has the destination's rank.
   */
  record MatMul(
      MemoryDescriptor source,
      MemoryDescriptor weights,
      @Nullable MemoryDescriptor bias,
      MemoryDescriptor destination)
      implements Operation {}

  /** The maximum or mean of every window of the size {@code kernel}. */
  record Pooling(
      PoolingAlgorithm algorithm,
      MemoryDescriptor source,
      MemoryDescriptor destination,
      List<Long> kernel,
      Window window)
      implements Operation {
    /** Copies the list. */
    public Pooling {
      kernel = List.copyOf(kernel);
    }
  }

  /** Softmax, or its logarithm, along {@code axis}. May be computed in place. */
  record Softmax(boolean logarithm, MemoryDescriptor source, MemoryDescriptor destination, int axis)
      implements Operation {}

  /**
   * Normalisation over the last dimension to mean 0 (unless {@code rms}) and variance 1. May be
   * computed in place.
   *
   * @param statistics the descriptor of mean and variance: the source's dimensions but the last
   * @param scale whether it is multiplied by {@link Argument#SCALE}, f32, one a channel
   * @param shift whether {@link Argument#SHIFT} is added, f32, one a channel
   */
  record LayerNormalization(
      MemoryDescriptor source,
      MemoryDescriptor destination,
      @Nullable MemoryDescriptor statistics,
      float epsilon,
      boolean scale,
      boolean shift,
      boolean rms)
      implements Operation {}

  /**
   * Normalisation of each group of channels of each sample to mean 0 and variance 1, then scaled by
   * {@link Argument#SCALE} and shifted by {@link Argument#SHIFT}, both f32, one a channel. May be
   * computed in place.
   */
  record GroupNormalization(
      MemoryDescriptor source, MemoryDescriptor destination, long groups, float epsilon)
      implements Operation {}

  /** A function of every element. May be computed in place. */
  record Eltwise(
      EltwiseAlgorithm algorithm,
      MemoryDescriptor source,
      MemoryDescriptor destination,
      float alpha,
      float beta)
      implements Operation {}

  /**
   * A function of two tensors of one rank, dimensions of 1 broadcast. The destination may be the
   * first source's memory.
   *
   * @param condition what chooses, for {@link BinaryAlgorithm#SELECT}; null otherwise
   */
  record Binary(
      BinaryAlgorithm algorithm,
      MemoryDescriptor first,
      MemoryDescriptor second,
      @Nullable MemoryDescriptor condition,
      MemoryDescriptor destination)
      implements Operation {}

  /** {@code s > 0 ? s : weight * s}, the weights broadcast to the source. */
  record Prelu(MemoryDescriptor source, MemoryDescriptor weights, MemoryDescriptor destination)
      implements Operation {}

  /** Joins elements along the dimensions that are 1 in the destination. */
  record Reduction(
      ReductionAlgorithm algorithm,
      MemoryDescriptor source,
      MemoryDescriptor destination,
      float p,
      float epsilon)
      implements Operation {}

  /** Copies elements to another layout or type. Never in place. */
  record Reorder(MemoryDescriptor source, MemoryDescriptor destination) implements Operation {}

  /** Lays sources one behind the other along {@code axis}. */
  record Concat(List<MemoryDescriptor> sources, MemoryDescriptor destination, int axis)
      implements Operation {
    /** Copies the list. */
    public Concat {
      sources = List.copyOf(sources);
    }
  }

  /** The sum of tensors of equal dimensions, each multiplied by its scale. */
  record Sum(List<MemoryDescriptor> sources, List<Float> scales, MemoryDescriptor destination)
      implements Operation {
    /** Copies the lists. */
    public Sum {
      sources = List.copyOf(sources);
      scales = List.copyOf(scales);
      if (sources.size() != scales.size()) {
        throw new IllegalArgumentException(
            scales.size() + " scales for " + sources.size() + " sources");
      }
    }
  }

  /**
   * Resizes the spatial dimensions, pixel centres at half (ONNX's {@code half_pixel}).
   *
   * @param linear linear interpolation, rather than the nearest element
   * @param factors the scale of every spatial dimension; empty where the dimensions tell
   */
  record Resampling(
      boolean linear, MemoryDescriptor source, MemoryDescriptor destination, List<Float> factors)
      implements Operation {
    /** Copies the list. */
    public Resampling {
      factors = List.copyOf(factors);
    }
  }

  /**
   * Local response normalisation: {@code s * (k + alpha / n * sum s^2)^-beta}, the sum over {@code
   * size} neighbours and n their number.
   */
  record Lrn(
      boolean acrossChannels,
      MemoryDescriptor source,
      MemoryDescriptor destination,
      long size,
      float alpha,
      float beta,
      float k)
      implements Operation {}

  /** Transposes the groups of {@code axis}: groups of {@code groupSize} become its columns. */
  record Shuffle(MemoryDescriptor source, MemoryDescriptor destination, int axis, long groupSize)
      implements Operation {}

  /**
   * A recurrent layer. Layers' data is (time, batch, channels), states (layers, directions, batch,
   * channels), weights (layers, directions, input channels, gates, output channels), bias (layers,
   * directions, gates, output channels).
   *
   * @param sourceIteration the first state; null for zeros
   * @param destinationIteration the last state; null where it is not wanted
   */
  record Rnn(
      RnnCell cell,
      RnnDirection direction,
      MemoryDescriptor source,
      @Nullable MemoryDescriptor sourceIteration,
      MemoryDescriptor weightsLayer,
      MemoryDescriptor weightsIteration,
      @Nullable MemoryDescriptor bias,
      MemoryDescriptor destination,
      @Nullable MemoryDescriptor destinationIteration)
      implements Operation {}

  /** The kind of a recurrent layer's cell. */
  sealed interface RnnCell {
    /** One gate, with an activation: relu, tanh or logistic. */
    record Vanilla(EltwiseAlgorithm activation, float alpha, float beta) implements RnnCell {}

    /** Gates in the order update, reset, output. */
    record Gru() implements RnnCell {}

    /** The same, linear before reset: the bias has a fourth row, the output's recurrent bias. */
    record GruLinearBeforeReset() implements RnnCell {}

    /**
     * Gates in the order input, forget, candidate, output.
     *
     * @param sourceCell the first cell state; null for zeros
     * @param peephole weights (layers, directions, 3, channels); null for none
     * @param projection weights (layers, directions, channels, projected channels); null for none
     * @param destinationCell the last cell state; null where it is not wanted
     */
    record Lstm(
        @Nullable MemoryDescriptor sourceCell,
        @Nullable MemoryDescriptor peephole,
        @Nullable MemoryDescriptor projection,
        @Nullable MemoryDescriptor destinationCell)
        implements RnnCell {}
  }
}
