package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.QuantizationOp;
import java.util.List;

/**
 * Dynamic quantisation as generated code: the range of every part of the numbers, and then, from
 * all ranges, scale, zero point and bytes.
 */
final class QuantizationLowering {
  /** What the code's 32-bit displacements reach. */
  private static final long MOST = Integer.MAX_VALUE / Float.BYTES;

  private final BlockLowering block;

  QuantizationLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a node; false if a kernel in Java has to do it. */
  boolean lower(Node node, QuantizationOp op) {
    long count = node.operand(0).type().shape().elementCount().value();
    if (!(op instanceof QuantizationOp.DynamicQuantizeLinear)
        || block.emitter().isFolding()
        || count > MOST
        || !OneDnn.hasAvx512()) {
      return false;
    }
    Emitter emitter = block.emitter();
    View x = emitter.dense(block.operand(node, 0));
    View y = block.allocateDense(node.results().get(0));
    View scale = block.allocateDense(node.results().get(1));
    View zeroPoint = block.allocateDense(node.results().get(2));
    CodeSource.Range range = new CodeSource.Range(count);
    View ranges =
        emitter.allocate(ElementType.F32, Layout.dense(range.units(), 2, CodeSource.LANES));
    List<String> sources = emitter.sources();
    emitter.generated(range, "range", 0, range.units(), x.byteSize(), List.of(x, ranges), sources);
    emitter.generated(
        new CodeSource.DynamicQuantize(count),
        "dynamic_quantize_linear",
        0,
        range.units(),
        2 * x.byteSize(),
        List.of(x, ranges, y, scale, zeroPoint),
        sources);
    block.define(node.results().get(0), y);
    block.define(node.results().get(1), scale);
    block.define(node.results().get(2), zeroPoint);
    return true;
  }
}
