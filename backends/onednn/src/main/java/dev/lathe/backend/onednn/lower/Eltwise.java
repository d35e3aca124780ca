package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.BinaryAlgorithm;
import dev.lathe.backend.onednn.binding.EltwiseAlgorithm;
import dev.lathe.backend.onednn.binding.PostOp;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.Op;
import org.jspecify.annotations.Nullable;

/** Translates element-wise functions on floats to oneDNN's. */
final class Eltwise {
  private Eltwise() {}

  /** The function of one operand, or null where oneDNN has none that is equal. */
  static PostOp.@Nullable Eltwise of(Op op) {
    return switch (op) {
      case ElementwiseOp.Unary unary -> of(unary.function());
      case ElementwiseOp.LeakyRelu leaky -> function(EltwiseAlgorithm.RELU, leaky.alpha(), 0);
      case ElementwiseOp.Elu elu -> function(EltwiseAlgorithm.ELU, elu.alpha(), 0);
      case ElementwiseOp.HardSigmoid hard ->
          function(EltwiseAlgorithm.HARD_SIGMOID, hard.alpha(), hard.beta());
      case ElementwiseOp.Gelu gelu ->
          function(gelu.tanh() ? EltwiseAlgorithm.GELU_TANH : EltwiseAlgorithm.GELU_ERF, 0, 0);
      case ElementwiseOp.Clamp clamp when clamp.min() <= clamp.max() ->
          clamp.min() == 0 && clamp.max() == Double.POSITIVE_INFINITY
              ? function(EltwiseAlgorithm.RELU, 0, 0)
              : function(EltwiseAlgorithm.CLIP, (float) clamp.min(), (float) clamp.max());
      default -> null;
    };
  }

  private static PostOp.@Nullable Eltwise of(UnaryFunction function) {
    return switch (function) {
      case ABS -> function(EltwiseAlgorithm.ABS, 0, 0);
      case NEG -> function(EltwiseAlgorithm.LINEAR, -1, 0);
      case ROUND -> function(EltwiseAlgorithm.ROUND, 0, 0);
      case EXP -> function(EltwiseAlgorithm.EXP, 0, 0);
      case LOG -> function(EltwiseAlgorithm.LOG, 0, 0);
      case SQRT -> function(EltwiseAlgorithm.SQRT, 0, 0);
      case TANH -> function(EltwiseAlgorithm.TANH, 0, 0);
      case SIGMOID -> function(EltwiseAlgorithm.LOGISTIC, 0, 0);
      case RELU -> function(EltwiseAlgorithm.RELU, 0, 0);
      case SOFTPLUS -> function(EltwiseAlgorithm.SOFT_RELU, 1, 0);
      case SILU -> function(EltwiseAlgorithm.SWISH, 1, 0);
      case MISH -> function(EltwiseAlgorithm.MISH, 0, 0);
      case HARD_SWISH -> function(EltwiseAlgorithm.HARD_SWISH, 1 / 6f, 0.5f);
      default -> null;
    };
  }

  /**
   * The function of one operand that {@code function} is when the other operand is a number.
   *
   * @param constantFirst whether the number is the first operand
   */
  static PostOp.@Nullable Eltwise withScalar(
      BinaryFunction function, float scalar, boolean constantFirst) {
    return switch (function) {
      case ADD -> function(EltwiseAlgorithm.LINEAR, 1, scalar);
      case MUL -> function(EltwiseAlgorithm.LINEAR, scalar, 0);
      case SUB ->
          constantFirst
              ? function(EltwiseAlgorithm.LINEAR, -1, scalar)
              : function(EltwiseAlgorithm.LINEAR, 1, -scalar);
      case DIV ->
          constantFirst || !isPowerOfTwo(scalar)
              ? null
              : function(EltwiseAlgorithm.LINEAR, 1 / scalar, 0);
      case POW ->
          constantFirst
              ? null
              : scalar == 2
                  ? function(EltwiseAlgorithm.SQUARE, 0, 0)
                  : scalar == 0.5f ? function(EltwiseAlgorithm.SQRT, 0, 0) : null;
      default -> null;
    };
  }

  /** Whether dividing by the number is the same as multiplying by its inverse. */
  private static boolean isPowerOfTwo(float number) {
    return (Float.floatToRawIntBits(number) & 0x7fffff) == 0
        && Math.abs(number) > Float.MIN_NORMAL
        && Math.abs(1 / number) > Float.MIN_NORMAL;
  }

  /** The function of two operands, or null where oneDNN has none that is equal. */
  static @Nullable BinaryAlgorithm of(BinaryFunction function) {
    return switch (function) {
      case ADD -> BinaryAlgorithm.ADD;
      case SUB -> BinaryAlgorithm.SUB;
      case MUL -> BinaryAlgorithm.MUL;
      case DIV -> BinaryAlgorithm.DIV;
      case MIN -> BinaryAlgorithm.MIN;
      case MAX -> BinaryAlgorithm.MAX;
      default -> null;
    };
  }

  private static PostOp.Eltwise function(EltwiseAlgorithm algorithm, float alpha, float beta) {
    return new PostOp.Eltwise(algorithm, alpha, beta);
  }
}
