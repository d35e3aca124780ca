package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.jit.Loops;
import dev.lathe.backend.onednn.jit.Loops.Action;
import dev.lathe.backend.onednn.jit.Loops.Step;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Element-wise functions that oneDNN lacks as generated loops: those that broadcast both operands,
 * choices, and functions of booleans.
 */
final class LoopLowering {
  private final BlockLowering block;

  LoopLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a node; false if there is no code for it. */
  boolean lower(Node node, ElementwiseOp op) {
    Action action = action(node, op);
    if (action == null || block.emitter().isFolding()) {
      return false;
    }
    long[] dims = Types.dims(node.result().type());
    List<View> views = new ArrayList<>();
    for (Value operand : node.operands()) {
      views.add(block.typed(operand));
    }
    View into = block.allocate(node.result(), layout(views, dims));
    views.add(into);
    Loops code = LoopNest.of(views, List.of(new Step(action, 0, 1, 2)));
    if (code == null) {
      return false;
    }
    block.emitter().loops(code, node.op().mnemonic(), views, false);
    block.define(node.result(), into);
    return true;
  }

  /** As the first operand lies that has all dimensions, none of them repeated. */
  private static Layout layout(List<View> views, long[] dims) {
    for (View view : views) {
      Layout layout = view.layout();
      if (Arrays.equals(layout.dims(), dims) && !layout.isBroadcast()) {
        return Layout.permuted(dims, layout.order());
      }
    }
    return Layout.dense(dims);
  }

  private static @Nullable Action action(Node node, ElementwiseOp op) {
    boolean numbers = areAll(node, ElementType.F32);
    return switch (op) {
      case ElementwiseOp.Binary binary ->
          numbers || areAll(node, ElementType.BOOL) ? action(binary.function(), numbers) : null;
      case ElementwiseOp.Where where ->
          node.result().type().elementType() == ElementType.F32 ? Action.WHERE : null;
      case ElementwiseOp.Unary unary ->
          switch (unary.function()) {
            case NOT -> Action.NOT;
            case IS_NAN -> numbers ? Action.IS_NAN : null;
            default -> null;
          };
      default -> null;
    };
  }

  private static @Nullable Action action(ElementwiseOp.BinaryFunction function, boolean numbers) {
    return switch (function) {
      case ADD -> numbers ? Action.ADD : null;
      case SUB -> numbers ? Action.SUB : null;
      case MUL -> numbers ? Action.MUL : null;
      case DIV -> numbers ? Action.DIV : null;
      case AND -> numbers ? null : Action.AND;
      case OR -> numbers ? null : Action.OR;
      default -> null;
    };
  }

  private static boolean areAll(Node node, ElementType type) {
    return node.operands().stream().allMatch(operand -> operand.type().elementType() == type);
  }
}
