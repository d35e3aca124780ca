package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.jit.AttentionShape;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.LinalgOp.Attention;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attention of f32 numbers as one kernel of generated code, whose scores stay in caches. */
final class GeneratedAttention {
  /**
   * With fewer queries, keys and values that come from memory are the work, and to transpose keys
   * takes longer than what primitives lose: 4 to 20 % of 32 heads with 2,048 keys.
   */
  private static final int MANY_QUERIES = 8;

  /** Keys and values that come from a cache. */
  private static final long NEAR_BYTES = 4 << 20;

  /** What a thread may take beside the result: scores of some queries, and transposed keys. */
  private static final int MOST_SCRATCH = 1 << 23;

  private static final int MATRIX = 2;

  /** What it costs to transpose a number, as products of vectors. */
  private static final double NUMBER = 0.5;

  private final BlockLowering block;
  private final Emitter emitter;

  GeneratedAttention(BlockLowering block) {
    this.block = block;
    this.emitter = block.emitter();
  }

  /**
   * Lowers a node; false if there is no code for it, or none that is faster than primitives.
   *
   * @param given its operands with as many dimensions as the result, none repeated before the
   *     matrices
   * @param to how the result will lie
   */
  boolean lower(Node node, Attention op, BatchDims batch, List<View> given, Layout to) {
    long[] dims = Types.dims(node.result().type());
    int rank = dims.length;
    long queries = dims[rank - 2];
    long width = dims[rank - 1];
    long depth = given.get(0).layout().dim(rank - 1);
    long keys = given.get(1).layout().dim(rank - 2);
    if (emitter.isFolding()
        || !OneDnn.hasAvx512()
        || !given.stream().allMatch(view -> view.elementType() == ElementType.F32)
        || node.result().type().elementType() != ElementType.F32
        || (queries < MANY_QUERIES
            && given.get(1).byteSize() + given.get(2).byteSize() > NEAR_BYTES)
        || Math.min(Math.min(keys, depth), Math.min(width, to.count())) < 1
        || to.count() > Integer.MAX_VALUE
        || given.stream().anyMatch(view -> view.layout().span() > Integer.MAX_VALUE)) {
      return false;
    }
    View q = batch.of(given.get(0));
    View k = keys(batch.of(given.get(1)));
    View v = rows(batch.of(given.get(2)));
    View mask = given.size() > 3 ? mask(batch.of(given.get(3)), keys) : null;
    List<Integer> sizes = new ArrayList<>();
    Layout result = batch.of(to);
    for (int i = 0; i < result.rank() - MATRIX; i++) {
      sizes.add((int) result.dim(i));
    }
    AttentionShape shape =
        new AttentionShape(
            sizes,
            (int) queries,
            (int) keys,
            (int) depth,
            (int) width,
            steps(q, sizes),
            steps(k, sizes),
            steps(v, sizes),
            mask == null ? null : steps(mask, sizes),
            steps(result, sizes));
    if (!shape.isAddressable()) {
      return false;
    }
    CodeSource.Attention code = divided(shape, op);
    if (code.scratchBytes() > MOST_SCRATCH) {
      return false;
    }
    emit(node, code, q, k, v, mask, to);
    return true;
  }

  private void emit(
      Node node,
      CodeSource.Attention code,
      View q,
      View k,
      View v,
      @Nullable View mask,
      Layout to) {
    AttentionShape shape = code.shape();
    View y = block.allocate(node.result(), to);
    long floats = (long) emitter.target().threads() * code.scratchBytes() / Float.BYTES;
    View scratch = emitter.allocate(ElementType.F32, Layout.dense(floats));
    List<View> operands = new ArrayList<>(List.of(q, k, v, y, scratch));
    if (mask != null) {
      operands.add(mask);
    }
    long scores = (long) shape.matrices() * shape.queries() * shape.keys();
    long flops = 2 * scores * (shape.depth() + shape.width());
    emitter.generated(
        code,
        node.op().mnemonic(),
        0,
        code.units(),
        Math.max(k.byteSize() + v.byteSize(), Work.bytes(flops)),
        flops,
        operands,
        emitter.sources());
    block.define(node.result(), y);
    block.done(node);
  }

  /** Keys whose numbers lie beside each other, or that do so themselves. */
  private View keys(View view) {
    Layout layout = view.layout();
    int rank = layout.rank();
    boolean inOrder = layout.stride(rank - 2) == 1 && layout.dim(rank - 2) > 1;
    return inOrder ? view : rows(view);
  }

  /** Rows whose numbers lie beside each other. */
  private View rows(View view) {
    Layout layout = view.layout();
    int last = layout.rank() - 1;
    return layout.stride(last) == 1 || layout.dim(last) == 1 ? view : emitter.dense(view);
  }

  /** A mask that has a number of its own for each key. */
  private View mask(View view, long keys) {
    Layout layout = view.layout();
    int last = layout.rank() - 1;
    if (layout.dim(last) == keys) {
      return rows(view);
    }
    long[] dims = layout.dims();
    dims[last] = keys;
    return emitter.dense(view.with(layout.broadcast(dims)));
  }

  private static AttentionShape.Steps steps(View view, List<Integer> sizes) {
    return steps(view.layout(), sizes);
  }

  /** How an operand is stepped through, where its dimensions of 1 stand for many. */
  private static AttentionShape.Steps steps(Layout layout, List<Integer> sizes) {
    int rank = layout.rank();
    List<Integer> batch = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      batch.add(layout.dim(i) == 1 ? 0 : (int) layout.stride(i));
    }
    int row = layout.dim(rank - 2) == 1 ? 0 : (int) layout.stride(rank - 2);
    return new AttentionShape.Steps(batch, row, (int) layout.stride(rank - 1));
  }

  /** Units of some blocks of rows, so that threads are done at about the same time. */
  private CodeSource.Attention divided(AttentionShape shape, Attention op) {
    int queries = shape.queries();
    int rows = blockRows(queries);
    double products = (double) shape.keys() * (shape.depth() + shape.width()) / CodeSource.LANES;
    double transposition = NUMBER * shape.keys() * shape.depth();
    Division division =
        Division.of(
            new Division.Grid(shape.matrices(), Math.ceilDiv(queries, rows), 1, 1),
            emitter.target().threads(),
            (blocks, one) -> transposition + blocks * (rows + 1) * products);
    return new CodeSource.Attention(
        shape, op.scale(), op.nanToZero(), rows, division.rows() * rows);
  }

  /** As many rows at a time that few are left. */
  private static int blockRows(int queries) {
    int most = CodeSource.Attention.MOST_ROWS;
    int best = Math.min(queries, most);
    for (int count = best - 1; count > most / 2; count--) {
      if (Math.ceilDiv(queries, count) * (count + 1) < Math.ceilDiv(queries, best) * (best + 1)) {
        best = count;
      }
    }
    return best;
  }
}
