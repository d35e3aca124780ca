package dev.lathe.passes.fuse;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Where;
import dev.lathe.ir.op.LinalgOp.Attention;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code softmax(scale * q k^T + mask) v = attention(q, k, v, mask)} (Vaswani et al. 2017).
 *
 * <p>The scale may be a factor or a divisor of the product, of q or of k, or absent. The mask may
 * be added, or be a {@code where} that puts a number (minus infinity) in places; or absent. The
 * keys are a transpose, which is taken back, or the product's transpose flag.
 */
final class DecomposedAttentionRule extends RewriteRule<MatMul> {
  DecomposedAttentionRule() {
    super(MatMul.class);
  }

  @Override
  protected @Nullable Replacement rewrite(MatMul op, Node node, RewriteContext context) {
    if (op.transposeA() || op.transposeB() || node.operands().size() != 2) {
      return null;
    }
    Node softmax = Match.producer(node.operand(0), Softmax.class);
    int rank = node.result().type().rank();
    if (softmax == null
        || rank < 3
        || !Match.isUsedOnce(node.operand(0))
        || !isAlongLastAxis(softmax)) {
      return null;
    }
    Value v = node.operand(1);
    Scores scores = scores(softmax.operand(0), context);
    if (scores == null || v.type().rank() != rank) {
      return null;
    }
    Node product = scores.product();
    Value q = product.operand(0);
    Scaled scaledK = keys(product, context);
    if (scaledK == null || q.type().rank() != rank || !sameBatch(q, scaledK.value(), v)) {
      return null;
    }
    double scale = scores.scale();
    Scaled scaledQ = unscaled(q, context);
    Attention attention = new Attention((float) (scale * scaledQ.scale() * scaledK.scale()));
    List<Value> operands = new ArrayList<>(List.of(scaledQ.value(), scaledK.value(), v));
    Value mask = scores.mask(context);
    if (mask != null) {
      operands.add(mask);
    }
    return Replacement.of(context.builder().add(attention, operands));
  }

  private static boolean isAlongLastAxis(Node softmax) {
    int axis = ((Softmax) softmax.op()).axis();
    return axis == -1 || axis == softmax.result().type().rank() - 1;
  }

  private static boolean sameBatch(Value q, Value k, Value v) {
    for (int i = 0; i < q.type().rank() - 2; i++) {
      if (!q.type().dim(i).equals(k.type().dim(i)) || !q.type().dim(i).equals(v.type().dim(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * What softmax is taken of.
   *
   * @param product the node that multiplies queries and keys
   * @param scale the factor of the product
   * @param added what is added, or null
   * @param where the node that puts a number in places, or null
   */
  private record Scores(Node product, double scale, @Nullable Value added, @Nullable Node where) {

    /** The additive mask, built if it must be; null if there is none. */
    @Nullable Value mask(RewriteContext context) {
      Node chosen = where;
      if (chosen == null) {
        return added;
      }
      boolean scoresFirst = context.uniform(chosen.operand(1)).isEmpty();
      Value number = chosen.operand(scoresFirst ? 2 : 1);
      Value zero = context.scalarLike(number, 0);
      return scoresFirst
          ? context.add(new Where(), chosen.operand(0), zero, number)
          : context.add(new Where(), chosen.operand(0), number, zero);
    }
  }

  private static @Nullable Scores scores(Value value, RewriteContext context) {
    if (!Match.isUsedOnce(value) || value.type().elementType() != ElementType.F32) {
      return null;
    }
    Scaled plain = unscaled(value, context);
    Node product = plainProduct(plain.value());
    if (product != null) {
      return new Scores(product, plain.scale(), null, null);
    }
    Node add = Match.binary(value, BinaryFunction.ADD);
    for (int i = 0; i < 2 && add != null; i++) {
      Scores found = masked(add.operand(i), add.operand(1 - i), null, value, context);
      if (found != null) {
        return found;
      }
    }
    Node where = Match.producer(value, Where.class);
    for (int i = 1; i < 3 && where != null; i++) {
      OptionalDouble number = context.uniform(where.operand(3 - i));
      // Only what drowns every score may be added instead of put in its place.
      if (number.isPresent() && number.getAsDouble() == Double.NEGATIVE_INFINITY) {
        Scores found = masked(where.operand(i), null, where, value, context);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private static @Nullable Scores masked(
      Value scaled,
      @Nullable Value added,
      @Nullable Node where,
      Value result,
      RewriteContext context) {
    if (!Match.isUsedOnce(scaled)) {
      return null;
    }
    Scaled scores = unscaled(scaled, context);
    Node product = plainProduct(scores.value());
    Shape shape = scaled.type().shape();
    Value mask = added != null ? added : where != null ? where.operand(0) : null;
    boolean fits =
        product != null
            && result.type().rank() == shape.rank()
            && (mask == null || keepsScores(mask.type().shape(), shape));
    return fits && product != null ? new Scores(product, scores.scale(), added, where) : null;
  }

  /**
   * Whether a mask does not make scores larger. Two symbols are taken to be one size, which most
   * exporters fail to say; a number beside a symbol may broadcast it.
   */
  private static boolean keepsScores(Shape mask, Shape scores) {
    for (int i = 1; i <= mask.rank(); i++) {
      Dim size = mask.dim(-i);
      boolean keeps =
          size.is(1)
              || size.equals(scores.dim(-i))
              || (!size.isFixed() && !scores.dim(-i).isFixed());
      if (!keeps) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Node plainProduct(Value value) {
    Node node = Match.producer(value, MatMul.class);
    return node != null
            && node.operands().size() == 2
            && !((MatMul) node.op()).transposeA()
            && Match.isUsedOnce(value)
        ? node
        : null;
  }

  /**
   * The keys {@code [..., Sk, D]} of {@code q k^T}, scaled before or after they were transposed;
   * null if they are no transpose.
   */
  private static @Nullable Scaled keys(Node product, RewriteContext context) {
    Scaled outer = unscaled(product.operand(1), context);
    if (((MatMul) product.op()).transposeB()) {
      return outer;
    }
    Node transpose = Match.producer(outer.value(), Transpose.class);
    if (transpose == null) {
      return null;
    }
    Scaled inner = unscaled(transpose.operand(0), context);
    List<Integer> permutation = new ArrayList<>(((Transpose) transpose.op()).permutation());
    int last = permutation.size() - 1;
    java.util.Collections.swap(permutation, last - 1, last);
    boolean identity = true;
    for (int i = 0; i <= last; i++) {
      identity = identity && permutation.get(i) == i;
    }
    Value keys = identity ? inner.value() : context.add(new Transpose(permutation), inner.value());
    return new Scaled(keys, outer.scale() * inner.scale());
  }

  /**
   * A number times a value.
   *
   * @param value the value
   * @param scale the number
   */
  private record Scaled(Value value, double scale) {}

  private static Scaled unscaled(Value value, RewriteContext context) {
    Node node = value.producer();
    if (node == null || !(node.op() instanceof Binary op)) {
      return new Scaled(value, 1);
    }
    for (int i = 0; i < 2; i++) {
      OptionalDouble number = context.uniform(node.operand(1 - i));
      boolean keeps = number.isPresent() && Forms.keepsShape(node.operand(i), value);
      if (keeps && op.function() == BinaryFunction.MUL) {
        return new Scaled(node.operand(i), number.getAsDouble());
      }
      if (keeps && op.function() == BinaryFunction.DIV && i == 0 && number.getAsDouble() != 0) {
        return new Scaled(node.operand(i), 1 / number.getAsDouble());
      }
    }
    return new Scaled(value, 1);
  }
}
