package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.jit.Loops;
import dev.lathe.backend.onednn.jit.Loops.Together;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reductions of f32 that oneDNN lacks as generated loops; the operand may have gaps. */
final class ReduceLowering {
  private final BlockLowering block;

  ReduceLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a node; false if there is no code for it. */
  boolean lower(Node node, Reduce op) {
    Together together = together(op.function());
    if (together == null
        || op.axes().isEmpty()
        || node.result().type().elementType() != ElementType.F32
        || block.emitter().isFolding()) {
      return false;
    }
    View x = block.typed(node.operand(0));
    Layout layout = x.layout();
    int[] order = layout.order();
    long[] kept = layout.dims();
    op.axes().forEach(axis -> kept[axis] = 1);
    Layout into = Layout.permuted(kept, order);
    long[] strides = into.strides();
    op.axes().forEach(axis -> strides[axis] = 0);
    Loops code = LoopNest.of(layout, Layout.of(layout.dims(), strides, 0), together, op.axes());
    Layout lies = into.reshape(Types.dims(node.result().type()));
    if (code == null || lies == null) {
      return false;
    }
    View result = block.allocate(node.result(), lies);
    block.emitter().loops(code, node.op().mnemonic(), List.of(x, result), false);
    block.define(node.result(), result);
    return true;
  }

  private static @Nullable Together together(ReduceFunction function) {
    return switch (function) {
      case SUM -> Together.SUM;
      case MEAN -> Together.MEAN;
      case MAX -> Together.MAX;
      case MIN -> Together.MIN;
      case L2 -> Together.L2;
      case SUM_SQUARE -> Together.SUM_SQUARE;
      case PROD, L1, LOG_SUM, LOG_SUM_EXP -> null;
    };
  }
}
