package dev.lathe.passes.fold;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.ir.op.Window;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.RewriteContext;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The zeros, or other numbers, that a {@link ShapeOp.Pad} adds on spatial axes only.
 *
 * @param source what is padded
 * @param value the number added
 * @param begin how many before, on each spatial axis
 * @param end how many after, on each spatial axis
 */
record SpatialPads(Value source, double value, List<Long> begin, List<Long> end) {

  /** The pads of the node that produces {@code value}; null if it is not such a pad. */
  static @Nullable SpatialPads of(Value value, RewriteContext context) {
    Node node = Match.producer(value, ShapeOp.Pad.class);
    if (node == null || ((ShapeOp.Pad) node.op()).mode() != ShapeOp.PadMode.CONSTANT) {
      return null;
    }
    PropagatedData pads = node.operand(1).data();
    OptionalDouble number = context.uniform(node.operand(2));
    if (pads == null || !pads.isFixed() || number.isEmpty()) {
      return null;
    }
    long[] amounts = pads.values();
    int rank = amounts.length / 2;
    List<Long> begin = new ArrayList<>();
    List<Long> end = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      boolean spatial = i >= 2;
      if (amounts[i] < 0 || amounts[rank + i] < 0) {
        return null; // It crops.
      }
      if (!spatial && (amounts[i] != 0 || amounts[rank + i] != 0)) {
        return null; // It adds samples or channels.
      }
      if (spatial) {
        begin.add(amounts[i]);
        end.add(amounts[rank + i]);
      }
    }
    return new SpatialPads(node.operand(0), number.getAsDouble(), begin, end);
  }

  /**
   * A window that adds these pads by itself; null if its own padding is not known yet, or a window
   * would see no data.
   *
   * @param padded what the window sees now
   * @param kernel the size of the window on each spatial axis
   */
  @Nullable Window into(Window window, Value padded, List<Long> kernel) {
    List<Long> before = new ArrayList<>();
    List<Long> after = new ArrayList<>();
    for (int i = 0; i < window.axes(); i++) {
      Dim size = padded.type().dim(i + 2);
      if (window.padding() instanceof Padding.Same && !size.isFixed()) {
        return null;
      }
      long[] own = window.padding(i, size.isFixed() ? size.value() : 0, kernel.get(i));
      before.add(own[0] + begin.get(i));
      after.add(own[1] + end.get(i));
      long extent = (kernel.get(i) - 1) * window.dilations().get(i) + 1;
      if (before.get(i) >= extent || after.get(i) >= extent) {
        return null; // A window would see nothing but padding, which kernels refuse or do slowly.
      }
    }
    return new Window(window.strides(), window.dilations(), new Padding.Explicit(before, after));
  }
}
