package dev.lathe.ir;

import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.Operands;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets what became known of a value reach what is computed from it. Knowledge only grows: a fixed
 * dimension replaces a symbol, and one that is backed replaces one that depends on data.
 */
final class Refinement {
  private Refinement() {}

  /** See {@link GraphEditor#refine(Node)}. */
  static boolean refine(Node node) {
    refineBlocks(node);
    List<TensorType> types;
    List<@Nullable PropagatedData> data;
    try {
      Operands view = BlockBuilder.view(node.operands(), node.block().freshDims());
      types = node.op().infer(view);
      data = DataPropagation.propagate(node.op(), view, types);
    } catch (IllegalArgumentException | ArithmeticException e) {
      // What is known now shows that the node can never run, as in the branch of an if that is
      // never taken; it stays as it is.
      return false;
    }
    boolean changed = false;
    for (int i = 0; i < types.size(); i++) {
      changed |= refine(node.results().get(i), types.get(i), data.get(i));
    }
    return changed;
  }

  /** Adds what {@code type} and {@code data} say to what is known of {@code value}. */
  static boolean refine(Value value, TensorType type, @Nullable PropagatedData data) {
    TensorType old = value.type();
    Shape shape = new Shape(merge(old.shape().dims(), type.shape().dims()));
    PropagatedData merged = value.data();
    if (merged == null) {
      merged = data;
    } else if (data != null && data.elements().size() == merged.elements().size()) {
      merged = new PropagatedData(merged.scalar(), merge(merged.elements(), data.elements()));
    }
    boolean changed = !shape.equals(old.shape()) || !java.util.Objects.equals(merged, value.data());
    value.setType(old.withShape(shape));
    value.setData(merged);
    return changed;
  }

  private static List<Dim> merge(List<Dim> known, List<Dim> other) {
    List<Dim> result = new ArrayList<>(known.size());
    for (int i = 0; i < known.size(); i++) {
      Dim a = known.get(i);
      Dim b = other.get(i);
      boolean better = !a.isFixed() && (b.isFixed() || (a.isUnbacked() && !b.isUnbacked()));
      result.add(better ? b : a);
    }
    return result;
  }

  private static void refineBlocks(Node node) {
    switch (node.op()) {
      case ControlFlowOp.If branch -> {
        refineBlock(branch.thenBlock(), 0, node.operands().subList(1, node.operands().size()));
        refineBlock(branch.elseBlock(), 0, node.operands().subList(1, node.operands().size()));
      }
      // Carried values change from trip to trip; only what is captured stays what it is.
      case ControlFlowOp.Loop loop -> {
        int from = 2 + loop.carried();
        refineBlock(loop.body(), from, node.operands().subList(from, node.operands().size()));
      }
      default -> {}
    }
  }

  /** Lets arguments {@code from} on know what is known of {@code given}, and then every node. */
  private static void refineBlock(Block block, int from, List<Value> given) {
    boolean changed = false;
    for (int i = 0; i < given.size(); i++) {
      Value outer = given.get(i);
      changed |= refine(block.arguments().get(from + i), outer.type(), outer.data());
    }
    if (changed) {
      for (Node node : block.nodes()) {
        refine(node);
      }
    }
  }
}
