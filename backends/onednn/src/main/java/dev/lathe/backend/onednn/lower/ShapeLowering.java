package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ShapeOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Ops that move whole parts of tensors: most only change strides and move nothing. */
final class ShapeLowering {
  /** Rows to be joined by generated code: fewer, and longer ones, oneDNN copies as fast. */
  private static final int LEAST_ROWS = 16;

  private static final int MOST_WIDTH = 2048;

  /** Of more parts, calls cost more than they save. */
  private static final int MOST_COPIES = 8;

  /** Into how many units the rows are divided. */
  private static final int UNITS = 16;

  private final BlockLowering block;

  ShapeLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a node without arithmetic; false if a kernel has to do it. */
  boolean lower(Node node, ShapeOp op) {
    if (node.result().type().elementType().bits() < 8) {
      return false;
    }
    return switch (op) {
      case ShapeOp.Reshape reshape -> reshape(node);
      case ShapeOp.Squeeze squeeze -> reshape(node);
      case ShapeOp.Unsqueeze unsqueeze -> reshape(node);
      case ShapeOp.Transpose transpose -> {
        View view = block.operand(node, 0);
        int[] order = transpose.permutation().stream().mapToInt(Integer::intValue).toArray();
        block.define(node.result(), view.with(view.layout().transpose(order)));
        yield true;
      }
      case ShapeOp.Expand expand -> {
        View view = block.operand(node, 0);
        block.define(
            node.result(), view.with(view.layout().broadcast(Types.dims(node.result().type()))));
        yield true;
      }
      case ShapeOp.Slice slice -> slice(node, slice);
      case ShapeOp.Concat concat -> concat(node, concat);
      case ShapeOp.ShapeOf shape -> false;
      case ShapeOp.Pad pad -> new PadLowering(block).lower(node, pad);
      case ShapeOp.Tile tile -> false;
      case ShapeOp.Resize resize -> new ResizeLowering(block).lower(node, resize);
    };
  }

  private boolean reshape(Node node) {
    View view = block.operand(node, 0);
    long[] dims = Types.dims(node.result().type());
    Layout layout = view.layout().reshape(dims);
    if (layout == null || view.layout().isBroadcast()) {
      View dense = block.emitter().dense(view);
      view = dense;
      layout = Layout.dense(dims).at(dense.layout().offset());
    }
    block.define(node.result(), view.with(layout));
    return true;
  }

  private boolean slice(Node node, ShapeOp.Slice op) {
    ConstantData starts = block.constant(node.operand(1));
    ConstantData steps = block.constant(node.operand(3));
    if (starts == null || steps == null) {
      return false;
    }
    View view = block.operand(node, 0);
    Layout layout = view.layout();
    long[] dims = Types.dims(node.result().type());
    List<Integer> axes = Axes.normalize(op.axes(), layout.rank());
    for (int i = 0; i < axes.size(); i++) {
      int axis = axes.get(i);
      long size = layout.dim(axis);
      long start = starts.getLong(i);
      long step = steps.getLong(i);
      if (step < 0 && dims[axis] > 1) {
        return false;
      }
      long last = step < 0 ? size - 1 : size;
      layout =
          layout.slice(
              axis, Math.clamp(start < 0 ? start + size : start, 0, last), step, dims[axis]);
    }
    block.define(node.result(), view.with(layout));
    return true;
  }

  private boolean concat(Node node, ShapeOp.Concat op) {
    int axis = Axes.normalize(op.axis(), node.result().type().rank());
    List<View> parts = new ArrayList<>();
    for (Value operand : node.operands()) {
      if (block.view(operand).layout().count() > 0) {
        parts.add(block.view(operand));
      }
    }
    if (parts.size() == 1) {
      block.define(node.result(), parts.getFirst());
      return true;
    }
    Layout layout = layout(Types.dims(node.result().type()), parts);
    View result = block.allocate(node.result(), layout);
    boolean copied = !block.emitter().isFolding() && areCopiedWell(axis, parts, result);
    if (!rows(axis, parts, result) && (copied || !primitive(node, axis, parts, result))) {
      long start = 0;
      for (View part : parts) {
        long size = part.layout().dim(axis);
        block.emitter().copy(part, result.with(result.layout().slice(axis, start, 1, size)));
        start += size;
      }
    }
    block.define(node.result(), result);
    return true;
  }

  /** Whether the parts are copied by generated code, in long runs. */
  private static boolean areCopiedWell(int axis, List<View> parts, View result) {
    long start = 0;
    for (View part : parts) {
      long size = part.layout().dim(axis);
      View into = result.with(result.layout().slice(axis, start, 1, size));
      if (parts.size() > MOST_COPIES || CopyKernel.loops(part, into, false) == null) {
        return false;
      }
      start += size;
    }
    return true;
  }

  /** The order of dimensions that the first part with another order than row-major has. */
  private static Layout layout(long[] dims, List<View> parts) {
    for (View part : parts) {
      if (part.layout().isPacked() && !part.layout().isDense()) {
        return Layout.permuted(dims, part.layout().order());
      }
    }
    return Layout.dense(dims);
  }

  /** Short rows beside each other, which oneDNN copies one by one. */
  private boolean rows(int axis, List<View> parts, View result) {
    Emitter emitter = block.emitter();
    int[] order = result.layout().order();
    long inner = 1;
    for (int i = order.length - 1; order[i] != axis; i--) {
      inner *= result.layout().dim(order[i]);
    }
    long width = inner * result.layout().dim(axis);
    long rows = result.layout().count() / width;
    if (result.elementType() != ElementType.F32
        || emitter.isFolding()
        || rows < LEAST_ROWS
        || width > MOST_WIDTH
        || parts.size() > CodeSource.JoinRows.MOST_PARTS
        || !OneDnn.hasAvx512()) {
      return false;
    }
    List<View> operands = new ArrayList<>();
    List<Integer> widths = new ArrayList<>();
    for (View part : parts) {
      Layout wanted = Layout.permuted(part.layout().dims(), order);
      if (!part.layout().sameAs(wanted.at(part.layout().offset())) && !part.isConstant()) {
        return false;
      }
      operands.add(emitter.as(part, wanted));
      widths.add((int) (inner * part.layout().dim(axis)));
    }
    operands.add(result);
    int unitRows = (int) Math.ceilDiv(rows, UNITS);
    CodeSource.JoinRows code = new CodeSource.JoinRows((int) rows, widths, unitRows);
    if (!code.isAddressable()) {
      return false;
    }
    emitter.generated(
        code, "concat", 0, code.units(), 2 * result.byteSize(), operands, emitter.sources());
    return true;
  }

  private boolean primitive(Node node, int axis, List<View> parts, View result) {
    DataType type = Types.dataType(node.result().type().elementType());
    if (type == null || result.layout().rank() > 6) {
      return false;
    }
    List<View> packed = new ArrayList<>();
    List<MemoryDescriptor> descriptors = new ArrayList<>();
    for (View part : parts) {
      Layout wanted = Layout.permuted(part.layout().dims(), result.layout().order());
      boolean lies = part.layout().sameAs(wanted.at(part.layout().offset()));
      if (!lies && !part.isConstant()) {
        return false;
      }
      packed.add(block.emitter().as(part, wanted));
      descriptors.add(Types.descriptor(type, wanted));
    }
    MemoryDescriptor destination = Types.descriptor(result);
    Optional<PrimitiveDescriptor> found =
        block
            .emitter()
            .request(new Operation.Concat(descriptors, destination, axis), Attributes.NONE);
    if (found.isEmpty()) {
      return false;
    }
    Emitter.Kernel kernel = block.emitter().kernel(found.get());
    for (int i = 0; i < packed.size(); i++) {
      kernel.with(Argument.multipleSource(i), descriptors.get(i), packed.get(i));
    }
    kernel.with(Argument.DST, destination, result).emit("concat");
    return true;
  }
}
