package dev.lathe.backend.onednn.host;

import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.Expand;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ShapeOf;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.ir.op.ShapeOp.Squeeze;
import dev.lathe.ir.op.ShapeOp.Tile;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.ir.op.ShapeOp.Unsqueeze;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Kernels of ops that move whole parts of tensors. */
final class ShapeKernels {
  private ShapeKernels() {}

  static @Nullable HostKernel create(ShapeOp op, Request request) {
    if (op instanceof Reshape || op instanceof Squeeze || op instanceof Unsqueeze) {
      return new CopyKernel(request.results().get(0).byteSize());
    }
    if (request.width() == 0) {
      return null; // Packed elements share bytes.
    }
    return switch (op) {
      case Reshape ignored -> null;
      case Squeeze ignored -> null;
      case Unsqueeze ignored -> null;
      case ShapeOf shapeOf -> shapeOf(shapeOf, request);
      case Transpose(List<Integer> permutation) -> transpose(permutation, request);
      case Expand ignored -> expand(request);
      case Concat(int axis) -> concat(axis, request);
      case Slice(List<Integer> axes) -> slice(axes, request);
      case Pad(PadMode mode) -> pad(mode, request);
      case Tile ignored -> tile(request);
      case Resize resize -> ResizeKernels.create(resize, request);
    };
  }

  /** Copies all bytes. */
  private record CopyKernel(long size) implements HostKernel {
    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      MemorySegment.copy(operands[0], 0, results[0], 0, size);
    }
  }

  /** Copies a box from each operand. */
  private static final class BoxKernel implements HostKernel {
    private final BoxCopy[] boxes;

    BoxKernel(BoxCopy... boxes) {
      this.boxes = boxes;
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      for (int i = 0; i < boxes.length; i++) {
        boxes[i].run(operands[i], results[0]);
      }
    }
  }

  private static HostKernel shapeOf(ShapeOf op, Request request) {
    long[] sizes =
        op.of(request.operands().get(0).shape()).stream().mapToLong(d -> d.value()).toArray();
    return (operands, results) ->
        MemorySegment.copy(sizes, 0, results[0], Elements.LONG, 0, sizes.length);
  }

  private static HostKernel transpose(List<Integer> permutation, Request request) {
    long[] own = Shapes.strides(request.shape(0));
    long[] result = request.resultShape();
    long[] from = new long[result.length];
    for (int i = 0; i < from.length; i++) {
      from[i] = own[permutation.get(i)];
    }
    return new BoxKernel(BoxCopy.of(request.width(), result, from, Shapes.strides(result)));
  }

  private static HostKernel expand(Request request) {
    long[] result = request.resultShape();
    long[] from = Shapes.broadcastStrides(request.shape(0), result);
    return new BoxKernel(BoxCopy.of(request.width(), result, from, Shapes.strides(result)));
  }

  private static HostKernel concat(int givenAxis, Request request) {
    long[] into = Shapes.strides(request.resultShape());
    int axis = Axes.normalize(givenAxis, into.length);
    BoxCopy[] boxes = new BoxCopy[request.operands().size()];
    long at = 0;
    for (int i = 0; i < boxes.length; i++) {
      long[] shape = request.shape(i);
      long[] from = Shapes.strides(shape);
      boxes[i] = new BoxCopy(request.width(), shape, from, 0, into, at * into[axis]);
      at += shape[axis];
    }
    return new BoxKernel(boxes);
  }

  private static @Nullable HostKernel slice(List<Integer> givenAxes, Request request) {
    long[] starts = request.longs(1);
    long[] steps = request.longs(3);
    if (starts == null || steps == null) {
      return null;
    }
    long[] shape = request.shape(0);
    List<Integer> axes = Axes.normalize(givenAxes, shape.length);
    long[] from = Shapes.strides(shape);
    long first = 0;
    for (int i = 0; i < starts.length; i++) {
      int axis = axes.get(i);
      long start = starts[i] < 0 ? starts[i] + shape[axis] : starts[i];
      long last = steps[i] < 0 ? shape[axis] - 1 : shape[axis];
      first += Math.max(0, Math.min(start, last)) * from[axis];
      from[axis] *= steps[i];
    }
    long[] result = request.resultShape();
    long[] into = Shapes.strides(result);
    return new BoxKernel(new BoxCopy(request.width(), result, from, first, into, 0));
  }

  /** Each axis becomes two: how often it is repeated, and its elements. */
  private static HostKernel tile(Request request) {
    long[] shape = request.shape(0);
    long[] result = request.resultShape();
    long[] own = Shapes.strides(shape);
    long[] target = Shapes.strides(result);
    long[] box = new long[2 * shape.length];
    long[] from = new long[box.length];
    long[] into = new long[box.length];
    for (int i = 0; i < shape.length; i++) {
      box[2 * i] = shape[i] == 0 ? 0 : result[i] / shape[i];
      box[2 * i + 1] = shape[i];
      from[2 * i + 1] = own[i];
      into[2 * i] = shape[i] * target[i];
      into[2 * i + 1] = target[i];
    }
    return new BoxKernel(BoxCopy.of(request.width(), box, from, into));
  }

  private static @Nullable HostKernel pad(PadMode mode, Request request) {
    long[] pads = request.longs(1);
    if (pads == null) {
      return null;
    }
    long[] shape = request.shape(0);
    long[] result = request.resultShape();
    boolean adds = false;
    int[][] tables = new int[shape.length][];
    for (int axis = 0; axis < shape.length; axis++) {
      tables[axis] = new int[Math.toIntExact(result[axis])];
      for (int i = 0; i < tables[axis].length; i++) {
        tables[axis][i] = padded(mode, i - pads[axis], shape[axis], axis);
        adds |= tables[axis][i] == TableCopy.NOTHING;
      }
    }
    TableCopy copy = new TableCopy(request.width(), shape, tables);
    return new PadKernel(copy, adds, request.results().get(0).byteSize(), request.width());
  }

  /** The index on an axis of {@code size} whose element stands at place {@code i}. */
  private static int padded(PadMode mode, long i, long size, int axis) {
    if (i >= 0 && i < size) {
      return (int) i;
    }
    if (mode == PadMode.CONSTANT) {
      return TableCopy.NOTHING;
    }
    if (size == 0) {
      throw new IllegalArgumentException(
          "axis " + axis + " is empty, so there is nothing to pad it with in mode " + mode);
    }
    return (int)
        switch (mode) {
          case EDGE -> i < 0 ? 0 : size - 1;
          case WRAP -> Math.floorMod(i, size);
          case REFLECT -> {
            long period = Math.max(1, 2 * (size - 1));
            long place = Math.floorMod(i, period);
            yield Math.min(place, period - place);
          }
          case CONSTANT -> TableCopy.NOTHING;
        };
  }

  /** Fills with the value of operand 2 what the copy leaves, if it leaves anything. */
  private record PadKernel(TableCopy copy, boolean fills, long size, int width)
      implements HostKernel {
    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      if (fills) {
        Words.fill(results[0], 0, size, Words.get(operands[2], 0, width), width);
      }
      copy.run(operands[0], results[0]);
    }
  }
}
