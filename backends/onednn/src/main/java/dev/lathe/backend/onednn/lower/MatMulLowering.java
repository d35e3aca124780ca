package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.BinaryAlgorithm;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PostOp;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.ShapeOp;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products of floats. A product with one matrix on the right is a product of two matrices,
 * however many dimensions the left operand has; transposed operands are read as they lie.
 */
final class MatMulLowering {
  private final BlockLowering block;

  MatMulLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a product; false if oneDNN does not compute it. */
  boolean lower(Node node, LinalgOp op) {
    boolean real = Types.isReal(node.result());
    return switch (op) {
      case LinalgOp.MatMul product -> real && product(node, product);
      case LinalgOp.Attention attention ->
          real && new AttentionLowering(block, this).lower(node, attention);
      case LinalgOp.MatMulInteger integer -> new IntegerLowering(block).lower(node, integer);
    };
  }

  private boolean product(Node node, LinalgOp.MatMul op) {
    View a = block.operand(node, 0);
    View b = block.operand(node, 1);
    View left = op.transposeA() ? a.with(a.layout().transposeMatrix()) : a;
    View right = op.transposeB() ? b.with(b.layout().transposeMatrix()) : b;
    boolean oneMatrix = true;
    for (int i = 0; i < right.layout().rank() - 2; i++) {
      oneMatrix &= right.layout().dim(i) == 1;
    }
    return oneMatrix ? byOneMatrix(node, op, left, right) : batched(node, left, right);
  }

  private boolean byOneMatrix(Node node, LinalgOp.MatMul op, View a, View b) {
    int rank = b.layout().rank();
    long k = b.layout().dim(rank - 2);
    long n = b.layout().dim(rank - 1);
    View matrix = b.with(matrix(b.layout()));
    if (new ProductLowering(block).lower(node, op, matrix)) {
      return true;
    }
    boolean pack = matrix.isConstant();
    View right = pack ? matrix : multipliable(matrix);
    long[] resultDims = Types.dims(node.result().type());
    long m = count(resultDims) / n;
    Layout rows = a.layout().reshape(m, k);
    View left;
    if (rows == null || !isMatrix(rows)) {
      View dense = block.emitter().dense(a);
      left = dense.with(Layout.dense(m, k).at(dense.layout().offset()));
    } else {
      left = a.with(rows);
    }
    View bias = block.operandOrNull(node, 2);
    Function<Layout, @Nullable Layout> space = layout -> toMatrix(layout, resultDims, m);
    MemoryDescriptor source = Types.descriptor(left);
    MemoryDescriptor weights =
        pack
            ? MemoryDescriptor.any(Types.required(b.elementType()), k, n)
            : Types.descriptor(right);
    Bias joined = bias(bias, n, space);
    if (bias != null && joined == null) {
      return false;
    }
    Anchor anchor =
        new Anchor(block, node, "matmul")
            .space(space)
            .reads(left, right)
            .flops(2 * m * n * k)
            .attributes(joined == null ? Attributes.NONE : joined.attributes())
            .accumulates()
            .evenSlow();
    return anchor.emit(
        destination ->
            new Operation.MatMul(
                source, weights, joined == null ? null : joined.descriptor(), destination),
        descriptor ->
            kernel -> {
              kernel.with(Argument.SRC, left);
              block.emitter().withWeights(kernel, Argument.WEIGHTS, right, descriptor.weights(0));
              if (joined != null) {
                joined.add(kernel);
              }
            });
  }

  /** The last two dimensions; those before are 1. */
  private static Layout matrix(Layout layout) {
    Layout matrix = layout.reshape(layout.dim(layout.rank() - 2), layout.dim(layout.rank() - 1));
    if (matrix == null) {
      throw new IllegalStateException("dimensions of 1 can always be dropped from " + layout);
    }
    return matrix;
  }

  private static long count(long[] dims) {
    return Arrays.stream(dims).reduce(1, (x, y) -> x * y);
  }

  /** Whether the last two dimensions lie as a matrix does, in rows or in columns. */
  private static boolean isMatrix(Layout layout) {
    int rank = layout.rank();
    long rowStride = layout.stride(rank - 2);
    long columnStride = layout.stride(rank - 1);
    long rows = layout.dim(rank - 2);
    long columns = layout.dim(rank - 1);
    boolean byRows = (columnStride == 1 || columns == 1) && (rowStride >= columns || rows == 1);
    boolean byColumns = (rowStride == 1 || rows == 1) && (columnStride >= rows || columns == 1);
    return byRows || byColumns;
  }

  /** A batch of matrices as oneDNN multiplies them: as they lie, or copied. */
  View multipliable(View view) {
    Layout layout = view.layout();
    boolean repeats = layout.isBroadcast();
    return isMatrix(layout) && !repeats && (layout.isPacked() || isOneBatch(layout))
        ? view
        : block.emitter().dense(view);
  }

  /**
   * Whether a layout with gaps is one oneDNN multiplies right: matrices of more than a row and a
   * column along one dimension. With two dimensions before the matrices, such as windows and heads,
   * and as many windows as rows, oneDNN 3.11 steps from matrix to matrix by the distance of rows.
   */
  private static boolean isOneBatch(Layout layout) {
    int rank = layout.rank();
    boolean isOne = layout.dim(rank - 1) > 1 && layout.dim(rank - 2) > 1;
    for (int i = 0; i < rank - 3; i++) {
      isOne &= layout.dim(i) == 1;
    }
    return rank == 2 || isOne;
  }

  /** A layout of the result's dimensions, or of one that broadcasts to them, as a matrix. */
  private static @Nullable Layout toMatrix(Layout layout, long[] result, long m) {
    int rank = result.length;
    if (layout.rank() > rank) {
      return null;
    }
    Layout full = layout.prepend(rank);
    long last = full.dim(rank - 1);
    long leading = full.count() / Math.max(1, last);
    if (leading != m && leading != 1) {
      return null;
    }
    return full.reshape(leading, last);
  }

  /** A bias as oneDNN takes it: an argument if it is a vector, else a post-op. */
  private record Bias(
      @Nullable MemoryDescriptor descriptor,
      MemoryDescriptor as,
      View view,
      Attributes attributes) {
    void add(Emitter.Kernel kernel) {
      int argument = descriptor != null ? Argument.BIAS : Argument.postOp(0, Argument.SRC_1);
      kernel.with(argument, as, view);
    }
  }

  private @Nullable Bias bias(
      @Nullable View bias, long n, Function<Layout, @Nullable Layout> space) {
    if (bias == null) {
      return null;
    }
    View dense = block.emitter().dense(bias);
    Layout seen = space.apply(dense.layout());
    if (seen == null) {
      return null;
    }
    MemoryDescriptor as = Types.descriptor(Types.required(bias.elementType()), seen);
    if (seen.count() == n && seen.dim(seen.rank() - 1) == n) {
      return new Bias(as, as, dense, Attributes.NONE);
    }
    Attributes attributes = Attributes.NONE.plus(new PostOp.Binary(BinaryAlgorithm.ADD, as));
    return new Bias(null, as, dense, attributes);
  }

  private boolean batched(Node node, View a, View b) {
    long[] resultDims = Types.dims(node.result().type());
    int rank = resultDims.length;
    BatchDims batch = BatchDims.ofResult(resultDims);
    View left = multipliable(batch.of(unrepeated(a, rank)));
    View right = multipliable(batch.of(unrepeated(b, rank)));
    View bias = block.operandOrNull(node, 2);
    Function<Layout, @Nullable Layout> space = layout -> batch.of(layout.prepend(rank));
    Bias joined = bias(bias, resultDims[rank - 1], space);
    long k = left.layout().dim(left.layout().rank() - 1);
    boolean pack = right.isConstant();
    MemoryDescriptor source = Types.descriptor(left);
    MemoryDescriptor weights =
        pack
            ? MemoryDescriptor.any(Types.required(b.elementType()), right.layout().dims())
            : Types.descriptor(right);
    Anchor anchor =
        new Anchor(block, node, "matmul")
            .layout(preferred(node.result()))
            .space(space)
            .reads(left, right)
            .flops(2 * count(resultDims) * k)
            .attributes(joined == null ? Attributes.NONE : joined.attributes())
            .accumulates()
            .evenSlow();
    return anchor.emit(
        destination ->
            new Operation.MatMul(
                source, weights, joined == null ? null : joined.descriptor(), destination),
        descriptor ->
            kernel -> {
              kernel.with(Argument.SRC, left);
              block.emitter().withWeights(kernel, Argument.WEIGHTS, right, descriptor.weights(0));
              if (joined != null) {
                joined.add(kernel);
              }
            });
  }

  /** Dimensions of 1 in front, and where a matrix stands for several. */
  static View unrepeated(View view, int rank) {
    Layout layout = view.layout().prepend(rank);
    for (int i = 0; i < rank - 2; i++) {
      if (layout.stride(i) == 0 && layout.dim(i) > 1) {
        layout = layout.slice(i, 0, 1, 1);
      }
    }
    return view.with(layout);
  }

  /** Row-major, unless all that reads it transposes it: then so that the transposed is. */
  static Layout preferred(Value value) {
    long[] dims = Types.dims(value.type());
    if (value.users().size() == 1
        && !value.isBlockResult()
        && value.users().iterator().next().op() instanceof ShapeOp.Transpose transpose) {
      int[] order = transpose.permutation().stream().mapToInt(Integer::intValue).toArray();
      if (order[order.length - 1] == order.length - 1) {
        return Layout.permuted(dims, order);
      }
    }
    return Layout.dense(dims);
  }
}
