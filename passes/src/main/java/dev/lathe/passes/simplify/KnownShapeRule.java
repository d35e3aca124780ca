package dev.lathe.passes.simplify;

import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.List;
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
    if (node.results().size() != 1) {
      return null; // Nothing is known of the elements of several results.
    }
    PropagatedData data = node.result().data();
    if (data == null || data.isUnbacked() || isFolded(node)) {
      return null;
    }
    ElementType type = node.result().type().elementType();
    BlockBuilder builder = context.builder();
    if (data.isFixed()) {
      ConstantData longs =
          data.scalar()
              ? ConstantData.ofLong(data.values()[0])
              : ConstantData.ofLongs(data.values());
      return Replacement.of(builder.constant(ConstantData.convert(longs, type)));
    }
    Value value = builder.add(new CreationOp.Dims(data.elements()));
    if (data.scalar()) {
      value = builder.add(new ShapeOp.Squeeze(List.of(0)), value);
    }
    if (type != ElementType.I64) {
      value = builder.add(new Cast(type), value);
    }
    return Replacement.of(value);
  }

  /** Whether a node is one of those that this rule makes. */
  private static boolean isFolded(Node node) {
    return switch (node.op()) {
      case CreationOp.Constant ignored -> true;
      case CreationOp.Parameter ignored -> true;
      case CreationOp.Dims ignored -> true;
      case ShapeOp.Squeeze ignored -> isFromDims(node.operand(0));
      case Cast ignored -> {
        Node squeeze = Match.producer(node.operand(0), ShapeOp.Squeeze.class);
        yield isFromDims(squeeze == null ? node.operand(0) : squeeze.operand(0));
      }
      default -> false;
    };
  }

  private static boolean isFromDims(Value value) {
    return Match.producer(value, CreationOp.Dims.class) != null;
  }
}
