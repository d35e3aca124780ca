package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.CommonArguments.DATA_FORMAT;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.IndexingOp.GatherElements;
import dev.lathe.ir.op.IndexingOp.OneHot;
import dev.lathe.ir.op.ReductionOp.CumSum;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.List;
import java.util.stream.LongStream;

/**
 * {@code ContrastLimitedAdaptiveHistogramEqualization} (Zuiderveld 1994): images in tiles, in each
 * of which levels from 0 to 255 are spread by their frequency, and between whose centres the levels
 * are interpolated.
 */
final class AdaptiveHistogramLayer {
  private static final int LEVELS = 256;

  private static final Argument<Double> CLIP_LIMIT =
      optional("clip_limit", ArgumentKinds.NUMBER, 4.0);
  private static final Argument<List<Long>> TILE_GRID_SIZE =
      optional("tile_grid_size", ArgumentKinds.sizePerAxis(2), 8L);

  private final LayerScope scope;
  private final Emitter emit;
  private final Axis rows;
  private final Axis columns;
  private final Dim batch;
  private final Dim channels;

  /**
   * An axis of space.
   *
   * @param size of the image
   * @param tiles their number
   */
  private record Axis(long size, long tiles) {
    long tile() {
      return Math.ceilDiv(size, tiles);
    }

    long padded() {
      return tile() * tiles;
    }

    /** The elements, and behind them their mirror image as far as tiles go. */
    long[] mirrored() {
      return LongStream.range(0, padded())
          .map(i -> i % (2 * size))
          .map(i -> i < size ? i : 2 * size - 1 - i)
          .toArray();
    }

    /** Where an element lies among the centres of tiles, counted from 1. */
    private float position(long i) {
      return (i - tile() / 2.0f) / tile() + 1;
    }

    /** The tile before or behind an element, one counting for what lies before the first. */
    private long tile(long i, int next) {
      return Math.clamp((long) Math.floor(position(i)) + next, 0, tiles + 1);
    }

    /** How much the tile behind counts for each element, as a column. */
    float[] weights() {
      float[] weights = new float[Math.toIntExact(padded())];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = position(i) - (float) Math.floor(position(i));
      }
      return weights;
    }
  }

  private AdaptiveHistogramLayer(Images images) {
    this.scope = images.scope();
    this.emit = scope.emit();
    List<Long> tiles = scope.get(TILE_GRID_SIZE);
    this.rows = new Axis(images.fixedHeight("to cut images into tiles"), tiles.get(0));
    this.columns = new Axis(images.fixedWidth("to cut images into tiles"), tiles.get(1));
    this.batch = images.x().type().dim(0);
    this.channels = images.x().type().dim(images.isFirst() ? 1 : 3);
  }

  static LayerKind kind() {
    return LayerKind.of(
        "contrast_limited_adaptive_histogram_equalization",
        "ContrastLimitedAdaptiveHistogramEqualization",
        AdaptiveHistogramLayer::rule,
        AugmentationLayers.VALUE_RANGE,
        CLIP_LIMIT,
        TILE_GRID_SIZE,
        DATA_FORMAT,
        AugmentationLayers.BOUNDING_BOX_FORMAT);
  }

  private static List<Value> rule(LayerScope scope) {
    Images images = Images.of(scope);
    AdaptiveHistogramLayer layer = new AdaptiveHistogramLayer(images);
    ElementType type = images.x().type().elementType();
    Emitter emit = scope.emit();
    Value x = emit.cast(images.x(), ElementType.F32);
    x = images.isFirst() ? emit.transpose(x, List.of(0, 2, 3, 1)) : x;
    List<Double> range = scope.get(AugmentationLayers.VALUE_RANGE);
    AugmentationLayers.valueRange(scope);
    Value y = layer.equalized(AugmentationLayers.toBytes(emit, x, range));
    y = emit.cast(AugmentationLayers.fromBytes(emit, y, range), type);
    y = images.isFirst() ? emit.transpose(y, List.of(0, 3, 1, 2)) : y;
    return images.with(y).result();
  }

  private Value equalized(Value x) {
    Value padded = x;
    if (rows.padded() > rows.size()) {
      padded = emit.gather(padded, 1, emit.longs(rows.mirrored()));
    }
    if (columns.padded() > columns.size()) {
      padded = emit.gather(padded, 2, emit.longs(columns.mirrored()));
    }
    Value pixels = emit.cast(emit.add(new Clamp(0, LEVELS - 1), padded), ElementType.I64);
    Value levels = levels(pixels);
    Value left = mixed(levels, pixels, 0);
    Value right = mixed(levels, pixels, 1);
    Value y = between(left, right, columns.weights(), 1);
    return emit.add(
        new dev.lathe.ir.op.ShapeOp.Slice(List.of(1, 2)),
        y,
        emit.longs(0, 0),
        emit.longs(rows.size(), columns.size()),
        emit.longs(1, 1));
  }

  /** What each level becomes in each tile, as {@code [N, tiles + 2, tiles + 2, C, 256]}. */
  private Value levels(Value pixels) {
    List<Dim> tiled =
        List.of(
            batch,
            Dim.of(rows.tiles()),
            Dim.of(rows.tile()),
            Dim.of(columns.tiles()),
            Dim.of(columns.tile()),
            channels);
    long count = Math.multiplyExact(rows.tile(), columns.tile());
    Value tiles = emit.transpose(emit.reshape(pixels, tiled), List.of(0, 1, 3, 5, 2, 4));
    tiles =
        emit.reshape(tiles, List.of(batch, tiled.get(1), tiled.get(3), channels, Dim.of(count)));
    Value onOff = emit.constant(ConstantData.ofFloats(0, 1));
    Value marks = emit.add(new OneHot(-1), tiles, emit.number(LEVELS), onOff);
    Value histogram = emit.reduce(ReduceFunction.SUM, marks, List.of(4), false);
    double limit = scope.get(CLIP_LIMIT) * (double) count / LEVELS;
    if (limit > 0) {
      Value clipped = emit.add(new Clamp(0, (float) limit), histogram);
      Value excess =
          emit.reduce(ReduceFunction.SUM, emit.minus(histogram, clipped), List.of(4), true);
      histogram = emit.plus(clipped, emit.over(excess, emit.scalarLike(excess, LEVELS)));
    }
    Value sums = emit.add(new CumSum(4, false, false), histogram);
    Value least = emit.reduce(ReduceFunction.MIN, sums, List.of(4), true);
    Value rest = emit.minus(emit.scalarLike(least, (double) count), least);
    Value zero = emit.scalarLike(rest, 0);
    Value one = emit.scalarLike(rest, 1);
    Value divisor = emit.where(emit.binary(BinaryFunction.EQUAL, rest, zero), one, rest);
    Value spread = emit.times(emit.minus(sums, least), emit.scalarLike(sums, LEVELS - 1));
    Value result = emit.add(new Clamp(0, LEVELS - 1), emit.over(spread, divisor));
    return edged(edged(result, 1, rows), 2, columns);
  }

  /** Tiles with the first and the last twice. */
  private Value edged(Value tiles, int axis, Axis of) {
    long[] indices =
        LongStream.range(-1, of.tiles() + 1).map(i -> Math.clamp(i, 0, of.tiles() - 1)).toArray();
    return emit.gather(tiles, axis, emit.longs(indices));
  }

  /** What pixels become in tiles before or behind them, the tiles above and below mixed. */
  private Value mixed(Value levels, Value pixels, int next) {
    Value above = looked(levels, pixels, 0, next);
    Value below = looked(levels, pixels, 1, next);
    return between(above, below, rows.weights(), 2);
  }

  private Value looked(Value levels, Value pixels, int nextRow, int nextColumn) {
    long c = channels.value();
    long stepX = LEVELS * c;
    long stepY = stepX * (columns.tiles() + 2);
    Value table = emit.reshape(levels, List.of(batch, Dim.of(stepY * (rows.tiles() + 2))));
    long[] places = new long[Math.toIntExact(rows.padded() * columns.padded() * c)];
    int next = 0;
    for (long y = 0; y < rows.padded(); y++) {
      for (long x = 0; x < columns.padded(); x++) {
        for (long k = 0; k < c; k++) {
          places[next++] =
              rows.tile(y, nextRow) * stepY + columns.tile(x, nextColumn) * stepX + k * LEVELS;
        }
      }
    }
    Value flat = emit.reshape(pixels, List.of(batch, Dim.of(places.length)));
    Value indices = emit.plus(flat, emit.longs(places));
    Value found = emit.add(new GatherElements(1), table, indices);
    return emit.reshape(found, pixels.type().shape().dims());
  }

  /** {@code a * (1 - w) + b * w} with weights for an axis that so many axes follow. */
  private Value between(Value a, Value b, float[] weights, int behind) {
    Dim[] shape = new Dim[behind + 1];
    java.util.Arrays.fill(shape, Dim.ONE);
    shape[0] = Dim.of(weights.length);
    Value w = emit.constant(ConstantData.ofFloats(Shape.of(shape), weights));
    Value rest = emit.minus(emit.scalarLike(w, 1), w);
    return emit.plus(emit.times(a, rest), emit.times(b, w));
  }
}
