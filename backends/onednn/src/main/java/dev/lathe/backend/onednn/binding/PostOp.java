package dev.lathe.backend.onednn.binding;

/**
 * A step computed on a primitive's result before it is stored, in f32. Up to 32 may follow one
 * another; which of them a kernel takes is known when it is asked for.
 */
public sealed interface PostOp {

  /** An element-wise function of the result. */
  record Eltwise(EltwiseAlgorithm algorithm, float alpha, float beta) implements PostOp {}

  /**
   * {@code result + scale * (previous - zeroPoint)}, the previous content of the destination. The
   * residual addition that needs no further memory.
   */
  record Sum(float scale, int zeroPoint) implements PostOp {
    /** The plain residual addition. */
    public Sum() {
      this(1, 0);
    }
  }

  /**
   * A function of the result and another tensor.
   *
   * @param operand as many dimensions as the result; a dimension of 1 is broadcast. Its argument is
   *     {@link Argument#postOp} with {@link Argument#SRC_1}
   */
  record Binary(BinaryAlgorithm algorithm, MemoryDescriptor operand) implements PostOp {}

  /**
   * {@code s > 0 ? s : weight * s}.
   *
   * @param mask bit i set where the weights differ along dimension i
   */
  record Prelu(int mask) implements PostOp {}

  /**
   * A depthwise convolution of the result of a 1x1 convolution of two spatial dimensions.
   *
   * @param kernel the square kernel's size
   * @param stride its stride in both dimensions
   * @param padBegin its padding before both dimensions
   */
  record Depthwise(
      DataType weights,
      DataType bias,
      DataType destination,
      long kernel,
      long stride,
      long padBegin)
      implements PostOp {}
}
