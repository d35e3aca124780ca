package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;
import static dev.lathe.frontend.layers.ArgumentKinds.oneOf;
import static dev.lathe.frontend.layers.ArgumentKinds.sizePerAxis;
import static dev.lathe.frontend.layers.CommonArguments.DATA_FORMAT;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
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
            poolSize,
            strides,
            padding,
            DATA_FORMAT));
    index.add(
        LayerKind.of(
            "global_max_pooling" + rank,
            "GlobalMaxPooling" + kerasRank,
            scope -> global(scope, ReduceFunction.MAX, Spatial.of(scope, axes)),
            DATA_FORMAT,
            KEEPDIMS));
    index.add(
        LayerKind.of(
            "global_average_pooling" + rank,
            "GlobalAveragePooling" + kerasRank,
            scope -> global(scope, ReduceFunction.MEAN, Spatial.ofFloats(scope, axes)),
            DATA_FORMAT,
            KEEPDIMS));
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
    PoolingOp op =
        isMax
            ? new MaxPool(kernel, window, false, false, false)
            : new AveragePool(kernel, window, false, false);
    return List.of(image.fromChannelsFirst(scope.emit().add(op, image.toChannelsFirst())));
  }

  /** {@code GlobalMaxPooling}, {@code GlobalAveragePooling}: over all of space. */
  private List<Value> global(LayerScope scope, ReduceFunction function, Spatial image) {
    return List.of(
        scope.emit().reduce(function, image.x(), image.spatialAxes(), scope.get(KEEPDIMS)));
  }

  /**
   * {@code AdaptiveAveragePooling}, {@code AdaptiveMaxPooling}: windows that differ by at most an
   * element and a given number of which cover each axis: from {@code floor(i*D/O)} to {@code
   * ceil((i+1)*D/O)}.
   */
  private List<Value> adaptive(LayerScope scope, ReduceFunction function, Spatial image) {
    Value y = image.x();
    for (int i = 0; i < axes; i++) {
      int axis = image.firstAxis() + i;
      long size = scope.fixed(axis);
      long wanted = scope.get(outputSize).get(i);
      List<Value> parts = new ArrayList<>();
      if (wanted == size) {
        continue;
      }
      if (size % wanted == 0) {
        y = blocks(scope, function, y, axis, wanted);
        continue;
      }
      for (long o = 0; o < wanted; o++) {
        Value part =
            scope
                .emit()
                .slice(
                    y,
                    axis,
                    scope.emit().longs(Math.floorDiv(o * size, wanted)),
                    scope.emit().longs(Math.ceilDiv((o + 1) * size, wanted)));
        parts.add(scope.emit().reduce(function, part, List.of(axis), true));
      }
      y = scope.emit().concat(axis, parts);
    }
    return List.of(y);
  }

  /** Windows of equal size as an axis of their own, which is reduced. */
  private static Value blocks(
      LayerScope scope, ReduceFunction function, Value x, int axis, long count) {
    List<Dim> dims = new ArrayList<>(x.type().shape().dims());
    Dim size = dims.get(axis);
    dims.set(axis, Dim.of(count));
    dims.add(axis + 1, size.floorDiv(count));
    return scope.emit().reduce(function, scope.emit().reshape(x, dims), List.of(axis + 1), false);
  }
}
