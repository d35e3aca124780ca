package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import java.util.Arrays;
import java.util.stream.LongStream;

/** Padding as copies to the parts of the result, in the order of dimensions the operand has. */
final class PadLowering {
  /** More parts are left to one kernel. */
  private static final long MOST_PARTS = 32;

  private final BlockLowering block;

  PadLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a node; false if a kernel has to do it. */
  boolean lower(Node node, Pad op) {
    ConstantData data = block.constant(node.operand(1));
    View x = block.operand(node, 0);
    if (data == null
        || block.emitter().isFolding()
        || x.layout().isBroadcast()
        || !LoopNest.takes(x.elementType())) {
      return false;
    }
    int rank = x.layout().rank();
    long[] pads = LongStream.range(0, 2L * rank).map(data::getLong).toArray();
    if (!areFew(op.mode(), pads, x.layout())) {
      return false;
    }
    int[] order = x.layout().order();
    View into =
        block.allocate(node.result(), Layout.permuted(Types.dims(node.result().type()), order));
    if (op.mode() == PadMode.CONSTANT) {
      constant(x, block.operand(node, 2), into, pads, order);
    } else {
      repeated(op.mode(), x, into, pads, order);
    }
    block.define(node.result(), into);
    return true;
  }

  private static boolean areFew(PadMode mode, long[] pads, Layout layout) {
    long sum = Arrays.stream(pads).sum();
    boolean few = mode == PadMode.CONSTANT || sum <= MOST_PARTS;
    for (int i = 0; i < pads.length; i++) {
      long size = layout.dim(i % layout.rank());
      boolean once = mode != PadMode.REFLECT || pads[i] < size;
      few &= pads[i] >= 0 && (once || pads[i] == 0);
    }
    return few;
  }

  /** A part of some places of one axis. */
  private static View part(View view, int axis, long start, long size) {
    return view.with(view.layout().slice(axis, start, 1, size));
  }

  private void constant(View x, View value, View into, long[] pads, int[] order) {
    View rest = into;
    for (int axis : order) {
      long size = x.layout().dim(axis);
      fill(value, part(rest, axis, 0, pads[axis]));
      fill(value, part(rest, axis, pads[axis] + size, pads[order.length + axis]));
      rest = part(rest, axis, pads[axis], size);
    }
    block.emitter().copy(x, rest);
  }

  private void fill(View value, View part) {
    block.emitter().copy(value.with(value.layout().broadcast(part.layout().dims())), part);
  }

  /** Copies first what is given, and then, axis by axis from the innermost, what stands around. */
  private void repeated(PadMode mode, View x, View into, long[] pads, int[] order) {
    View[] parts = new View[order.length];
    View rest = into;
    for (int i = 0; i < order.length; i++) {
      parts[i] = rest;
      rest = part(rest, order[i], pads[order[i]], x.layout().dim(order[i]));
    }
    block.emitter().copy(x, rest);
    for (int i = order.length - 1; i >= 0; i--) {
      int axis = order[i];
      long before = pads[axis];
      long size = x.layout().dim(axis);
      for (long at = 0; at < into.layout().dim(axis); at++) {
        if (at < before || at >= before + size) {
          long from = before + place(mode, at - before, size);
          block.emitter().copy(part(parts[i], axis, from, 1), part(parts[i], axis, at, 1));
        }
      }
    }
  }

  /** Which place of the operand stands at a place that is none of it. */
  private static long place(PadMode mode, long at, long size) {
    return switch (mode) {
      case REFLECT -> at < 0 ? -at : 2 * (size - 1) - at;
      case EDGE -> at < 0 ? 0 : size - 1;
      case WRAP -> Math.floorMod(at, size);
      case CONSTANT -> throw new IllegalArgumentException("a constant has no place");
    };
  }
}
