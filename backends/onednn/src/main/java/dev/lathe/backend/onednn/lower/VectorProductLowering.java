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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Products of one row with a constant matrix as generated code, which reads the matrix as fast as
 * its cache gives it and costs next to nothing beside. A bias, a residual and an activation are
 * taken in.
 */
final class VectorProductLowering {
  /** Matrices of more elements come from memory, at whose pace everyone reads them. */
  private static final long MOST_WEIGHTS = 256 * 1024;

  private final BlockLowering block;

  VectorProductLowering(BlockLowering block) {
    this.block = block;
  }

  /** What makes panels of a matrix. */
  private record Panels(long rowStride, long columnStride, int inner, int columns)
      implements ConstantPool.Transform {
    @Override
    public void apply(MemorySegment from, MemorySegment to) {
      int[] all = ColumnPanels.inOrder(columns);
      int vectors = CodeSource.VectorProduct.PANEL;
      ColumnPanels.pack(from, rowStride, columnStride, inner, all, vectors, to);
    }
  }

  /** Lowers a node; false if it is no such product. */
  boolean lower(Node node) {
    if (!(node.op() instanceof LinalgOp.MatMul op)
        || op.transposeA()
        || block.emitter().isFolding()
        || !OneDnn.hasAvx512()
        || !node.operands().stream().allMatch(VectorProductLowering::isSingle)) {
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
    if (matrix.layout().count() > MOST_WEIGHTS
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
        || weights.layout().count() > MOST_WEIGHTS
        || block.emitter().isFolding()
        || !weights.isConstant()
        || !OneDnn.hasAvx512()
        || !node.operands().stream().allMatch(VectorProductLowering::isSingle)) {
      return false;
    }
    View dense = block.emitter().dense(weights);
    Layout matrix = Layout.dense(w[0], w[1]).at(dense.layout().offset()).transposeMatrix();
    emit(node, dense.with(matrix), block.operandOrNull(node, 2), (int) w[1], (int) w[0]);
    return true;
  }

  private static boolean isSingle(Value value) {
    return value.type().elementType() == ElementType.F32;
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
      operands.add(emitter.dense(block.view(behind.residual())));
    }
    CodeSource.VectorProduct code =
        new CodeSource.VectorProduct(
            inner, columns, bias != null, behind.residual() != null, behind.activation());
    Set<Node> nodes = new LinkedHashSet<>(List.of(node));
    nodes.addAll(behind.nodes());
    emitter.generated(
        code,
        Anchor.name(node.op().mnemonic(), nodes),
        0,
        code.units(),
        matrix.layout().count() * Float.BYTES,
        2L * inner * columns,
        operands,
        Anchor.sources(nodes));
    block.define(result, y);
    nodes.forEach(block::done);
  }

  private View panels(View matrix, int inner, int columns) {
    Layout layout = matrix.layout();
    long count = ColumnPanels.count(inner, columns);
    MemoryDescriptor descriptor = MemoryDescriptor.dense(DataType.F32, count);
    Buffer packed =
        block
            .emitter()
            .transformed(
                matrix,
                descriptor,
                descriptor,
                new Panels(layout.stride(0), layout.stride(1), inner, columns));
    return new View(packed, ElementType.F32, Layout.dense(count));
  }
}
