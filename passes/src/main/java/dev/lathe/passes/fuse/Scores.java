package dev.lathe.passes.fuse;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Where;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.RewriteContext;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What the softmax of attention is taken of: {@code scale * q k^T} with masks.
 *
 * <p>A mask is added, or is a {@code where} that puts a number in the place of scores: minus
 * infinity, or a very low number in the place of scores that nothing was added to yet, where the
 * condition is known and leaves a score in every row. For a row without any would be uniform, which
 * adding the number does not make it.
 *
 * @param product the node that multiplies queries and keys
 * @param scale the factor of the product
 * @param masks the masks from the outermost on
 */
record Scores(Node product, double scale, List<Mask> masks) {
  /** Exporters write one mask for causality, one for padding, and rarely a bias of positions. */
  private static final int MAX_MASKS = 3;

  /** Added to scores of any sensible size, this is as good as minus infinity. */
  private static final double VERY_LOW = -1e9;

  /**
   * A mask.
   *
   * @param value what is added, or the condition of a {@code where}
   * @param number what a {@code where} puts in the place of scores; empty if the value is added
   * @param replaced the truth of the condition where scores are replaced
   */
  record Mask(Value value, OptionalDouble number, boolean replaced) {
    /** The mask as a value to add to {@code scores}. */
    Value added(Value scores, RewriteContext context) {
      if (number.isEmpty()) {
        return value;
      }
      Value low = context.scalarLike(scores, number.getAsDouble());
      Value zero = context.scalarLike(scores, 0);
      return replaced
          ? context.add(new Where(), value, low, zero)
          : context.add(new Where(), value, zero, low);
    }
  }

  Scores {
    masks = List.copyOf(masks);
  }

  /** The scores that {@code value} is; null if it is something else, or others use parts of it. */
  static @Nullable Scores of(Value value, RewriteContext context) {
    return value.type().elementType() == ElementType.F32
        ? of(value, new ArrayList<>(), context)
        : null;
  }

  private static @Nullable Scores of(Value value, List<Mask> masks, RewriteContext context) {
    if (!Match.isUsedOnce(value)) {
      return null;
    }
    Node product = productOrNull(value, context);
    if (product != null) {
      return new Scores(product, Forms.unscaled(value, context).scale(), masks);
    }
    if (masks.size() == MAX_MASKS) {
      return null;
    }
    Node where = Match.producer(value, Where.class);
    for (int i = 1; i < 3 && where != null; i++) {
      Mask mask = replacing(where, i, context);
      if (mask != null && keepsScores(where.operand(i), where.operand(3 - i))) {
        return within(value, where.operand(3 - i), mask, masks, context);
      }
    }
    Node add = Match.binary(value, BinaryFunction.ADD);
    for (int i = 0; i < 2 && add != null; i++) {
      Mask mask = new Mask(add.operand(1 - i), OptionalDouble.empty(), false);
      Scores found = within(value, add.operand(i), mask, masks, context);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable Scores within(
      Value result, Value scores, Mask mask, List<Mask> masks, RewriteContext context) {
    if (result.type().rank() != scores.type().rank() || !keepsScores(mask.value(), scores)) {
      return null; // The mask makes the scores larger.
    }
    List<Mask> more = new ArrayList<>(masks);
    more.add(mask);
    return of(scores, more, context);
  }

  /**
   * Whether a mask does not make scores larger. Two symbols are taken to be one size, which most
   * exporters fail to say; a number beside a symbol may broadcast it.
   */
  private static boolean keepsScores(Value mask, Value scores) {
    Shape shape = scores.type().shape();
    if (mask.type().rank() > shape.rank()) {
      return false;
    }
    for (int i = 1; i <= mask.type().rank(); i++) {
      Dim size = mask.type().dim(-i);
      boolean keeps =
          size.is(1) || size.equals(shape.dim(-i)) || (!size.isFixed() && !shape.dim(-i).isFixed());
      if (!keeps) {
        return false;
      }
    }
    return true;
  }

  /** The product that {@code value} is, scaled or not; null if it is none. */
  private static @Nullable Node productOrNull(Value value, RewriteContext context) {
    Value plain = Forms.unscaled(value, context).value();
    Node node = Match.producer(plain, MatMul.class);
    boolean fits =
        node != null
            && node.operands().size() == 2
            && !((MatMul) node.op()).transposeA()
            && Match.isUsedOnce(plain);
    return fits ? node : null;
  }

  /** The mask to add to all scores; null if there is none. */
  @Nullable Value mask(RewriteContext context) {
    Value sum = null;
    for (Mask mask : masks) {
      Value added = mask.added(product.result(), context);
      sum = sum == null ? added : context.add(new Binary(BinaryFunction.ADD), sum, added);
    }
    return sum;
  }

  /** The mask of a {@code where} whose operand {@code i} is a low number; null if it is not. */
  private static @Nullable Mask replacing(Node where, int i, RewriteContext context) {
    OptionalDouble number = context.uniform(where.operand(i));
    if (number.isEmpty()) {
      return null;
    }
    boolean low =
        number.getAsDouble() == Double.NEGATIVE_INFINITY
            || (number.getAsDouble() <= VERY_LOW
                && productOrNull(where.operand(3 - i), context) != null
                && everyRowKeeps(where.operand(0), i == 1 ? 0 : 1, context));
    return low ? new Mask(where.operand(0), number, i == 1) : null;
  }

  /** Whether a condition is known and is {@code kept}, 0 or 1, somewhere in every row. */
  private static boolean everyRowKeeps(Value condition, long kept, RewriteContext context) {
    ConstantData data = context.data(condition);
    if (data == null || data.type().rank() == 0 || data.elementCount() == 0) {
      return false;
    }
    long width = data.type().dim(-1).value();
    for (long row = 0; row < data.elementCount(); row += width) {
      boolean found = false;
      for (long i = 0; i < width && !found; i++) {
        found = data.getLong(row + i) == kept;
      }
      if (!found) {
        return false;
      }
    }
    return true;
  }
}
