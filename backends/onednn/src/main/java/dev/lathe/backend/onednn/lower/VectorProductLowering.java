package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.ColumnPanels;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.LinalgOp;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Products of one row with a constant matrix as generated code, which reads the matrix as fast as
 * its cache gives it and costs next to nothing beside. A bias, a residual and an activation are
 * taken in.
 */
final class VectorProductLowering {
  /** Matrices of more f32 elements come from memory, at whose pace everyone reads them. */
  private static final long MOST_WEIGHTS = 256 * 1024;

  private final BlockLowering block;

  VectorProductLowering(BlockLowering block) {
    this.block = block;
  }

  /** What makes panels of a matrix. */
  private record Panels(ElementType type, long rowStride, long columnStride, int inner, int columns)
      implements ConstantPool.Transform {
    @Override
    public void apply(MemorySegment from, MemorySegment to) {
      int vectors = CodeSource.VectorProduct.PANEL;
      if (type == ElementType.BF16) {
        ColumnPanels.packPairs(from, rowStride, columnStride, inner, columns, vectors, to);
        return;
      }
      int[] all = ColumnPanels.inOrder(columns);
      ColumnPanels.pack(from, rowStride, columnStride, inner, all, vectors, to);
    }
  }

  /** Lowers a node; false if it is no such product. */
  boolean lower(Node node) {
    if (!(node.op() instanceof LinalgOp.MatMul op)
        || op.transposeA()
        || block.emitter().isFolding()
        || !OneDnn.hasAvx512()
        || !hasTypes(node)
        || Behind.of(node, block, true).stored(node) == null) {
      return false;
    }
    View right = block.operand(node, 1);
    View matrix = matrix(right, op.transposeB());
    View bias = block.operandOrNull(node, 2);
    if (matrix == null || !matrix.isConstant()) {
      return false;
    }
    long inner = matrix.layout().dim(0);
    long columns = matrix.layout().dim(1);
    if (!fits(matrix, inner)
        || block.operand(node, 0).layout().count() != inner
        || (bias != null && bias.layout().count() != columns)) {
      return false;
    }
    emit(node, matrix, bias, (int) inner, (int) columns);
    return true;
  }

  /** Lowers a convolution of one pixel; false if it is none. */
  boolean lower(Node node, ConvolutionOp.Convolution op) {
    View weights = block.operand(node, 1);
    long[] x = Types.dims(node.operand(0).type());
    long[] w = weights.layout().dims();
    if (op.groups() != 1
        || !Arrays.equals(x, new long[] {1, w[1], 1, 1})
        || !Arrays.equals(Types.dims(node.result().type()), new long[] {1, w[0], 1, 1})
        || w[2] * w[3] != 1
        || !fits(weights, w[1])
        || block.emitter().isFolding()
        || !weights.isConstant()
        || !OneDnn.hasAvx512()
        || !hasTypes(node)
        || Behind.of(node, block, true).stored(node) == null) {
      return false;
    }
    View dense = block.emitter().dense(weights);
    Layout matrix = Layout.dense(w[0], w[1]).at(dense.layout().offset()).transposeMatrix();
    emit(node, dense.with(matrix), block.operandOrNull(node, 2), (int) w[1], (int) w[0]);
    return true;
  }

  /** Whether all is f32, or the vector and the matrix are bf16 that this processor multiplies. */
  private static boolean hasTypes(Node node) {
    List<ElementType> types =
        node.operands().stream().map(value -> value.type().elementType()).toList();
    ElementType type = types.getFirst();
    return (type == ElementType.F32
            || (type == ElementType.BF16 && OneDnn.multiplies(DataType.BF16)))
        && types.get(1) == type
        && types.stream().skip(2).allMatch(other -> other == ElementType.F32);
  }

  private static boolean fits(View matrix, long inner) {
    return matrix.elementType() == ElementType.BF16
        ? inner % 2 == 0
        : matrix.layout().count() <= MOST_WEIGHTS;
  }

  /** The only matrix of a right operand, (inner, columns); null if there are several. */
  private static @Nullable View matrix(View right, boolean transposed) {
    Layout layout = right.layout();
    for (int i = 0; i < layout.rank() - 2; i++) {
      if (layout.dim(i) != 1) {
        return null;
      }
    }
    Layout matrix = layout.reshape(layout.dim(layout.rank() - 2), layout.dim(layout.rank() - 1));
    if (matrix == null) {
      return null;
    }
    return right.with(transposed ? matrix.transposeMatrix() : matrix);
  }

  private void emit(Node node, View matrix, @Nullable View bias, int inner, int columns) {
    Emitter emitter = block.emitter();
    Behind behind = Behind.of(node, block, true);
    Value result = behind.result(node);
    List<View> operands = new ArrayList<>();
    operands.add(emitter.dense(block.operand(node, 0)));
    operands.add(panels(matrix, inner, columns));
    View y = block.allocateDense(result);
    operands.add(y);
    if (bias != null) {
      operands.add(emitter.dense(bias));
    }
    if (behind.residual() != null) {
      operands.add(emitter.dense(emitter.wide(block.view(behind.residual()))));
    }
    CodeSource.VectorProduct code =
        new CodeSource.VectorProduct(
            inner,
            columns,
            matrix.elementType(),
            result.type().elementType(),
            bias != null,
            behind.residual() != null,
            behind.activation());
    behind.emit(
        block,
        node,
        code,
        code.units(),
        matrix.elementType().byteSize(matrix.layout().count()),
        2L * inner * columns,
        operands,
        y);
  }

  private View panels(View matrix, int inner, int columns) {
    Layout layout = matrix.layout();
    ElementType type = matrix.elementType();
    // Two bf16 numbers are where one of f32 is.
    long count = ColumnPanels.count(type == ElementType.BF16 ? inner / 2 : inner, columns);
    MemoryDescriptor descriptor = MemoryDescriptor.dense(DataType.F32, count);
    Buffer packed =
        block
            .emitter()
            .transformed(
                matrix,
                descriptor,
                descriptor,
                new Panels(type, layout.stride(0), layout.stride(1), inner, columns));
    return new View(packed, ElementType.F32, Layout.dense(count));
  }
}
