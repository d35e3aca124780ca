package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.Window;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.ColumnPanels;
import dev.lathe.backend.onednn.jit.ResultType;
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
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Products with a constant matrix, and convolutions with windows of 1 by 1, which are such, in
 * generated code, with the residual and the activation that stand behind them. Where more stands
 * behind, oneDNN takes it in, which is worth more than the faster product.
 */
final class ProductLowering {
  /** What a unit costs before it begins, as multiplications of a row by a row of a panel. */
  private static final double START = 200;

  /** What it costs to read a row of the left matrix for the first time, and a panel. */
  private static final double ROW_READ = 0.2;

  private static final double PANEL_READ = 4;

  /** What the rows of a unit may take, which are read once for each panel. */
  private static final long UNIT_BYTES = 640 << 10;

  private final BlockLowering block;

  ProductLowering(BlockLowering block) {
    this.block = block;
  }

  /** What makes panels of a matrix. */
  private record Panels(ElementType type, int inner, int columns, long rowStride, long columnStride)
      implements ConstantPool.Transform {
    @Override
    public void apply(MemorySegment from, MemorySegment to) {
      int vectors = CodeSource.Product.PANEL;
      if (type == ElementType.BF16) {
        ColumnPanels.packPairs(from, rowStride, columnStride, inner, columns, vectors, to);
        return;
      }
      int[] all = ColumnPanels.inOrder(columns);
      ColumnPanels.pack(from, rowStride, columnStride, inner, all, vectors, to);
    }
  }

  /**
   * A product of so many rows, which begin {@code rowStep} numbers behind each other, with a matrix
   * (inner, columns).
   */
  private record Shape(int rows, int rowStep, int inner, int columns) {}

  /**
   * Lowers a convolution; false if it is none of this kind, or has no code.
   *
   * @param scale what the input is multiplied with first, or null for nothing
   */
  boolean lower(Node node, ConvolutionOp.Convolution op, @Nullable ChannelScale scale) {
    View weights = block.operand(node, 1);
    long[] x = Types.dims(node.operand(0).type());
    long[] w = weights.layout().dims();
    Behind behind = Behind.of(node, block, true);
    ResultType stored = behind.stored(node);
    if (op.groups() != 1
        || w.length != 4
        || w[2] * w[3] != 1
        || block.emitter().isFolding()
        || !weights.isConstant()
        || !multiplies(node, w[1])
        || stored == null
        || Fusion.behind(node.result(), block).size() > behind.nodes().size()
        || !moves(ConvolutionLowering.window(node, op.window(), w))
        || op.window().strides().stream().anyMatch(s -> s != 1)
        || !OneDnn.hasAvx512()) {
      return false;
    }
    long rows = x[0] * x[2] * x[3];
    if (rows > Integer.MAX_VALUE || rows == 1) {
      return false;
    }
    Shape shape = new Shape((int) rows, (int) w[1], (int) w[1], (int) w[0]);
    CodeSource.Product code = divided(node, shape, behind, stored);
    if (!code.isAddressable()) {
      return false;
    }
    View filters = block.emitter().dense(weights);
    View matrix = filters.with(Layout.dense(w[0], w[1]).at(filters.layout().offset()));
    View transposed = matrix.with(matrix.layout().transposeMatrix());
    emit(node, code, behind, transposed, Layout::channelsLast, scale);
    return true;
  }

  /**
   * Lowers the convolution of one sequence; false if it is none, or has no code. Where channels lie
   * together, a window is a row of so many positions' channels, and rows overlap.
   */
  boolean lowerSequence(Node node, ConvolutionOp.Convolution op) {
    View weights = block.operand(node, 1);
    long[] x = Types.dims(node.operand(0).type());
    long[] w = weights.layout().dims();
    long rows = node.result().type().shape().elementCount().value() / w[0];
    if (w.length != 3
        || x[0] != 1
        || op.groups() != 1
        || w[1] * w[2] > Integer.MAX_VALUE
        || rows < CodeSource.Product.MOST_ROWS
        || rows > Integer.MAX_VALUE
        || op.window().dilations().getFirst() != 1
        || !moves(ConvolutionLowering.window(node, op.window(), w))) {
      return false;
    }
    long step = op.window().strides().getFirst() * w[1];
    Behind behind = Behind.of(node, block, true);
    ResultType stored = behind.stored(node);
    if (block.emitter().isFolding()
        || !weights.isConstant()
        || !multiplies(node, w[1] * w[2])
        || !multiplies(node, step)
        || stored == null
        || Fusion.behind(node.result(), block).size() > behind.nodes().size()
        || !OneDnn.hasAvx512()) {
      return false;
    }
    Shape shape = new Shape((int) rows, (int) step, (int) (w[1] * w[2]), (int) w[0]);
    CodeSource.Product code = divided(node, shape, behind, stored);
    if (!code.isAddressable()) {
      return false;
    }
    View filters = block.emitter().dense(weights.with(weights.layout().transpose(0, 2, 1)));
    View matrix = filters.with(Layout.dense(w[0], w[1] * w[2]).at(filters.layout().offset()));
    View transposed = matrix.with(matrix.layout().transposeMatrix());
    emit(node, code, behind, transposed, Layout::channelsLast, null);
    return true;
  }

  /**
   * Lowers a product of some rows with a constant matrix; false if it is none.
   *
   * @param matrix (inner, columns)
   */
  boolean lower(Node node, LinalgOp.MatMul op, View matrix) {
    Behind behind = Behind.of(node, block, true);
    ResultType stored = behind.stored(node);
    View bias = block.operandOrNull(node, 2);
    long inner = matrix.layout().dim(0);
    long columns = matrix.layout().dim(1);
    long rows = node.operand(0).type().shape().elementCount().value() / inner;
    if (op.transposeA()
        || block.emitter().isFolding()
        || !matrix.isConstant()
        || !multiplies(node, inner)
        || stored == null
        || Fusion.behind(node.result(), block).size() > behind.nodes().size()
        || (bias != null && bias.layout().count() != columns)
        || rows < CodeSource.Product.MOST_ROWS
        || Math.max(Math.max(rows, inner), columns) > Integer.MAX_VALUE
        || !OneDnn.hasAvx512()) {
      return false;
    }
    Shape shape = new Shape((int) rows, (int) inner, (int) inner, (int) columns);
    CodeSource.Product code = divided(node, shape, behind, stored);
    if (!code.isAddressable()) {
      return false;
    }
    emit(node, code, behind, matrix, Layout::dense, null);
    return true;
  }

  /** Whether both operands are f32, or pairs of bf16 numbers, and the bias is f32. */
  private static boolean multiplies(Node node, long inner) {
    ElementType type = node.operand(0).type().elementType();
    boolean pairs = type == ElementType.BF16 && inner % 2 == 0 && OneDnn.multiplies(DataType.BF16);
    return (type == ElementType.F32 || pairs)
        && node.operand(1).type().elementType() == type
        && node.operands().stream()
            .skip(2)
            .allMatch(value -> value.type().elementType() == ElementType.F32);
  }

  /** Whether a window is whole wherever it is. */
  private static boolean moves(@Nullable Window window) {
    return window != null
        && window.padBegin().stream().allMatch(p -> p == 0)
        && window.padEnd().stream().allMatch(p -> p == 0);
  }

  /**
   * Units of some blocks of rows by some panels, so that threads are done at about the same time.
   */
  private CodeSource.Product divided(Node node, Shape shape, Behind behind, ResultType stored) {
    ElementType operands = node.operand(0).type().elementType();
    int rows = shape.rows();
    int inner = shape.inner();
    int columns = shape.columns();
    int blockRows = blockRows(rows);
    int blocks = Math.ceilDiv(rows, blockRows);
    int panels = Math.ceilDiv(columns, CodeSource.Product.PANEL * CodeSource.LANES);
    int least =
        (int)
            Math.min(
                Math.ceilDiv(operands.byteSize((long) rows * shape.rowStep()), UNIT_BYTES), rows);
    // In the time that a row of a panel is read or multiplied; which the code does for each block.
    double block = blockRows + 1;
    Division division =
        Division.of(
            new Division.Grid(1, blocks, panels, least),
            this.block.emitter().target().threads(),
            (b, p) -> START / inner + b * p * block + b * ROW_READ * blockRows + p * PANEL_READ);
    return new CodeSource.Product(
        rows,
        shape.rowStep(),
        inner,
        columns,
        operands,
        node.operands().size() > 2,
        residual(behind),
        behind.activation(),
        stored,
        blockRows,
        division.rows() * blockRows,
        division.columns());
  }

  /** What is read of a residual; one that is f32 in the graph may lie as bf16. */
  private @Nullable ResultType residual(Behind behind) {
    return behind.residual() == null
        ? null
        : ResultType.of(readable(behind.residual()).elementType());
  }

  private View readable(Value residual) {
    View view = block.view(residual);
    return view.elementType() == ElementType.BF16 ? view : block.emitter().wide(view);
  }

  /** As many rows at a time that few are left, as far as there are registers for. */
  private static int blockRows(int rows) {
    int best = Math.min(rows, CodeSource.Product.MOST_ROWS);
    for (int count = best - 1; count > best / 2; count--) {
      // Each block reads the panel too, which counts as a row.
      if (Math.ceilDiv(rows, count) * (count + 1) < Math.ceilDiv(rows, best) * (best + 1)) {
        best = count;
      }
    }
    return best;
  }

  private void emit(
      Node node,
      CodeSource.Product code,
      Behind behind,
      View matrix,
      Function<long[], Layout> layout,
      @Nullable ChannelScale scale) {
    Emitter emitter = block.emitter();
    Value result = behind.result(node);
    Set<Node> nodes = behind.all(node);
    Layout to = layout.apply(Types.dims(result.type()));
    View given = scale == null ? block.operand(node, 0) : scale.image();
    View x = emitter.as(given, layout.apply(given.layout().dims()));
    View panels = panels(matrix, code);
    View seen = scale == null ? panels : scale.scaled(panels, code, emitter);
    View bias = block.operandOrNull(node, 2);
    View residual = behind.residual() == null ? null : emitter.as(readable(behind.residual()), to);
    View y = target(result, to, x, residual, nodes);
    List<View> operands = new ArrayList<>(List.of(x, seen, y));
    if (bias != null) {
      operands.add(emitter.dense(bias));
    }
    if (residual != null) {
      operands.add(residual);
    }
    long flops = 2L * code.rows() * code.inner() * code.columns();
    behind.emit(
        block,
        node,
        code,
        code.units(),
        Math.max(x.byteSize() + y.byteSize(), Work.bytes(flops)),
        flops,
        operands,
        y);
    if (scale != null) {
      block.done(scale.node());
    }
  }

  /** Where the result goes: over the residual, if nobody else needs that. */
  private View target(Value result, Layout to, View x, @Nullable View residual, Set<Node> nodes) {
    if (residual == null
        || block.isOutput(result)
        || residual.elementType() != result.type().elementType()
        || residual.buffer() == x.buffer()
        || !block.isFreeAfter(residual.buffer(), nodes)) {
      return block.allocate(result, to);
    }
    block.emitter().overwritten(residual.buffer());
    return residual;
  }

  private View panels(View matrix, CodeSource.Product code) {
    boolean pairs = code.operands() == ElementType.BF16;
    // Two bf16 numbers are where one of f32 is.
    long count = ColumnPanels.count(pairs ? code.inner() / 2 : code.inner(), code.columns());
    MemoryDescriptor descriptor = MemoryDescriptor.dense(DataType.F32, count);
    Layout layout = matrix.layout();
    Panels panels =
        new Panels(
            code.operands(), code.inner(), code.columns(), layout.stride(0), layout.stride(1));
    Buffer packed = block.emitter().transformed(matrix, descriptor, descriptor, panels);
    return new View(packed, ElementType.F32, Layout.dense(count));
  }
}
