package dev.lathe.passes.simplify;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import org.jspecify.annotations.Nullable;

/**
 * {@code cast<C>(cast<B>(x: A)) = cast<C>(x)} where B holds every value of A; {@code x} where C is
 * A.
 */
final class CastOfCastRule extends RewriteRule<Cast> {
  CastOfCastRule() {
    super(Cast.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Cast op, Node node, RewriteContext context) {
    Value x = node.operand(0);
    Node inner = Match.producer(x, Cast.class);
    if (inner == null) {
      return null;
    }
    Value source = inner.operand(0);
    if (!holds(x.type().elementType(), source.type().elementType())) {
      return null; // The first cast rounds, truncates or wraps.
    }
    return Replacement.of(
        source.type().elementType() == op.to() ? source : context.add(op, source));
  }

  /** Whether every value of {@code narrow} is one of {@code wide}. */
  private static boolean holds(ElementType wide, ElementType narrow) {
    if (narrow == wide || narrow == ElementType.BOOL) {
      return true;
    }
    if (wide == ElementType.BOOL || wide.bits() < 8) {
      return false;
    }
    if (narrow.isFloat()) {
      boolean sixteen = narrow == ElementType.F16 || narrow == ElementType.BF16;
      return wide == ElementType.F64 || (wide == ElementType.F32 && sixteen);
    }
    if (wide.isFloat()) {
      return narrow.bits() <= significandBits(wide);
    }
    return narrow.isUnsigned() == wide.isUnsigned()
        ? wide.bits() > narrow.bits()
        : narrow.isUnsigned() && wide.bits() > narrow.bits();
  }

  private static int significandBits(ElementType type) {
    return switch (type) {
      case F64 -> 53;
      case F32 -> 24;
      case F16 -> 11;
      default -> 8;
    };
  }
}
