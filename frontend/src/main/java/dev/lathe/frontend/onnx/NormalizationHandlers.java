package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.ir.op.NormalizationOp.GroupNormalization;
import dev.lathe.ir.op.NormalizationOp.InstanceNormalization;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.NormalizationOp.Lrn;
import dev.lathe.ir.op.NormalizationOp.RmsNormalization;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Normalisations. */
final class NormalizationHandlers {

  private static final float EPSILON = 1e-5f;

  private NormalizationHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("BatchNormalization", NormalizationHandlers::batch);
    handlers.add("LayerNormalization", NormalizationHandlers::layer);
    handlers.add("RMSNormalization", NormalizationHandlers::rms);
    handlers.add("InstanceNormalization", NormalizationHandlers::instance);
    handlers.add("GroupNormalization", NormalizationHandlers::group);
    handlers.add("LRN", NormalizationHandlers::lrn);
    handlers.add("LpNormalization", NormalizationHandlers::lp);
    handlers.add("MeanVarianceNormalization", NormalizationHandlers::meanVariance);
  }

  /** {@code BatchNormalization}: version 14 says with an attribute what outputs said before. */
  private static List<Value> batch(OnnxNode node) {
    if (node.opset() < 9 && node.attributes().integer("spatial", 1) == 0) {
      throw node.unsupported("spatial 0", "export the model with opset 9 or later");
    }
    float epsilon = node.attributes().number("epsilon", EPSILON);
    Value x = node.in(0);
    if (node.attributes().flag("training_mode", false)) {
      return batchTraining(node, x, epsilon);
    }
    if (node.wants(1)) {
      throw node.unsupported("outputs of training", "export the model for inference");
    }
    ElementType type = x.type().elementType();
    List<Value> operands = new ArrayList<>(List.of(x));
    for (int i = 1; i < 5; i++) {
      operands.add(node.emit().cast(node.in(i), type));
    }
    return node.emit().addAll(new BatchNormalization(epsilon), operands);
  }

  /** With the batch's own statistics, and the running ones that come of them. */
  private static List<Value> batchTraining(OnnxNode node, Value x, float epsilon) {
    Emitter emit = node.emit();
    List<Integer> axes =
        IntStream.range(0, x.type().rank()).filter(axis -> axis != 1).boxed().toList();
    Value mean = emit.reduce(ReduceFunction.MEAN, x, axes, true);
    Value centred = emit.minus(x, mean);
    Value variance = emit.reduce(ReduceFunction.MEAN, emit.times(centred, centred), axes, true);
    Value flatMean = emit.cast(emit.flat(mean), node.type(3).elementType());
    Value flatVariance = emit.cast(emit.flat(variance), node.type(4).elementType());
    List<Value> results = new ArrayList<>();
    results.add(
        emit.add(
            new BatchNormalization(epsilon),
            x,
            node.in(1),
            node.in(2),
            emit.flat(mean),
            emit.flat(variance)));
    float momentum = node.attributes().number("momentum", 0.9f);
    results.add(blend(emit, node.in(3), flatMean, momentum));
    results.add(blend(emit, node.in(4), flatVariance, momentum));
    return results;
  }

  private static Value blend(Emitter emit, Value running, Value current, float momentum) {
    Value kept = emit.times(running, emit.scalarLike(running, momentum));
    return emit.plus(kept, emit.times(current, emit.scalarLike(current, 1 - momentum)));
  }

  /** {@code LayerNormalization}-17. */
  private static List<Value> layer(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    int rank = x.type().rank();
    int axis = node.axis("axis", -1, rank);
    float epsilon = node.attributes().number("epsilon", EPSILON);
    Value scale = node.in(1);
    Value bias = node.has(2) ? node.in(2) : emit.scalarLike(scale, 0);
    List<Value> results = new ArrayList<>();
    results.add(emit.add(new LayerNormalization(axis, epsilon), x, scale, bias));
    if (node.wants(1) || node.wants(2)) {
      List<Integer> axes = IntStream.range(axis, rank).boxed().toList();
      Value wide = emit.cast(x, ElementType.F32);
      Value mean = emit.reduce(ReduceFunction.MEAN, wide, axes, true);
      Value centred = emit.minus(wide, mean);
      Value variance = emit.reduce(ReduceFunction.MEAN, emit.times(centred, centred), axes, true);
      Value deviation =
          emit.unary(UnaryFunction.SQRT, emit.plus(variance, emit.scalarLike(variance, epsilon)));
      results.add(mean);
      results.add(emit.unary(UnaryFunction.RECIPROCAL, deviation));
    }
    return results;
  }

  /** {@code RMSNormalization}-23. */
  private static List<Value> rms(OnnxNode node) {
    int axis = node.axis("axis", -1, node.rank(0));
    float epsilon = node.attributes().number("epsilon", EPSILON);
    return List.of(node.emit().add(new RmsNormalization(axis, epsilon), node.in(0), node.in(1)));
  }

  /** {@code InstanceNormalization}-22. */
  private static List<Value> instance(OnnxNode node) {
    float epsilon = node.attributes().number("epsilon", EPSILON);
    return node.emit().addAll(new InstanceNormalization(epsilon), node.all());
  }

  /**
   * {@code GroupNormalization}: scale and bias are one a group in version 18, one a channel from 21
   * on.
   */
  private static List<Value> group(OnnxNode node) {
    Emitter emit = node.emit();
    int groups = node.attributes().small("num_groups", 0);
    if (groups < 1) {
      throw node.attributes().refuse("num_groups", "must be at least 1");
    }
    float epsilon = node.attributes().number("epsilon", EPSILON);
    Value x = node.in(0);
    Value scale = node.in(1);
    Value bias = node.in(2);
    if (node.opset() < 21) {
      scale = eachChannel(emit, scale, x.type().dim(1), groups);
      bias = eachChannel(emit, bias, x.type().dim(1), groups);
    }
    return List.of(emit.add(new GroupNormalization(groups, epsilon), x, scale, bias));
  }

  private static Value eachChannel(Emitter emit, Value eachGroup, Dim channels, int groups) {
    Dim size = channels.floorDiv(groups);
    Value wide =
        emit.expand(emit.unsqueeze(eachGroup, 1), emit.dims(List.of(Dim.of(groups), size)));
    return emit.flat(wide);
  }

  /** {@code LRN}-13. */
  private static List<Value> lrn(OnnxNode node) {
    Lrn op =
        new Lrn(
            node.attributes().small("size", 0),
            node.attributes().number("alpha", 1e-4f),
            node.attributes().number("beta", 0.75f),
            node.attributes().number("bias", 1));
    return List.of(node.emit().add(op, node.in(0)));
  }

  /** {@code LpNormalization}-22: division by the norm along an axis; a norm of 0 gives 0. */
  private static List<Value> lp(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    int axis = node.axis("axis", -1, x.type().rank());
    boolean manhattan = node.attributes().small("p", 2) == 1;
    Value norm =
        emit.reduce(manhattan ? ReduceFunction.L1 : ReduceFunction.L2, x, List.of(axis), true);
    Value zero = emit.scalarLike(x, 0);
    Value none = emit.binary(BinaryFunction.EQUAL, norm, zero);
    return List.of(emit.where(none, zero, emit.over(x, norm)));
  }

  /** {@code MeanVarianceNormalization}-13, with the 1e-9 its definition adds to the deviation. */
  private static List<Value> meanVariance(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    List<Long> stated = node.attributes().integers("axes", List.of(0L, 2L, 3L));
    List<Integer> axes = node.axes(stated, x.type().rank());
    Value mean = emit.reduce(ReduceFunction.MEAN, x, axes, true);
    Value squares = emit.reduce(ReduceFunction.MEAN, emit.times(x, x), axes, true);
    Value variance = emit.minus(squares, emit.times(mean, mean));
    Value deviation = emit.unary(UnaryFunction.SQRT, variance);
    return List.of(emit.over(emit.minus(x, mean), emit.plus(deviation, emit.scalarLike(x, 1e-9))));
  }
}
