package dev.lathe.passes.simplify;

import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.passes.rewrite.Match;
import dev.lathe.passes.rewrite.Replacement;
import dev.lathe.passes.rewrite.RewriteContext;
import dev.lathe.passes.rewrite.RewriteRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code f(x) = x} where f moves nothing: a reshape or expansion to the shape there is, a
 * transposition that keeps the order, a slice of everything, a concatenation of one, padding by
 * nothing, a resize to the size there is, a cast to the same type.
 */
final class IdentityRule extends RewriteRule<Op> {
  IdentityRule() {
    super(Op.class);
  }

  @Override
  protected @Nullable Replacement rewrite(Op op, Node node, RewriteContext context) {
    if (node.operands().isEmpty()) {
      return null;
    }
    Value x = node.operand(0);
    boolean sameType = Match.isSameType(x, node.result());
    boolean identity =
        switch (op) {
          case ShapeOp.Reshape ignored -> sameType;
          case ShapeOp.Expand ignored -> sameType;
          case ShapeOp.Squeeze ignored -> sameType;
          case ShapeOp.Unsqueeze ignored -> sameType;
          case ShapeOp.Transpose transpose -> isIdentity(transpose.permutation());
          case ShapeOp.Slice ignored -> sameType && steps(node, 3, 1);
          case ShapeOp.Tile ignored -> steps(node, 1, 1);
          case ShapeOp.Concat ignored -> node.operands().size() == 1;
          case ShapeOp.Pad ignored -> steps(node, 1, 0);
          case ShapeOp.Resize resize -> sameType && keepsPositions(resize, node, context);
          case ElementwiseOp.Cast cast -> cast.to() == x.type().elementType();
          default -> false;
        };
    return identity ? Replacement.of(x) : null;
  }

  private static boolean keepsPositions(ShapeOp.Resize resize, Node node, RewriteContext context) {
    if (resize.transform() == ShapeOp.CoordinateTransform.TF_HALF_PIXEL_FOR_NN) {
      return false; // It looks half an element further even where the sizes agree.
    }
    // Factors near 1 may round to the same size, and still shift positions.
    return !resize.byScales() || context.isUniform(node.operand(1), 1);
  }

  private static boolean isIdentity(List<Integer> permutation) {
    for (int i = 0; i < permutation.size(); i++) {
      if (permutation.get(i) != i) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether all elements of an operand are known to be {@code number}; a backward slice is no
   * identity.
   */
  private static boolean steps(Node node, int operand, long number) {
    var data = node.operand(operand).data();
    return data != null && data.elements().stream().allMatch(d -> d.is(number));
  }
}
