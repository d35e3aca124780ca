package dev.lathe.ir.analysis;

import dev.lathe.ir.Block;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.QuantizationOp;
import dev.lathe.ir.op.RecurrentOp;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ShapeOp;

/**
 * Counts the arithmetic of a graph in floating-point operations, a multiplication and an addition
 * as two, and those of integers alike. The counts are expressions of the symbols in the shapes.
 *
 * <p>Products and convolutions are counted exactly, padding included; an elementwise function
 * counts one an element, whatever it costs; what only moves data counts nothing.
 */
public final class FlopCounter {
  private FlopCounter() {}

  /** The operations of all nodes of a block and the blocks nested in it. */
  public static Dim of(Block block) {
    Dim sum = Dim.ZERO;
    for (Node node : block.nodes()) {
      sum = sum.plus(of(node));
    }
    return sum;
  }

  /** The operations of a node: of the costlier branch of an {@code if}, of one trip of a loop. */
  public static Dim of(Node node) {
    return switch (node.op()) {
      case LinalgOp linalg -> linalg(node, linalg);
      case ConvolutionOp convolution -> convolution(node, convolution);
      case PoolingOp pooling -> {
        long window = 1;
        for (long size : pooling.kernel()) {
          window *= size;
        }
        yield elements(node).times(window);
      }
      case RecurrentOp recurrent -> recurrent(node, recurrent);
      case NormalizationOp normalization -> elements(node).times(perElement(normalization));
      case ReductionOp reduction -> node.operand(0).type().shape().elementCount();
      case ElementwiseOp.Cast cast -> Dim.ZERO;
      case ElementwiseOp elementwise -> elements(node);
      case QuantizationOp quantization -> elements(node).times(2);
      case ControlFlowOp.If branch -> of(branch.thenBlock()).max(of(branch.elseBlock()));
      case ControlFlowOp.Loop loop -> of(loop.body());
      case ShapeOp.Resize resize -> elements(node).times(resizeCost(resize));
      case ShapeOp moves -> Dim.ZERO;
      case IndexingOp moves -> Dim.ZERO;
      case CreationOp made -> Dim.ZERO;
    };
  }

  private static Dim elements(Node node) {
    return node.result().type().shape().elementCount();
  }

  private static Dim linalg(Node node, LinalgOp op) {
    return switch (op) {
      case LinalgOp.MatMul product -> {
        Dim inner = node.operand(0).type().dim(product.transposeA() ? -2 : -1);
        Dim bias = node.operands().size() > 2 ? elements(node) : Dim.ZERO;
        yield elements(node).times(inner).times(2).plus(bias);
      }
      case LinalgOp.MatMulInteger product ->
          elements(node).times(node.operand(0).type().dim(-1)).times(2);
      case LinalgOp.Attention attention -> {
        // Scores, their softmax (five a score, with scale and mask), and the weighted sum.
        Dim queries = elements(node).divideExactlyOrNull(node.result().type().dim(-1));
        Dim scores = (queries == null ? Dim.ZERO : queries).times(node.operand(1).type().dim(-2));
        Dim depth = node.operand(0).type().dim(-1);
        yield scores
            .times(depth.plus(node.operand(2).type().dim(-1)))
            .times(2)
            .plus(scores.times(5));
      }
    };
  }

  private static Dim convolution(Node node, ConvolutionOp op) {
    Shape weights = node.operand(1).type().shape();
    // The products of one element: of the result, or, transposed, of the operand.
    Dim window = weights.dim(1);
    for (int axis = 2; axis < weights.rank(); axis++) {
      window = window.times(weights.dim(axis));
    }
    return switch (op) {
      case ConvolutionOp.Convolution forward ->
          elements(node).times(window).times(2).plus(bias(node));
      case ConvolutionOp.ConvolutionInteger integer -> elements(node).times(window).times(2);
      case ConvolutionOp.ConvolutionTranspose transpose ->
          node.operand(0).type().shape().elementCount().times(window).times(2).plus(bias(node));
    };
  }

  private static Dim bias(Node node) {
    return node.operands().size() > 2 ? elements(node) : Dim.ZERO;
  }

  private static Dim recurrent(Node node, RecurrentOp op) {
    int gates =
        switch (op) {
          case RecurrentOp.Lstm lstm -> 4;
          case RecurrentOp.Gru gru -> 3;
          case RecurrentOp.Rnn rnn -> 1;
        };
    Shape x = node.operand(0).type().shape();
    Dim steps = x.dim(0).times(x.dim(1)).times(op.direction().count());
    Dim inner = x.dim(2).plus(op.hiddenSize());
    Dim products = inner.times(2L * gates * op.hiddenSize());
    return steps.times(products.plus(5L * gates * op.hiddenSize()));
  }

  private static long perElement(NormalizationOp op) {
    return switch (op) {
      case NormalizationOp.Softmax softmax -> 4;
      case NormalizationOp.LogSoftmax softmax -> 5;
      case NormalizationOp.BatchNormalization batch -> 2;
      case NormalizationOp.LayerNormalization layer -> 8;
      case NormalizationOp.RmsNormalization rms -> 4;
      case NormalizationOp.InstanceNormalization instance -> 8;
      case NormalizationOp.GroupNormalization group -> 8;
      case NormalizationOp.Lrn lrn -> 2L * lrn.size() + 3;
    };
  }

  private static long resizeCost(ShapeOp.Resize resize) {
    return switch (resize.mode()) {
      case NEAREST -> 0;
      case LINEAR -> 8;
      case CUBIC -> 32;
    };
  }
}
