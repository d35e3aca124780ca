package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.IndexingOp.GatherElements;
import dev.lathe.ir.op.NormalizationOp.LogSoftmax;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.List;
import java.util.stream.IntStream;

/** Losses, which models exported with their training head end in. */
final class LossHandlers {

  private LossHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("NegativeLogLikelihoodLoss", node -> List.of(loss(node, node.in(0))));
    handlers.add("SoftmaxCrossEntropyLoss", LossHandlers::crossEntropy);
  }

  /**
   * {@code SoftmaxCrossEntropyLoss}-13: the second output is the logarithm of the probabilities.
   */
  private static List<Value> crossEntropy(OnnxNode node) {
    Value logits = node.emit().add(new LogSoftmax(1), node.in(0));
    return List.of(loss(node, logits), logits);
  }

  /**
   * {@code NegativeLogLikelihoodLoss}-13. Classes are axis 1 of the input; the target has the other
   * axes; weights are one a class; targets equal to {@code ignore_index} weigh nothing.
   */
  private static Value loss(OnnxNode node, Value x) {
    Emitter emit = node.emit();
    boolean ignores = node.attributes().has("ignore_index");
    Value target = node.asLongs(1);
    Value zero = emit.number(0);
    Value ignored =
        emit.binary(
            BinaryFunction.EQUAL,
            target,
            emit.number(node.attributes().integer("ignore_index", 0)));
    Value index = ignores ? emit.where(ignored, zero, target) : target;
    Value chosen = emit.add(new GatherElements(1), x, emit.unsqueeze(index, 1));
    Value loss = emit.unary(UnaryFunction.NEG, emit.squeeze(chosen, 1));
    boolean weighs = node.has(2) || ignores;
    Value weights = loss;
    if (weighs) {
      weights =
          node.has(2)
              ? emit.gather(node.in(2), 0, index)
              : emit.fillLike(loss, x.type().elementType(), 1);
      weights = ignores ? emit.where(ignored, emit.scalarLike(x, 0), weights) : weights;
      loss = emit.times(loss, weights);
    }
    List<Integer> axes = IntStream.range(0, loss.type().rank()).boxed().toList();
    String reduction = node.attributes().text("reduction", "mean");
    return switch (reduction) {
      case "none" -> loss;
      case "sum" -> emit.reduce(ReduceFunction.SUM, loss, axes, false);
      case "mean" ->
          weighs
              ? emit.over(
                  emit.reduce(ReduceFunction.SUM, loss, axes, false),
                  emit.reduce(ReduceFunction.SUM, weights, axes, false))
              : emit.reduce(ReduceFunction.MEAN, loss, axes, false);
      default -> throw node.attributes().refuse("reduction", "is none of none, sum, mean");
    };
  }
}
