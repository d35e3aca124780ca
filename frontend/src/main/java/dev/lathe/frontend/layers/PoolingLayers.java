package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;
import static dev.lathe.frontend.layers.ArgumentKinds.oneOf;
import static dev.lathe.frontend.layers.ArgumentKinds.sizePerAxis;
import static dev.lathe.frontend.layers.CommonArguments.DATA_FORMAT;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.PoolingOp.AveragePool;
import dev.lathe.ir.op.PoolingOp.MaxPool;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.Window;
import java.util.ArrayList;
import java.util.List;

/** Pooling over one, two or three spatial axes. */
final class PoolingLayers {
  private static final Argument<Boolean> KEEPDIMS = optional("keepdims", ArgumentKinds.FLAG, false);

  /** Windows of different sizes are an op each. */
  private static final long MOST_WINDOWS = 4096;

  private final int axes;
  private final Argument<List<Long>> poolSize;
  private final Argument<List<Long>> strides;
  private final Argument<List<Long>> outputSize;
  private final Argument<String> padding = optional("padding", oneOf("valid", "same"), "valid");

  private PoolingLayers(int axes) {
    this.axes = axes;
    this.poolSize = optional("pool_size", sizePerAxis(axes), 2L);
    this.strides = optional("strides", sizePerAxis(axes));
    this.outputSize = required("output_size", sizePerAxis(axes));
  }

  static void register(LayerIndex index) {
    for (int axes = 1; axes <= 3; axes++) {
      new PoolingLayers(axes).add(index);
    }
  }

  private void add(LayerIndex index) {
    String rank = axes + "d";
    String kerasRank = axes + "D";
    index.add(
        LayerKind.of(
            "max_pooling" + rank,
            "MaxPooling" + kerasRank,
            scope -> pooled(scope, true),
            poolSize,
            strides,
            padding,
            DATA_FORMAT));
    index.add(
        LayerKind.of(
            "average_pooling" + rank,
            "AveragePooling" + kerasRank,
            scope -> pooled(scope, false),
            required("pool_size", sizePerAxis(axes)),
            strides,
            padding,
            DATA_FORMAT));
    index.add(
        LayerKind.of(
            "global_max_pooling" + rank,
            "GlobalMaxPooling" + kerasRank,
            this::largest,
            DATA_FORMAT,
            KEEPDIMS));
    LayerKind average =
        LayerKind.of(
            "global_average_pooling" + rank,
            "GlobalAveragePooling" + kerasRank,
            this::average,
            DATA_FORMAT,
            KEEPDIMS);
    index.add(axes == 1 ? average.withInputs(1, "inputs", "mask") : average);
    index.add(
        LayerKind.of(
            "adaptive_average_pooling" + rank,
            "AdaptiveAveragePooling" + kerasRank,
            scope -> adaptive(scope, ReduceFunction.MEAN, Spatial.ofFloats(scope, axes)),
            outputSize,
            DATA_FORMAT));
    index.add(
        LayerKind.of(
            "adaptive_max_pooling" + rank,
            "AdaptiveMaxPooling" + kerasRank,
            scope -> adaptive(scope, ReduceFunction.MAX, Spatial.of(scope, axes)),
            outputSize,
            DATA_FORMAT));
  }

  /**
   * {@code MaxPooling}, {@code AveragePooling}: the largest element or the mean of each window;
   * what lies outside the input does not count.
   */
  private List<Value> pooled(LayerScope scope, boolean isMax) {
    Spatial image = isMax ? Spatial.of(scope, axes) : Spatial.ofFloats(scope, axes);
    List<Long> kernel = scope.get(poolSize);
    List<Long> ones = Spatial.ones(axes);
    image.expectWindow(scope.get(padding), kernel, ones);
    Window window =
        new Window(
            scope.find(strides).orElse(kernel),
            ones,
            Spatial.padding(scope.get(padding), kernel, ones));
    PoolingOp op = op(kernel, window, isMax);
    return List.of(image.fromChannelsFirst(scope.emit().add(op, image.toChannelsFirst())));
  }

  private static PoolingOp op(List<Long> kernel, Window window, boolean isMax) {
    return isMax
        ? new MaxPool(kernel, window, false, false, false)
        : new AveragePool(kernel, window, false, false);
  }

  /** {@code GlobalMaxPooling}: the largest element of all of space. */
  private List<Value> largest(LayerScope scope) {
    Spatial image = Spatial.of(scope, axes);
    return List.of(global(scope, ReduceFunction.MAX, image, image.x()));
  }

  private static Value global(LayerScope scope, ReduceFunction function, Spatial image, Value x) {
    return scope.emit().reduce(function, x, image.spatialAxes(), scope.get(KEEPDIMS));
  }

  /**
   * {@code GlobalAveragePooling}: the mean over all of space. In one dimension, steps that a mask
   * {@code [N, steps]} leaves out do not count.
   */
  private List<Value> average(LayerScope scope) {
    Spatial image = Spatial.ofFloats(scope, axes);
    Value x = image.x();
    if (scope.inputs().size() == 1) {
      return List.of(global(scope, ReduceFunction.MEAN, image, x));
    }
    Emitter emit = scope.emit();
    Value mask = scope.inputs().get(1);
    if (mask.type().rank() != 2) {
      throw new LayerException(
              scope.name() + "() takes a mask [batch, length], and this is " + mask.type(), "")
          .aboutInput(1);
    }
    int channels = image.channelAxis();
    Value kept = emit.unsqueeze(emit.cast(mask, ElementType.BOOL), channels);
    Value zeroed = emit.where(kept, x, emit.scalarLike(x, 0));
    Value counted = emit.cast(kept, x.type().elementType());
    return List.of(
        emit.over(
            global(scope, ReduceFunction.SUM, image, zeroed),
            global(scope, ReduceFunction.SUM, image, counted)));
  }

  /**
   * {@code AdaptiveAveragePooling}, {@code AdaptiveMaxPooling}: windows that differ by at most an
   * element and a given number of which cover each axis: from {@code floor(i*D/O)} to {@code
   * ceil((i+1)*D/O)}.
   */
  private List<Value> adaptive(LayerScope scope, ReduceFunction function, Spatial image) {
    List<Long> wanted = scope.get(outputSize);
    if (wanted.stream().allMatch(size -> size == 1)) {
      return List.of(scope.emit().reduce(function, image.x(), image.spatialAxes(), true));
    }
    List<Long> kernel = new ArrayList<>();
    boolean isEven = true;
    for (int i = 0; i < axes; i++) {
      long size = scope.fixed(image.firstAxis() + i);
      isEven &= size % wanted.get(i) == 0;
      kernel.add(size / wanted.get(i));
    }
    if (isEven) {
      Window window = new Window(kernel, Spatial.ones(axes), Padding.Explicit.none(axes));
      PoolingOp op = op(kernel, window, function == ReduceFunction.MAX);
      return List.of(image.fromChannelsFirst(scope.emit().add(op, image.toChannelsFirst())));
    }
    Value y = image.x();
    for (int i = 0; i < axes; i++) {
      y = uneven(scope, function, y, image.firstAxis() + i, wanted.get(i));
    }
    return List.of(y);
  }

  /** Windows on one axis, each for itself. */
  private static Value uneven(
      LayerScope scope, ReduceFunction function, Value x, int axis, long wanted) {
    long size = x.type().dim(axis).value();
    if (wanted == size) {
      return x;
    }
    if (wanted > MOST_WINDOWS) {
      throw new LayerException(
              scope.name()
                  + "() makes "
                  + size
                  + " elements "
                  + wanted
                  + " windows of different sizes, and at most "
                  + MOST_WINDOWS
                  + " are possible",
              "take a size that divides " + size)
          .about("output_size");
    }
    Emitter emit = scope.emit();
    List<Value> parts = new ArrayList<>();
    for (long i = 0; i < wanted; i++) {
      Value start = emit.longs(i * size / wanted);
      Value end = emit.longs(Math.ceilDiv((i + 1) * size, wanted));
      Value part = emit.slice(x, axis, start, end);
      parts.add(emit.reduce(function, part, List.of(axis), true));
    }
    return emit.concat(axis, parts);
  }
}
