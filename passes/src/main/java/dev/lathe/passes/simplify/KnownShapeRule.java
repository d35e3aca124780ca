package dev.lathe.passes.simplify;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.Op;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code f(shape(x), …) = dims [N, 3*S]}: a small integer tensor whose elements are known when
 * shapes are is just that, whatever chain of {@code shape}, {@code gather} and {@code concat}
 * computes it.
 */
final class KnownShapeRule extends RewriteRule<Op> {
  KnownShapeRule() {
    super(Op.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Op op, Node node, RewriteContext context) {
    if ((op instanceof CreationOp && !(op instanceof CreationOp.Range))
        || node.results().size() != 1) {
      return null;
    }
    PropagatedData data = node.result().data();
    ElementType element = node.result().type().elementType();
    if (data == null || data.isUnbacked() || !op.isPure()) {
      return null;
    }
    if (element == ElementType.I64 && !data.scalar()) {
      return Replacement.of(context.builder().dims(data.elements()));
    }
    // A symbolic scalar has no op of its own; what uses it is known as well.
    return data.scalar() && data.isFixed()
        ? Replacement.of(
            element == ElementType.I64
                ? context.builder().constant(ConstantData.ofLong(data.values()[0]))
                : context.scalar(element, (double) data.values()[0]))
        : null;
  }
}
