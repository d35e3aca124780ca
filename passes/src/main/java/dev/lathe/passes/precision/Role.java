package dev.lathe.passes.precision;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ShapeOp;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What an op has to do with narrow floats.
 *
 * @param kind why the op would take narrow operands, if at all
 * @param operands the operands that are narrow then, by index; the others stay what they are
 */
record Role(Kind kind, List<Integer> operands) {
  /** Why an op takes narrow operands. */
  enum Kind {
    /** Sums of products, which run faster on narrow operands: worth a conversion of these. */
    PRODUCT,
    /** Carries narrow values on from a product to the next: as fast as memory. */
    CARRIER,
    /** Rows of a table, which is a weight. */
    LOOKUP,
    /** Computes in f32, from f32. */
    WIDE
  }

  private static final Role WIDE = new Role(Kind.WIDE, List.of());

  /** On one position, convolutions have so many times as many weights until these are many. */
  private static final int ONE_POSITION = 16;

  /**
   * The role of a node.
   *
   * @param few how many weights of a convolution are too few for the errors of them to cancel
   * @param wide nodes that compute in f32 whatever they are
   */
  static Role of(Node node, long few, Set<Node> wide) {
    return wide.contains(node) ? WIDE : of(node, few);
  }

  /**
   * The role of a node.
   *
   * @param few how many weights of a convolution are too few for the errors of them to cancel
   */
  static Role of(Node node, long few) {
    return switch (node.op()) {
      case ConvolutionOp.Convolution convolution ->
          isDepthwise(convolution, node) || hasFewWeights(node, few)
              ? WIDE
              : new Role(Kind.PRODUCT, List.of(0, 1));
      case ConvolutionOp.ConvolutionTranspose ignored -> new Role(Kind.PRODUCT, List.of(0, 1));
      case LinalgOp.MatMul ignored -> new Role(Kind.PRODUCT, List.of(0, 1));
      case LinalgOp.Attention ignored -> new Role(Kind.PRODUCT, List.of(0, 1, 2));
      case IndexingOp.Gather ignored -> new Role(Kind.LOOKUP, List.of(0));
      case ShapeOp.Concat ignored -> carrier(all(node));
      case ElementwiseOp.Where ignored -> carrier(List.of(1, 2));
      case ShapeOp.Pad ignored -> carrier(List.of(0, 2));
      case ElementwiseOp op -> isCarrier(op) ? carrier(all(node)) : WIDE;
      case Op op -> isCarrier(op) ? carrier(List.of(0)) : WIDE;
    };
  }

  /**
   * Whether every channel is convolved with itself alone. Such a convolution has few numbers to
   * multiply for each that it reads, and gains nothing from narrow ones; but it adds so few
   * products that errors of its weights do not cancel.
   */
  private static boolean isDepthwise(ConvolutionOp.Convolution op, Node node) {
    return op.groups() > 1 && node.operand(1).type().dim(1).is(1);
  }

  /**
   * Whether a convolution has so few weights that errors of them do not cancel: they are those of
   * every position. On one position, behind a mean of all, a convolution takes next to no time, and
   * what it computes, factors of channels, is seen in every number behind it.
   */
  private static boolean hasFewWeights(Node node, long few) {
    Dim weights = node.operand(1).type().shape().elementCount();
    TensorType result = node.result().type();
    boolean one = IntStream.range(2, result.rank()).allMatch(axis -> result.dim(axis).is(1));
    return weights.isFixed() && weights.value() < (one ? ONE_POSITION * few : few);
  }

  private static Role carrier(List<Integer> operands) {
    return new Role(Kind.CARRIER, operands);
  }

  private static List<Integer> all(Node node) {
    return IntStream.range(0, node.operands().size()).boxed().toList();
  }

  /** Functions whose result is off by no more than its operands are, relatively. */
  private static boolean isCarrier(ElementwiseOp op) {
    return switch (op) {
      case ElementwiseOp.Unary unary -> isCarrier(unary.function());
      case ElementwiseOp.Binary binary -> isCarrier(binary.function());
      case ElementwiseOp.LeakyRelu ignored -> true;
      case ElementwiseOp.Elu ignored -> true;
      case ElementwiseOp.HardSigmoid ignored -> true;
      case ElementwiseOp.Gelu ignored -> true;
      case ElementwiseOp.Clamp ignored -> true;
      case ElementwiseOp.PRelu ignored -> true;
      default -> false;
    };
  }

  private static boolean isCarrier(UnaryFunction function) {
    return switch (function) {
      case ABS, NEG, TANH, SIGMOID, RELU, SILU, MISH, HARD_SWISH -> true;
      default -> false;
    };
  }

  private static boolean isCarrier(BinaryFunction function) {
    return switch (function) {
      case ADD, SUB, MUL, MIN, MAX -> true;
      default -> false;
    };
  }

  /** Ops that move elements, or whose backends sum in f32 whatever they read and write. */
  private static boolean isCarrier(Op op) {
    return switch (op) {
      case ShapeOp.Reshape ignored -> true;
      case ShapeOp.Transpose ignored -> true;
      case ShapeOp.Squeeze ignored -> true;
      case ShapeOp.Unsqueeze ignored -> true;
      case ShapeOp.Expand ignored -> true;
      case ShapeOp.Slice ignored -> true;
      case ShapeOp.Tile ignored -> true;
      case ShapeOp.Resize resize -> resize.mode() != ShapeOp.ResizeMode.CUBIC;
      case PoolingOp.MaxPool pool -> !pool.indices();
      case PoolingOp.AveragePool ignored -> true;
      case ReductionOp.Reduce reduce -> isCarrier(reduce.function());
      case NormalizationOp.InstanceNormalization ignored -> true;
      case NormalizationOp.GroupNormalization ignored -> true;
      case NormalizationOp.BatchNormalization ignored -> true;
      case NormalizationOp.Lrn ignored -> true;
      default -> false;
    };
  }

  private static boolean isCarrier(ReduceFunction function) {
    return switch (function) {
      case MEAN, MAX, MIN -> true;
      default -> false;
    };
  }
}
