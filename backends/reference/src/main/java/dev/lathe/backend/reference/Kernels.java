package dev.lathe.backend.reference;

import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.QuantizationOp;
import dev.lathe.ir.op.RecurrentOp;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.runtime.Tensor;
import java.util.List;

/** Finds the kernel of each op. The switches have no default, so that javac names a missing op. */
final class Kernels {
  private Kernels() {}

  static List<Tensor> evaluate(Op op, Call call) {
    return switch (op) {
      case CreationOp creation -> List.of(creation(creation, call));
      case ElementwiseOp elementwise -> List.of(elementwise(elementwise, call));
      case ReductionOp reduction -> reduction(reduction, call);
      case LinalgOp linalg -> List.of(linalg(linalg, call));
      case ConvolutionOp convolution -> List.of(convolution(convolution, call));
      case PoolingOp pooling -> pooling(pooling, call);
      case NormalizationOp normalization -> List.of(normalization(normalization, call));
      case ShapeOp shape -> List.of(shape(shape, call));
      case IndexingOp indexing -> List.of(indexing(indexing, call));
      case QuantizationOp quantization -> quantization(quantization, call);
      case RecurrentOp recurrent -> recurrent(recurrent, call);
      case ControlFlowOp control -> control(control, call);
    };
  }

  private static Tensor creation(CreationOp op, Call call) {
    return switch (op) {
      case CreationOp.Constant o -> CreationKernels.copyOf(Tensor.of(o.data()), call);
      case CreationOp.Parameter o ->
          CreationKernels.copyOf(call.interpreter().parameter(o.name()), call);
      case CreationOp.Dims o -> CreationKernels.dims(o.dims(), call);
      case CreationOp.Range o -> CreationKernels.range(call);
    };
  }

  private static Tensor elementwise(ElementwiseOp op, Call call) {
    return switch (op) {
      case ElementwiseOp.UnaryOp unary -> unary(unary, call);
      case ElementwiseOp.Binary o -> BinaryKernels.binary(o.function(), call);
      case ElementwiseOp.PRelu o -> BinaryKernels.prelu(call);
      case ElementwiseOp.Where o -> BinaryKernels.where(call);
    };
  }

  private static Tensor unary(ElementwiseOp.UnaryOp op, Call call) {
    return switch (op) {
      case ElementwiseOp.Unary o -> UnaryKernels.unary(o.function(), call);
      case ElementwiseOp.IsInf o ->
          UnaryKernels.test(
              call,
              x ->
                  (o.detectPositive() && x == Double.POSITIVE_INFINITY)
                      || (o.detectNegative() && x == Double.NEGATIVE_INFINITY));
      case ElementwiseOp.LeakyRelu o -> UnaryKernels.map(call, x -> x < 0 ? o.alpha() * x : x);
      case ElementwiseOp.Elu o ->
          UnaryKernels.map(call, x -> x < 0 ? o.alpha() * Math.expm1(x) : x);
      case ElementwiseOp.Celu o ->
          UnaryKernels.map(
              call, x -> Math.max(0, x) + Math.min(0, o.alpha() * Math.expm1(x / o.alpha())));
      case ElementwiseOp.Selu o ->
          UnaryKernels.map(call, x -> o.gamma() * (x <= 0 ? o.alpha() * Math.expm1(x) : x));
      case ElementwiseOp.HardSigmoid o ->
          UnaryKernels.map(call, x -> Math.max(0, Math.min(1, o.alpha() * x + o.beta())));
      case ElementwiseOp.ThresholdedRelu o -> UnaryKernels.map(call, x -> x > o.alpha() ? x : 0);
      case ElementwiseOp.Shrink o ->
          UnaryKernels.map(
              call, x -> x < -o.lambd() ? x + o.bias() : x > o.lambd() ? x - o.bias() : 0);
      case ElementwiseOp.Gelu o ->
          UnaryKernels.map(call, o.tanh() ? Functions::geluTanh : Functions::gelu);
      case ElementwiseOp.Clamp o -> UnaryKernels.clamp(o, call);
      case ElementwiseOp.Cast o -> UnaryKernels.cast(o.to(), call);
    };
  }

  private static List<Tensor> reduction(ReductionOp op, Call call) {
    return switch (op) {
      case ReductionOp.Reduce o -> List.of(ReductionKernels.reduce(o, call));
      case ReductionOp.ArgReduce o -> List.of(ReductionKernels.argReduce(o, call));
      case ReductionOp.CumSum o -> List.of(ReductionKernels.cumSum(o, call));
      case ReductionOp.TopK o -> ReductionKernels.topK(o, call);
    };
  }

  private static Tensor linalg(LinalgOp op, Call call) {
    return switch (op) {
      case LinalgOp.MatMul o -> LinalgKernels.matMul(o, call);
      case LinalgOp.MatMulInteger o -> LinalgKernels.matMulInteger(call);
      case LinalgOp.Attention o -> LinalgKernels.attention(o, call);
    };
  }

  private static Tensor convolution(ConvolutionOp op, Call call) {
    return switch (op) {
      case ConvolutionOp.Convolution o -> ConvolutionKernels.convolution(o, call);
      case ConvolutionOp.ConvolutionInteger o -> ConvolutionKernels.convolutionInteger(o, call);
      case ConvolutionOp.ConvolutionTranspose o -> ConvolutionKernels.convolutionTranspose(o, call);
    };
  }

  private static List<Tensor> pooling(PoolingOp op, Call call) {
    return switch (op) {
      case PoolingOp.MaxPool o -> PoolingKernels.max(o, call);
      case PoolingOp.AveragePool o -> List.of(PoolingKernels.average(o, call));
      case PoolingOp.LpPool o -> List.of(PoolingKernels.lp(o, call));
    };
  }

  private static Tensor normalization(NormalizationOp op, Call call) {
    return switch (op) {
      case NormalizationOp.Softmax o -> NormalizationKernels.softmax(o.axis(), false, call);
      case NormalizationOp.LogSoftmax o -> NormalizationKernels.softmax(o.axis(), true, call);
      case NormalizationOp.BatchNormalization o -> NormalizationKernels.batch(o, call);
      case NormalizationOp.LayerNormalization o -> NormalizationKernels.layer(o, call);
      case NormalizationOp.RmsNormalization o -> NormalizationKernels.rms(o, call);
      case NormalizationOp.InstanceNormalization o -> NormalizationKernels.instance(o, call);
      case NormalizationOp.GroupNormalization o -> NormalizationKernels.group(o, call);
      case NormalizationOp.Lrn o -> NormalizationKernels.lrn(o, call);
    };
  }

  private static Tensor shape(ShapeOp op, Call call) {
    return switch (op) {
      case ShapeOp.ShapeOf o -> ShapeKernels.shapeOf(o, call);
      case ShapeOp.Reshape o -> ShapeKernels.reshape(call);
      case ShapeOp.Transpose o -> ShapeKernels.transpose(o, call);
      case ShapeOp.Squeeze o -> ShapeKernels.reshape(call);
      case ShapeOp.Unsqueeze o -> ShapeKernels.reshape(call);
      case ShapeOp.Expand o -> ShapeKernels.expand(call);
      case ShapeOp.Concat o -> ShapeKernels.concat(o, call);
      case ShapeOp.Slice o -> ShapeKernels.slice(o, call);
      case ShapeOp.Pad o -> ShapeKernels.pad(o, call);
      case ShapeOp.Tile o -> ShapeKernels.tile(call);
      case ShapeOp.Resize o -> ResizeKernel.resize(o, call);
    };
  }

  private static Tensor indexing(IndexingOp op, Call call) {
    return switch (op) {
      case IndexingOp.Gather o -> IndexingKernels.gather(o, call);
      case IndexingOp.GatherElements o -> IndexingKernels.gatherElements(o, call);
      case IndexingOp.GatherNd o -> IndexingKernels.gatherNd(o, call);
      case IndexingOp.ScatterElements o -> IndexingKernels.scatterElements(o, call);
      case IndexingOp.ScatterNd o -> IndexingKernels.scatterNd(o, call);
      case IndexingOp.Trilu o -> IndexingKernels.trilu(o, call);
      case IndexingOp.OneHot o -> IndexingKernels.oneHot(o, call);
      case IndexingOp.NonZero o -> IndexingKernels.nonZero(call);
      case IndexingOp.ReverseSequence o -> IndexingKernels.reverseSequence(o, call);
    };
  }

  private static List<Tensor> quantization(QuantizationOp op, Call call) {
    return switch (op) {
      case QuantizationOp.QuantizeLinear o ->
          List.of(QuantizationKernels.quantize(o.axis(), o.blockSize(), call));
      case QuantizationOp.DequantizeLinear o ->
          List.of(QuantizationKernels.dequantize(o.axis(), o.blockSize(), call));
      case QuantizationOp.DynamicQuantizeLinear o -> QuantizationKernels.dynamicQuantize(call);
    };
  }

  private static List<Tensor> recurrent(RecurrentOp op, Call call) {
    return switch (op) {
      case RecurrentOp.Lstm o -> RecurrentKernels.lstm(o, call);
      case RecurrentOp.Gru o -> RecurrentKernels.gru(o, call);
      case RecurrentOp.Rnn o -> RecurrentKernels.rnn(o, call);
    };
  }

  private static List<Tensor> control(ControlFlowOp op, Call call) {
    return switch (op) {
      case ControlFlowOp.If o -> ControlFlowKernels.branch(o, call);
      case ControlFlowOp.Loop o -> ControlFlowKernels.loop(o, call);
    };
  }
}
