package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.host.ResizeAxis;
import dev.lathe.backend.onednn.jit.Resize;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.ShapeOp;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Resizing of images, linear or to the nearest: by oneDNN where it means the same, which is pixel
 * centres at half, else by generated code, channels-last.
 */
final class ResizeLowering {
  /** Of fewer, vectors would be nearly empty. */
  private static final int LEAST_CHANNELS = 8;

  private final BlockLowering block;

  ResizeLowering(BlockLowering block) {
    this.block = block;
  }

  /** Lowers a resize; false if a kernel has to do it. */
  boolean lower(Node node, ShapeOp.Resize op) {
    return primitive(node, op) || generated(node, op);
  }

  private boolean generated(Node node, ShapeOp.Resize op) {
    View x = block.operand(node, 0);
    long[] from = x.layout().dims();
    long[] to = Types.dims(node.result().type());
    ConstantData factors = op.byScales() ? block.constant(node.operand(1)) : null;
    if (x.elementType() != ElementType.F32
        || !OneDnn.hasAvx512()
        || block.emitter().isFolding()
        || (op.byScales() && factors == null)
        || from.length < 3
        || from.length > 4
        || from[1] < LEAST_CHANNELS
        || !isSame(factors, 0, from, to)
        || !isSame(factors, 1, from, to)) {
      return false;
    }
    int last = from.length - 1;
    Resize.Places columns = places(op, factors, last, from, to);
    Resize.Places rows =
        last == 2
            ? new Resize.Places(1, List.of(0), List.of(), List.of())
            : places(op, factors, 2, from, to);
    if (columns == null || rows == null) {
      return false;
    }
    Resize code = new Resize((int) from[0], (int) from[1], rows, columns);
    if (!code.isAddressable()) {
      return false;
    }
    Emitter emitter = block.emitter();
    View image = emitter.channelsLast(x);
    View into = block.allocate(node.result(), Layout.channelsLast(to));
    long bytes = x.byteSize() + into.byteSize();
    emitter.generated(
        code, "resize", 0, code.units(), bytes, List.of(image, into), emitter.sources());
    block.define(node.result(), into);
    return true;
  }

  private static boolean isSame(@Nullable ConstantData factors, int axis, long[] from, long[] to) {
    return from[axis] == to[axis] && factor(factors, axis, from, to) == 1;
  }

  /** Where the places of an axis come from; null for more than two elements. */
  private static Resize.@Nullable Places places(
      ShapeOp.Resize op, @Nullable ConstantData factors, int axis, long[] from, long[] to) {
    int size = (int) from[axis];
    int newSize = (int) to[axis];
    if (isSame(factors, axis, from, to)) {
      List<Integer> all = IntStream.range(0, size).boxed().toList();
      return new Resize.Places(size, all, List.of(), List.of());
    }
    double factor = factor(factors, axis, from, to);
    if (op.mode() == ShapeOp.ResizeMode.NEAREST) {
      int[] nearest = ResizeAxis.nearest(op, size, newSize, factor);
      return new Resize.Places(size, Arrays.stream(nearest).boxed().toList(), List.of(), List.of());
    }
    ResizeAxis taps = ResizeAxis.interpolated(op, size, newSize, factor);
    if (op.mode() != ShapeOp.ResizeMode.LINEAR || op.excludeOutside() || taps.taps() != 2) {
      return null;
    }
    return new Resize.Places(
        size,
        Arrays.stream(taps.indices(0)).boxed().toList(),
        Arrays.stream(taps.indices(1)).boxed().toList(),
        Arrays.stream(taps.weights(1)).mapToObj(weight -> (float) weight).toList());
  }

  private boolean primitive(Node node, ShapeOp.Resize op) {
    View x = block.operand(node, 0);
    long[] from = x.layout().dims();
    long[] to = Types.dims(node.result().type());
    if (!Types.isReal(x.elementType())
        || from.length < 3
        || from.length > 5
        || from[0] != to[0]
        || from[1] != to[1]
        || op.antialias()) {
      return false;
    }
    ConstantData factors = op.byScales() ? block.constant(node.operand(1)) : null;
    if (op.byScales() && factors == null) {
      return false;
    }
    for (int axis = 2; axis < from.length; axis++) {
      if (!isLikeOneDnn(op, from[axis], to[axis], factor(factors, axis, from, to))) {
        return false;
      }
    }
    Layout layout = Layout.channelsLast(from);
    Layout resultLayout = Layout.channelsLast(to);
    MemoryDescriptor source = Types.exact(Types.required(x.elementType()), layout);
    boolean linear = op.mode() == ShapeOp.ResizeMode.LINEAR;
    return new Anchor(block, node, "resize")
        .exactLayout(resultLayout)
        .reads(x)
        .emit(
            destination -> new Operation.Resampling(linear, source, destination, List.of()),
            descriptor ->
                kernel -> kernel.with(Argument.SRC, source, block.emitter().as(x, layout)));
  }

  private static double factor(@Nullable ConstantData factors, int axis, long[] from, long[] to) {
    return factors == null ? (double) to[axis] / from[axis] : factors.getDouble(axis);
  }

  private static boolean isLikeOneDnn(ShapeOp.Resize op, long from, long to, double factor) {
    // OneDNN's factor is the ratio of the sizes.
    if (factor * from != to) {
      return false;
    }
    return switch (op.mode()) {
      case LINEAR -> !op.excludeOutside() && isHalfPixel(op, to);
      case NEAREST -> isSameNearest(op, from, to, factor);
      case CUBIC -> false;
    };
  }

  private static boolean isHalfPixel(ShapeOp.Resize op, long to) {
    return switch (op.transform()) {
      case HALF_PIXEL, HALF_PIXEL_SYMMETRIC -> true;
      case PYTORCH_HALF_PIXEL -> to > 1;
      case ALIGN_CORNERS, ASYMMETRIC, TF_HALF_PIXEL_FOR_NN -> false;
    };
  }

  /** Whether every position takes its element from where oneDNN takes it. */
  private static boolean isSameNearest(ShapeOp.Resize op, long from, long to, double factor) {
    for (long i = 0; i < to; i++) {
      double at =
          switch (op.transform()) {
            case HALF_PIXEL, HALF_PIXEL_SYMMETRIC -> (i + 0.5) / factor - 0.5;
            case PYTORCH_HALF_PIXEL -> to > 1 ? (i + 0.5) / factor - 0.5 : 0;
            case ALIGN_CORNERS -> to > 1 ? (double) i * (from - 1) / (to - 1) : 0;
            case ASYMMETRIC -> i / factor;
            case TF_HALF_PIXEL_FOR_NN -> (i + 0.5) / factor;
          };
      double nearest =
          switch (op.nearest()) {
            case ROUND_PREFER_FLOOR -> Math.ceil(at - 0.5);
            case ROUND_PREFER_CEIL -> Math.floor(at + 0.5);
            case FLOOR -> Math.floor(at);
            case CEIL -> Math.ceil(at);
          };
      // OneDNN rounds (i + 0.5) * from / to - 0.5; where that is a tie, who knows which way.
      double theirs = (i + 0.5) * from / to - 0.5;
      boolean tie = theirs - Math.floor(theirs) == 0.5;
      if (tie
          || Math.clamp((long) nearest, 0, from - 1)
              != Math.clamp(Math.round(theirs), 0, from - 1)) {
        return false;
      }
    }
    return true;
  }
}
