package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.IndexingOp.NonZero;
import dev.lathe.ir.op.IndexingOp.ScatterElements;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import dev.lathe.ir.op.ReductionOp.CumSum;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operators that cut parts out of tensors or put something around them. */
final class SliceHandlers {

  private SliceHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("Slice", SliceHandlers::slice);
    handlers.add("Split", SliceHandlers::split);
    handlers.add("Pad", SliceHandlers::pad);
    handlers.add("Compress", SliceHandlers::compress);
  }

  /**
   * {@code Slice}: attributes until version 9, inputs from 10 on; axes and steps may be left out.
   */
  private static List<Value> slice(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    boolean attributes = node.opset() < 10;
    Value starts = attributes ? bounds(node, "starts") : emit.asVector(node.asLongs(1));
    Value ends = attributes ? bounds(node, "ends") : emit.asVector(node.asLongs(2));
    Dim length = starts.type().dim(0);
    if (!length.isFixed() || length.value() > x.type().rank()) {
      throw node.invalid("starts are " + starts.type() + " for an input of " + x.type());
    }
    int count = Math.toIntExact(length.value());
    List<Long> axes = LongStream.range(0, count).boxed().toList();
    if (attributes) {
      axes = node.attributes().integers("axes", axes);
    } else if (node.has(3)) {
      List<Long> known = node.longs(3);
      if (known == null) {
        return List.of(sliceSomeAxes(node, x, starts, ends));
      }
      axes = known;
    }
    Value steps =
        !attributes && node.has(4)
            ? emit.asVector(node.asLongs(4))
            : emit.longs(Collections.nCopies(count, 1L));
    List<Integer> small =
        axes.stream().map(a -> a == a.intValue() ? a.intValue() : Integer.MAX_VALUE).toList();
    return List.of(count == 0 ? x : emit.add(new Slice(small), x, starts, ends, steps));
  }

  /**
   * With axes that are computed: all axes are sliced, those not named from their start to their
   * end.
   */
  private static Value sliceSomeAxes(OnnxNode node, Value x, Value starts, Value ends) {
    Emitter emit = node.emit();
    int rank = x.type().rank();
    Value axes = emit.asVector(node.asLongs(3));
    ScatterElements scatter = new ScatterElements(0, ScatterReduction.NONE);
    Value zeros = emit.longs(Collections.nCopies(rank, 0L));
    Value longest = emit.longs(Collections.nCopies(rank, Long.MAX_VALUE));
    Value ones = emit.longs(Collections.nCopies(rank, 1L));
    Value allStarts = emit.add(scatter, zeros, axes, starts);
    Value allEnds = emit.add(scatter, longest, axes, ends);
    Value allSteps =
        node.has(4) ? emit.add(scatter, ones, axes, emit.asVector(node.asLongs(4))) : ones;
    List<Integer> every = IntStream.range(0, rank).boxed().toList();
    return emit.add(new Slice(every), x, allStarts, allEnds, allSteps);
  }

  private static Value bounds(OnnxNode node, String name) {
    List<Long> values = node.attributes().integers(name);
    if (values == null) {
      throw node.attributes().refuse(name, "is missing");
    }
    return node.emit().longs(values);
  }

  /** {@code Split}: sizes are an input from version 13 on; their number an attribute from 18 on. */
  private static List<Value> split(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    int axis = node.axis("axis", 0, x.type().rank());
    if (node.opset() >= 13 && node.has(1) && isComputed(node.in(1))) {
      return splitBySums(node, x, axis);
    }
    List<Dim> sizes = sizes(node, x.type().dim(axis));
    List<Value> parts = new ArrayList<>();
    Dim start = Dim.ZERO;
    for (Dim size : sizes) {
      Dim end = start.plus(size);
      parts.add(emit.slice(x, axis, emit.dims(List.of(start)), emit.dims(List.of(end))));
      start = end;
    }
    return parts;
  }

  private static boolean isComputed(Value sizes) {
    PropagatedData data = sizes.data();
    return data == null || data.isUnbacked();
  }

  /** With sizes that are computed: each part ends at the sum of the sizes so far. */
  private static List<Value> splitBySums(OnnxNode node, Value x, int axis) {
    Emitter emit = node.emit();
    Value ends = emit.add(new CumSum(0, false, false), node.asLongs(1));
    List<Value> parts = new ArrayList<>();
    Value start = emit.longs(0);
    for (int i = 0; i < node.outputs(); i++) {
      Value end = emit.slice(ends, 0, emit.longs(i), emit.longs(i + 1));
      parts.add(emit.slice(x, axis, start, end));
      start = end;
    }
    return parts;
  }

  private static List<Dim> sizes(OnnxNode node, Dim total) {
    if (node.opset() < 13) {
      List<Long> stated = node.attributes().integers("split");
      if (stated != null) {
        return checked(node, stated.stream().map(Dim::of).toList(), total);
      }
    } else if (node.has(1)) {
      PropagatedData data = Objects.requireNonNull(node.in(1).data());
      return checked(node, data.elements(), total);
    }
    long count = node.attributes().integer("num_outputs", node.outputs());
    if (count != node.outputs() || count < 1) {
      throw node.attributes()
          .refuse("num_outputs", "is " + count + " for " + node.outputs() + " outputs");
    }
    if (total.isUnbacked()) {
      throw node.unsupported("an axis whose size depends on data", "give the sizes of the parts");
    }
    // All parts are alike, but for the last, which may be smaller (version 18).
    Dim part = total.ceilDiv(count);
    List<Dim> sizes = new ArrayList<>(Collections.nCopies((int) count - 1, part));
    sizes.add(total.minus(part.times(count - 1)));
    return sizes;
  }

  private static List<Dim> checked(OnnxNode node, List<Dim> sizes, Dim total) {
    Dim sum = Dim.ZERO;
    for (Dim size : sizes) {
      sum = sum.plus(size);
      if (size.isFixed() && size.value() < 0) {
        throw node.invalid("the sizes " + sizes + " hold a negative one");
      }
    }
    if (sizes.size() != node.outputs()
        || (sum.isFixed() && total.isFixed() && !sum.equals(total))) {
      throw node.invalid(
          "sizes "
              + sizes
              + " do not divide an axis of "
              + total
              + " into "
              + node.outputs()
              + " parts");
    }
    return sizes;
  }

  /** {@code Pad}: attributes until version 10, inputs from 11 on, for some axes only from 18 on. */
  private static List<Value> pad(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    PadMode mode =
        switch (node.attributes().text("mode", "constant")) {
          case "constant" -> PadMode.CONSTANT;
          case "reflect" -> PadMode.REFLECT;
          case "edge" -> PadMode.EDGE;
          case "wrap" -> PadMode.WRAP;
          default ->
              throw node.attributes().refuse("mode", "is none of constant, reflect, edge, wrap");
        };
    if (node.opset() < 11) {
      Value value = emit.scalarLike(x, node.attributes().number("value", 0));
      String name = node.opset() < 2 ? "paddings" : "pads";
      return List.of(emit.add(new Pad(mode), x, bounds(node, name), value));
    }
    Value pads = emit.flat(node.asLongs(1));
    if (node.has(3)) {
      pads = everyAxis(node, pads, node.needLongs(3, "axes"), x.type().rank());
    }
    Value value = node.has(2) ? emit.asScalar(node.in(2)) : emit.scalarLike(x, 0);
    return List.of(emit.add(new Pad(mode), x, pads, value));
  }

  /** Pads of some axes as pads of all: those not named take the zero put behind the given ones. */
  private static Value everyAxis(OnnxNode node, Value pads, List<Long> axes, int rank) {
    Emitter emit = node.emit();
    long[] from = new long[2 * rank];
    Arrays.fill(from, 2L * axes.size());
    for (int i = 0; i < axes.size(); i++) {
      int axis = node.axes(List.of(axes.get(i)), rank).get(0);
      from[axis] = i;
      from[rank + axis] = (long) axes.size() + i;
    }
    Value withZero = emit.concat(0, List.of(pads, emit.longs(0)));
    return emit.gather(withZero, 0, emit.longs(from));
  }

  /** {@code Compress}-11: the slices, or without an axis the elements, whose condition holds. */
  private static List<Value> compress(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    boolean flat = !node.attributes().has("axis");
    int axis = flat ? 0 : node.axis("axis", 0, x.type().rank());
    Value kept = emit.squeeze(emit.add(new NonZero(), node.in(1)), 0);
    return List.of(emit.gather(flat ? emit.flat(x) : x, axis, emit.cast(kept, ElementType.I64)));
  }
}
