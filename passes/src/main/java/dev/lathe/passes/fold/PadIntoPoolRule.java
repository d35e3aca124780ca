package dev.lathe.passes.fold;

import dev.lathe.ir.Node;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.Window;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code pool(pad(x)) = pool'(x)} for a pad on spatial axes: of zeros, that then count, for an
 * average; of minus infinity for a maximum.
 */
final class PadIntoPoolRule extends RewriteRule<PoolingOp> {
  PadIntoPoolRule() {
    super(PoolingOp.class);
  }

  @Override
  protected @Nullable Replacement rewrite(PoolingOp op, Node node, RewriteContext context) {
    if (op.ceil()) {
      return null; // A last window may begin in what the pad adds after the data.
    }
    SpatialPads pads = SpatialPads.of(node.operand(0), context);
    if (pads == null) {
      return null;
    }
    Window window = pads.into(op.window(), node.operand(0), op.kernel());
    if (window == null) {
      return null;
    }
    PoolingOp padded =
        switch (op) {
          case PoolingOp.AveragePool average -> average(average, window, pads);
          case PoolingOp.MaxPool max -> max(max, window, pads);
          case PoolingOp.LpPool ignored -> null; // No exporter pads before it.
        };
    return padded == null ? null : Replacement.of(context.add(padded, pads.source()));
  }

  private static @Nullable PoolingOp average(
      PoolingOp.AveragePool op, Window window, SpatialPads pads) {
    if (pads.value() != 0) {
      return null; // Padding counts as zeros.
    }
    Window unpadded =
        new Window(
            window.strides(), window.dilations(), new Padding.Explicit(pads.begin(), pads.end()));
    if (!op.countIncludePad() && !window.equals(unpadded)) {
      return null; // The zeros of the pad count, and those of the window do not.
    }
    return new PoolingOp.AveragePool(op.kernel(), window, false, true);
  }

  private static @Nullable PoolingOp max(PoolingOp.MaxPool op, Window window, SpatialPads pads) {
    if (op.indices() || pads.value() != Double.NEGATIVE_INFINITY) {
      return null; // Positions are those of the padded data; other numbers may win.
    }
    return new PoolingOp.MaxPool(op.kernel(), window, false, false, false);
  }
}
