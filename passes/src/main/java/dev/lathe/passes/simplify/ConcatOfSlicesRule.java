package dev.lathe.passes.simplify;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code concat(slice(x, 0, a), slice(x, a, n)) = x} for slices of one axis that follow each other
 * and cover it; where they cover a part, one slice takes it.
 */
final class ConcatOfSlicesRule extends RewriteRule<ShapeOp.Concat> {
  ConcatOfSlicesRule() {
    super(ShapeOp.Concat.class);
  }

  /** A part of {@code source} along one axis, of fixed bounds. */
  private record Part(Value source, long start, long end) {}

  @Override
  protected @Nullable Replacement rewrite(ShapeOp.Concat op, Node node, RewriteContext context) {
    int axis = Axes.normalize(op.axis(), node.result().type().rank());
    List<Value> joined = new ArrayList<>();
    @Nullable Part last = null;
    for (Value operand : node.operands()) {
      Part part = partOrNull(operand, axis);
      boolean follows =
          part != null
              && last != null
              && part.source() == last.source()
              && part.start() == last.end();
      if (part != null && last != null && follows) {
        last = new Part(last.source(), last.start(), part.end());
        joined.set(joined.size() - 1, slice(last, axis, context));
      } else {
        last = part;
        joined.add(operand);
      }
    }
    if (joined.size() == node.operands().size()) {
      return null; // No two neighbours follow each other in one tensor.
    }
    return Replacement.of(joined.size() == 1 ? joined.get(0) : context.builder().add(op, joined));
  }

  private static @Nullable Part partOrNull(Value value, int axis) {
    Node node = Match.producer(value, ShapeOp.Slice.class);
    if (node == null || node.operand(0).type().dim(axis).isUnbacked()) {
      return null;
    }
    ShapeOp.Slice slice = (ShapeOp.Slice) node.op();
    Value source = node.operand(0);
    if (slice.axes().size() != 1
        || Axes.normalize(slice.axes().get(0), source.type().rank()) != axis) {
      return null; // It cuts other axes too.
    }
    PropagatedData start = node.operand(1).data();
    PropagatedData step = node.operand(3).data();
    Dim size = value.type().dim(axis);
    if (start == null || step == null || !start.isFixed() || !step.elements().get(0).is(1)) {
      return null; // Where it starts is unknown, or it leaves out elements.
    }
    Dim whole = source.type().dim(axis);
    if (!size.isFixed() || !whole.isFixed()) {
      return null;
    }
    long from = start.values()[0] < 0 ? start.values()[0] + whole.value() : start.values()[0];
    from = Math.clamp(from, 0, whole.value());
    return new Part(source, from, from + size.value());
  }

  private static Value slice(Part part, int axis, RewriteContext context) {
    if (part.start() == 0 && part.source().type().dim(axis).is(part.end())) {
      return part.source();
    }
    return context.add(
        new ShapeOp.Slice(List.of(axis)),
        part.source(),
        context.builder().longs(part.start()),
        context.builder().longs(part.end()),
        context.builder().longs(1));
  }
}
