package dev.lathe.passes.simplify;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.function.DoublePredicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code (x o c) o d = x o (c o d)} for known {@code c} and {@code d} and {@code o} one of add,
 * mul, min, max. Sums of floats are merged where both shifts go one way, and products in f32 and
 * f64 where both factors are moderate: then they differ in the rounding of the last place only.
 */
final class MergedConstantsRule extends RewriteRule<Binary> {
  /** As many elements as a vector of channels has at most. */
  private static final long MAX_ELEMENTS = 1 << 16;

  /** A factor and its inverse keep what models compute far inside the range of f32. */
  private static final double MAX_FACTOR = 0x1p32;

  MergedConstantsRule() {
    super(Binary.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Binary op, Node node, RewriteContext context) {
    BinaryFunction function = op.function();
    if (function != BinaryFunction.ADD
        && function != BinaryFunction.MUL
        && function != BinaryFunction.MIN
        && function != BinaryFunction.MAX) {
      return null;
    }
    Node inner = Match.binary(node.operand(0), function);
    if (inner == null || !Match.isUsedOnce(inner.result())) {
      return null; // What others use is computed anyway.
    }
    Value c = inner.operand(1);
    Value d = node.operand(1);
    if (!context.isKnown(c) || !context.isKnown(d)) {
      return null;
    }
    if (c.type().elementType().isFloat() && !mayMerge(function, c, d, context)) {
      return null;
    }
    Value both = context.add(op, c, d);
    if (!Match.isSameType(both, c) && !Match.isSameType(both, d)) {
      return null; // A row and a column would make a matrix of constants.
    }
    return Replacement.of(context.add(op, inner.operand(0), both));
  }

  /**
   * Whether the one step gives what the two gave, up to rounding. Adding a large number and taking
   * it away again rounds on purpose, and f16 overflows between factors that are no more than large.
   */
  private static boolean mayMerge(
      BinaryFunction function, Value c, Value d, RewriteContext context) {
    if (function == BinaryFunction.MIN || function == BinaryFunction.MAX) {
      return true;
    }
    ConstantData first = context.data(c);
    ConstantData second = context.data(d);
    if (first == null || second == null || first.elementCount() * second.elementCount() == 0) {
      return false; // Not computed yet.
    }
    if (first.elementCount() > MAX_ELEMENTS || second.elementCount() > MAX_ELEMENTS) {
      return false; // Looking through them takes longer than the step.
    }
    if (function == BinaryFunction.ADD) {
      return (all(first, x -> x >= 0) && all(second, x -> x >= 0))
          || (all(first, x -> x <= 0) && all(second, x -> x <= 0));
    }
    boolean wide = c.type().elementType().bits() >= 32;
    return wide
        && all(first, MergedConstantsRule::isModerate)
        && all(second, MergedConstantsRule::isModerate);
  }

  private static boolean all(ConstantData data, DoublePredicate predicate) {
    return LongStream.range(0, data.elementCount())
        .mapToDouble(data::getDouble)
        .allMatch(predicate);
  }

  private static boolean isModerate(double factor) {
    return Math.abs(factor) <= MAX_FACTOR && Math.abs(factor) >= 1 / MAX_FACTOR;
  }
}
