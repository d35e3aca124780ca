package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import java.util.List;

/**
 * Softmax of a few f32 rows as generated code: to execute a primitive costs more than they take.
 */
final class SoftmaxLowering {
  private static final long MOST_ELEMENTS = 4096;

  private final BlockLowering block;

  SoftmaxLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a node; false if it is no such softmax. */
  boolean lower(Node node) {
    if (!(node.op() instanceof Softmax softmax)
        || node.result().type().elementType() != ElementType.F32
        || block.emitter().isFolding()
        || !OneDnn.hasAvx512()) {
      return false;
    }
    Value result = node.result();
    long[] dims = Types.dims(result.type());
    long count = result.type().shape().elementCount().value();
    int last = dims.length - 1;
    if (count > MOST_ELEMENTS || (softmax.axis() != -1 && softmax.axis() != last)) {
      return false;
    }
    View x = block.emitter().dense(block.operand(node, 0));
    View y = block.allocateDense(result);
    block
        .emitter()
        .generated(
            new CodeSource.Softmax((int) dims[last]),
            node.op().mnemonic(),
            0,
            count / dims[last],
            2 * x.byteSize(),
            List.of(x, y),
            block.emitter().sources());
    block.define(result, y);
    return true;
  }
}
