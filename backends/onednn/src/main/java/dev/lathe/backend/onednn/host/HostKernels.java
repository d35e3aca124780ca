package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.TensorType;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes kernels. */
public final class HostKernels {
  private HostKernels() {}

  /**
   * Makes the kernel of an op for given types.
   *
   * @param op what is computed
   * @param operands types with fixed shapes
   * @param results types with fixed shapes, as the op infers them
   * @param constants for each operand its elements where they are known now, or null; slices and
   *     paddings need theirs, all other ops read theirs at run time
   * @param threads how many threads will share the work, through {@link HostKernel#units()}
   * @return the kernel, or null where none is provided: for constants, attention, transposed
   *     convolutions and nested blocks, for results whose size depends on data, and for movements
   *     of packed elements
   * @throws IllegalArgumentException if the shapes or constants do not fit each other in a way that
   *     the types do not show; the message says what is wrong
   */
  public static @Nullable HostKernel create(
      Op op,
      List<TensorType> operands,
      List<TensorType> results,
      List<@Nullable ConstantData> constants,
      int threads) {
    Request request = new Request(operands, results, constants);
    return switch (op) {
      case ElementwiseOp elementwise -> elementwise(elementwise, request);
      case ShapeOp shape -> ShapeKernels.create(shape, request);
      case IndexingOp indexing -> IndexingKernels.create(indexing, request);
      case ReductionOp reduction -> ReductionKernels.create(reduction, request);
      case NormalizationOp normalization -> NormalizationKernels.create(normalization, request);
      case LinalgOp linalg -> MatMulKernels.create(linalg, request);
      case ConvolutionOp convolution -> ConvolutionKernel.create(convolution, request);
      case PoolingOp pooling -> PoolingKernels.create(pooling, request);
      case QuantizationOp quantization -> QuantizationKernels.create(quantization, request);
      case RecurrentOp recurrent -> RecurrentKernel.create(recurrent, request);
      case CreationOp.Range ignored -> CreationKernels.range(request);
      case CreationOp ignored -> null; // Constants are memory.
      case ControlFlowOp ignored -> null;
    };
  }

  private static @Nullable HostKernel elementwise(ElementwiseOp op, Request request) {
    return switch (op) {
      case ElementwiseOp.UnaryOp unary -> UnaryKernels.create(unary, request);
      case ElementwiseOp.Binary(ElementwiseOp.BinaryFunction function) ->
          BinaryKernels.create(function, request);
      case ElementwiseOp.PRelu ignored -> BinaryKernels.prelu(request);
      case ElementwiseOp.Where ignored -> BinaryKernels.where(request);
    };
  }
}
