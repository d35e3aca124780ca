package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.program.HostSource;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nodes that become a kernel in Java, or that the reference interpreter has to compute. */
final class HostLowering {
  private final BlockLowering block;

  HostLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers any node without nested blocks. */
  void lower(Node node) {
    if (node.op() instanceof ElementwiseOp && elementwise(node)) {
      return;
    }
    List<View> operands = new ArrayList<>();
    for (Value operand : node.operands()) {
      operands.add(block.emitter().dense(block.typed(operand)));
    }
    List<View> results = new ArrayList<>();
    for (Value result : node.results()) {
      results.add(block.allocateDense(result));
    }
    emit(node, types(node.operands()), types(node.results()), operands, results);
    for (int i = 0; i < results.size(); i++) {
      block.define(node.results().get(i), results.get(i));
    }
  }

  private static List<TensorType> types(List<Value> values) {
    return values.stream().map(Value::type).toList();
  }

  private void emit(
      Node node,
      List<TensorType> operandTypes,
      List<TensorType> resultTypes,
      List<View> operands,
      List<View> results) {
    List<@Nullable ConstantData> constants = new ArrayList<>();
    for (Value operand : node.operands()) {
      constants.add(block.constant(operand));
    }
    Emitter emitter = block.emitter();
    emitter.host(
        new HostSource.OfOp(
            node.op(), operandTypes, resultTypes, constants, emitter.target().threads()),
        operands,
        results);
  }

  /**
   * Element-wise kernels do not care which dimension is which: they see the dimensions in the order
   * in which the first operand has them in memory.
   */
  private boolean elementwise(Node node) {
    long[] dims = Types.dims(node.result().type());
    Layout leader = null;
    for (Value operand : node.operands()) {
      Layout layout = block.typed(operand).layout();
      if (Arrays.equals(layout.dims(), dims)
          && layout.isPacked()
          && (leader == null || (leader.isDense() && !layout.isDense()))) {
        leader = layout;
      }
    }
    if (leader == null || leader.isDense()) {
      return false;
    }
    int[] order = leader.order();
    List<View> operands = new ArrayList<>();
    List<TensorType> operandTypes = new ArrayList<>();
    for (Value operand : node.operands()) {
      View view = block.typed(operand);
      View full = view.with(view.layout().prepend(dims.length));
      View lying = block.emitter().as(full, Layout.permuted(full.layout().dims(), order));
      operands.add(lying);
      operandTypes.add(
          TensorType.of(operand.type().elementType(), lying.layout().transpose(order).dims()));
    }
    View result = block.allocate(node.result(), Layout.permuted(dims, order));
    TensorType resultType =
        TensorType.of(node.result().type().elementType(), result.layout().transpose(order).dims());
    emit(node, operandTypes, List.of(resultType), operands, List.of(result));
    block.define(node.result(), result);
    return true;
  }
}
