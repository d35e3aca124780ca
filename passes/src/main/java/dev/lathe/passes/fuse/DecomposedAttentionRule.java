package dev.lathe.passes.fuse;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
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
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code softmax(scale * q k^T + mask) v = attention(q, k, v, mask)} (Vaswani et al. 2017).
 *
 * <p>The scale may be a factor or a divisor of the product, of q, of k, or of several of them. What
 * masks are understood, {@link Scores} says. Weights that are not a number may be replaced by 0, as
 * exporters do for rows in which nothing may be attended to. The keys are a transpose, which is
 * taken back, or the product's transpose flag.
 */
final class DecomposedAttentionRule extends RewriteRule<MatMul> {
  DecomposedAttentionRule() {
    super(MatMul.class);
  }

  @Override
  protected @Nullable Replacement rewrite(MatMul op, Node node, RewriteContext context) {
    Node zeroed = zeroed(node.operand(0), context);
    Node softmax = zeroed == null ? Match.producer(node.operand(0), Softmax.class) : zeroed;
    int rank = node.result().type().rank();
    if (softmax == null || op.transposeA() || node.operands().size() != 2) {
      return null; // Probabilities read transposed, or something is added to what they weigh.
    }
    boolean isOwn = zeroed != null || Match.isUsedOnce(softmax.result());
    if (rank < 3 || !isOwn || !isAlongLastAxis(softmax)) {
      return null; // No batch; others look at the probabilities; or they sum up elsewhere.
    }
    Scores scores = Scores.of(softmax.operand(0), context);
    if (scores == null) {
      return null;
    }
    Forms.Scaled q = Forms.unscaled(scores.product().operand(0), context);
    Forms.Scaled k = keys(scores.product(), context);
    if (k == null) {
      return null; // The keys [..., D, Sk] are not a transpose: turning them would be a copy.
    }
    Value v = op.transposeB() ? transposed(node.operand(1), context) : node.operand(1);
    if (!isSameBatch(q.value(), k.value(), v)) {
      return null; // One of them is broadcast.
    }
    List<Value> operands = new ArrayList<>(List.of(q.value(), k.value(), v));
    Value mask = scores.mask(context);
    if (mask != null) {
      operands.add(mask);
    }
    double scale = scores.scale() * q.scale() * k.scale();
    Attention attention = new Attention((float) scale, zeroed != null);
    return Replacement.of(context.builder().add(attention, operands));
  }

  /**
   * The softmax {@code p} of {@code where(is_nan(p), 0, p)}, which nothing else reads; null if the
   * value is something else.
   */
  private static @Nullable Node zeroed(Value value, RewriteContext context) {
    Node where = Match.isUsedOnce(value) ? Match.producer(value, Where.class) : null;
    if (where == null) {
      return null;
    }
    Node isNan = Match.unary(where.operand(0), UnaryFunction.IS_NAN);
    Node softmax = Match.producer(where.operand(2), Softmax.class);
    boolean fits =
        isNan != null
            && softmax != null
            && isNan.operand(0) == softmax.result()
            && Match.isUsedOnce(isNan.result())
            && softmax.result().users().size() == 2
            && !softmax.result().isBlockResult()
            && context.isUniform(where.operand(1), 0);
    return fits ? softmax : null;
  }

  private static boolean isAlongLastAxis(Node softmax) {
    int axis = ((Softmax) softmax.op()).axis();
    return axis == -1 || axis == softmax.result().type().rank() - 1;
  }

  private static boolean isSameBatch(Value q, Value k, Value v) {
    int rank = q.type().rank();
    if (k.type().rank() != rank || v.type().rank() != rank) {
      return false;
    }
    for (int i = 0; i < rank - 2; i++) {
      if (!q.type().dim(i).equals(k.type().dim(i)) || !q.type().dim(i).equals(v.type().dim(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The keys {@code [..., Sk, D]} of {@code q k^T}, scaled before or after they were transposed;
   * null if they are no transpose.
   */
  private static Forms.@Nullable Scaled keys(Node product, RewriteContext context) {
    Forms.Scaled outer = Forms.unscaled(product.operand(1), context);
    if (((MatMul) product.op()).transposeB()) {
      return outer;
    }
    Node transpose = Match.producer(outer.value(), Transpose.class);
    if (transpose == null) {
      return null;
    }
    Forms.Scaled inner = Forms.unscaled(transpose.operand(0), context);
    List<Integer> permutation = ((Transpose) transpose.op()).permutation();
    Value keys = transposed(inner.value(), permutation, context);
    return new Forms.Scaled(keys, outer.scale() * inner.scale());
  }

  /**
   * {@code value} with its last two axes exchanged: no node where it is such a transpose itself.
   */
  private static Value transposed(Value value, RewriteContext context) {
    Node inner = Match.producer(value, Transpose.class);
    if (inner != null) {
      return transposed(inner.operand(0), ((Transpose) inner.op()).permutation(), context);
    }
    return transposed(value, IntStream.range(0, value.type().rank()).boxed().toList(), context);
  }

  /** {@code source}, its axes permuted, then the last two exchanged; no node where none moves. */
  private static Value transposed(Value source, List<Integer> permutation, RewriteContext context) {
    List<Integer> axes = new ArrayList<>(permutation);
    int rank = axes.size();
    Collections.swap(axes, rank - 2, rank - 1);
    boolean identity = axes.equals(IntStream.range(0, rank).boxed().toList());
    return identity ? source : context.add(new Transpose(axes), source);
  }
}
