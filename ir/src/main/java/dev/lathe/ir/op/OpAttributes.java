package dev.lathe.ir.op;

import java.util.Map;

/**
 * The textual form of an op's fields, from which {@link OpCodec} makes the op again. Apart from it:
 * a process that reads a compiled model writes none.
 */
public final class OpAttributes {
  private OpAttributes() {}

  /** The fields of {@code op} but for constant data and blocks, in a fixed order. */
  public static Map<String, String> of(Op op) {
    AttributeWriter out = new AttributeWriter();
    switch (op) {
      case CreationOp o -> creation(o, out);
      case ElementwiseOp o -> elementwise(o, out);
      case ReductionOp o -> reduction(o, out);
      case LinalgOp o -> linalg(o, out);
      case ConvolutionOp o -> convolution(o, out);
      case PoolingOp o -> pooling(o, out);
      case NormalizationOp o -> normalization(o, out);
      case ShapeOp o -> shape(o, out);
      case IndexingOp o -> indexing(o, out);
      case QuantizationOp.QuantizeLinear o ->
          out.integer("axis", o.axis()).integer("block_size", o.blockSize());
      case QuantizationOp.DequantizeLinear o ->
          out.integer("axis", o.axis()).integer("block_size", o.blockSize());
      case QuantizationOp.DynamicQuantizeLinear ignored -> {}
      case RecurrentOp o -> recurrent(o, out);
      case ControlFlowOp.If ignored -> {}
      case ControlFlowOp.Loop o -> out.integer("carried", o.carried());
    }
    return out.attributes();
  }

  private static void creation(CreationOp op, AttributeWriter out) {
    switch (op) {
      case CreationOp.Constant ignored -> {}
      case CreationOp.Parameter o -> out.text("name", o.name()).text("type", o.type().toString());
      case CreationOp.Dims o -> out.text("dims", o.dims().toString());
      case CreationOp.Range ignored -> {}
    }
  }

  private static void elementwise(ElementwiseOp op, AttributeWriter out) {
    switch (op) {
      case ElementwiseOp.Unary ignored -> {}
      case ElementwiseOp.IsInf o ->
          out.bool("detect_negative", o.detectNegative())
              .bool("detect_positive", o.detectPositive());
      case ElementwiseOp.LeakyRelu o -> out.single("alpha", o.alpha());
      case ElementwiseOp.Elu o -> out.single("alpha", o.alpha());
      case ElementwiseOp.Celu o -> out.single("alpha", o.alpha());
      case ElementwiseOp.Selu o -> out.single("alpha", o.alpha()).single("gamma", o.gamma());
      case ElementwiseOp.HardSigmoid o -> out.single("alpha", o.alpha()).single("beta", o.beta());
      case ElementwiseOp.ThresholdedRelu o -> out.single("alpha", o.alpha());
      case ElementwiseOp.Shrink o -> out.single("lambd", o.lambd()).single("bias", o.bias());
      case ElementwiseOp.Gelu o -> out.bool("tanh", o.tanh());
      case ElementwiseOp.Clamp o ->
          out.text("min", Double.toString(o.min())).text("max", Double.toString(o.max()));
      case ElementwiseOp.Cast o -> out.text("to", o.to().text());
      case ElementwiseOp.Binary ignored -> {}
      case ElementwiseOp.PRelu ignored -> {}
      case ElementwiseOp.Where ignored -> {}
    }
  }

  private static void reduction(ReductionOp op, AttributeWriter out) {
    switch (op) {
      case ReductionOp.Reduce o -> out.integers("axes", o.axes()).bool("keep_dims", o.keepDims());
      case ReductionOp.ArgReduce o ->
          out.integer("axis", o.axis())
              .bool("keep_dims", o.keepDims())
              .bool("select_last", o.selectLast());
      case ReductionOp.CumSum o ->
          out.integer("axis", o.axis())
              .bool("exclusive", o.exclusive())
              .bool("reverse", o.reverse());
      case ReductionOp.TopK o ->
          out.integer("axis", o.axis()).bool("largest", o.largest()).bool("sorted", o.sorted());
    }
  }

  private static void linalg(LinalgOp op, AttributeWriter out) {
    switch (op) {
      case LinalgOp.MatMul o ->
          out.bool("transpose_a", o.transposeA()).bool("transpose_b", o.transposeB());
      case LinalgOp.MatMulInteger ignored -> {}
      case LinalgOp.Attention o -> {
        out.single("scale", o.scale());
        if (o.nanToZero()) {
          out.bool("nan_to_zero", true);
        }
      }
    }
  }

  private static void convolution(ConvolutionOp op, AttributeWriter out) {
    out.window(op.window()).integer("groups", op.groups());
    if (op instanceof ConvolutionOp.ConvolutionTranspose o) {
      out.integers("output_padding", o.outputPadding());
    }
  }

  private static void pooling(PoolingOp op, AttributeWriter out) {
    out.integers("kernel", op.kernel()).window(op.window()).bool("ceil", op.ceil());
    switch (op) {
      case PoolingOp.MaxPool o ->
          out.bool("indices", o.indices()).bool("column_major", o.columnMajor());
      case PoolingOp.AveragePool o -> out.bool("count_include_pad", o.countIncludePad());
      case PoolingOp.LpPool o -> out.integer("p", o.p());
    }
  }

  private static void normalization(NormalizationOp op, AttributeWriter out) {
    switch (op) {
      case NormalizationOp.Softmax o -> out.integer("axis", o.axis());
      case NormalizationOp.LogSoftmax o -> out.integer("axis", o.axis());
      case NormalizationOp.BatchNormalization o -> out.single("epsilon", o.epsilon());
      case NormalizationOp.LayerNormalization o ->
          out.integer("axis", o.axis()).single("epsilon", o.epsilon());
      case NormalizationOp.RmsNormalization o ->
          out.integer("axis", o.axis()).single("epsilon", o.epsilon());
      case NormalizationOp.InstanceNormalization o -> out.single("epsilon", o.epsilon());
      case NormalizationOp.GroupNormalization o ->
          out.integer("groups", o.groups()).single("epsilon", o.epsilon());
      case NormalizationOp.Lrn o ->
          out.integer("size", o.size())
              .single("alpha", o.alpha())
              .single("beta", o.beta())
              .single("bias", o.bias());
    }
  }

  private static void shape(ShapeOp op, AttributeWriter out) {
    switch (op) {
      case ShapeOp.ShapeOf o -> out.integer("start", o.start()).integer("end", o.end());
      case ShapeOp.Reshape o -> out.bool("allow_zero", o.allowZero());
      case ShapeOp.Transpose o -> out.integers("permutation", o.permutation());
      case ShapeOp.Squeeze o -> out.integers("axes", o.axes());
      case ShapeOp.Unsqueeze o -> out.integers("axes", o.axes());
      case ShapeOp.Expand ignored -> {}
      case ShapeOp.Concat o -> out.integer("axis", o.axis());
      case ShapeOp.Slice o -> out.integers("axes", o.axes());
      case ShapeOp.Pad o -> out.enumeration("mode", o.mode());
      case ShapeOp.Tile ignored -> {}
      case ShapeOp.Resize o ->
          out.enumeration("mode", o.mode())
              .enumeration("transform", o.transform())
              .enumeration("nearest", o.nearest())
              .bool("by_scales", o.byScales())
              .single("cubic_coefficient", o.cubicCoefficient())
              .bool("exclude_outside", o.excludeOutside())
              .bool("antialias", o.antialias());
    }
  }

  private static void indexing(IndexingOp op, AttributeWriter out) {
    switch (op) {
      case IndexingOp.Gather o -> out.integer("axis", o.axis());
      case IndexingOp.GatherElements o -> out.integer("axis", o.axis());
      case IndexingOp.GatherNd o -> out.integer("batch_dims", o.batchDims());
      case IndexingOp.ScatterElements o ->
          out.integer("axis", o.axis()).enumeration("reduction", o.reduction());
      case IndexingOp.ScatterNd o -> out.enumeration("reduction", o.reduction());
      case IndexingOp.Trilu o -> out.bool("upper", o.upper());
      case IndexingOp.OneHot o -> out.integer("axis", o.axis());
      case IndexingOp.NonZero ignored -> {}
      case IndexingOp.ReverseSequence o ->
          out.integer("batch_axis", o.batchAxis()).integer("time_axis", o.timeAxis());
    }
  }

  private static void recurrent(RecurrentOp op, AttributeWriter out) {
    out.enumeration("direction", op.direction()).integer("hidden_size", op.hiddenSize());
    switch (op) {
      case RecurrentOp.Lstm o ->
          out.activations(o.activations(), o.clip())
              .bool("input_forget", o.inputForget())
              .bool("has_lengths", o.hasLengths())
              .bool("has_peepholes", o.hasPeepholes());
      case RecurrentOp.Gru o ->
          out.activations(o.activations(), o.clip())
              .bool("linear_before_reset", o.linearBeforeReset())
              .bool("has_lengths", o.hasLengths());
      case RecurrentOp.Rnn o ->
          out.activations(o.activations(), o.clip()).bool("has_lengths", o.hasLengths());
    }
  }
}
