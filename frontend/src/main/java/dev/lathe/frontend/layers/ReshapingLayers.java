package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;
import static dev.lathe.frontend.layers.CommonArguments.DATA_FORMAT;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.Slice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Layers that move elements: reshaping, padding, cropping. */
final class ReshapingLayers {
  private static final Argument<List<Dim>> TARGET_SHAPE =
      required("target_shape", ArgumentKinds.SIZES);
  private static final Argument<List<Long>> DIMS = required("dims", ArgumentKinds.INTEGERS);
  private static final Argument<Long> N = required("n", ArgumentKinds.POSITIVE);

  private ReshapingLayers() {}

  static void register(LayerIndex index) {
    index.add(LayerKind.of("identity", "Identity", scope -> List.of(scope.input())));
    index.add(LayerKind.of("flatten", "Flatten", ReshapingLayers::flatten, DATA_FORMAT));
    index.add(LayerKind.of("reshape", "Reshape", ReshapingLayers::reshape, TARGET_SHAPE));
    index.add(LayerKind.of("permute", "Permute", ReshapingLayers::permute, DIMS));
    index.add(LayerKind.of("repeat_vector", "RepeatVector", ReshapingLayers::repeat, N));
    for (int axes = 1; axes <= 3; axes++) {
      int rank = axes;
      Argument<List<List<Long>>> padding =
          optional("padding", ArgumentKinds.pairsPerAxis(axes), 1L);
      Argument<List<List<Long>>> cropping =
          optional("cropping", ArgumentKinds.pairsPerAxis(axes), axes == 2 ? 0L : 1L);
      index.add(
          LayerKind.of(
              "zero_padding" + axes + "d",
              "ZeroPadding" + axes + "D",
              scope -> padded(scope, rank, scope.get(padding)),
              padding,
              DATA_FORMAT));
      index.add(
          LayerKind.of(
              "cropping" + axes + "d",
              "Cropping" + axes + "D",
              scope -> cropped(scope, rank, scope.get(cropping)),
              axes == 1
                  ? new Argument<?>[] {cropping}
                  : new Argument<?>[] {cropping, DATA_FORMAT}));
    }
  }

  /** {@code Flatten}: {@code [N, D1, …]} as {@code [N, D1*…]}; a vector as a column. */
  private static List<Value> flatten(LayerScope scope) {
    Value x = scope.input();
    int rank = x.type().rank();
    if (rank == 0) {
      throw new LayerException("flatten() takes a tensor [batch, …], not a scalar", "")
          .aboutInput(0);
    }
    boolean isFirst = scope.get(DATA_FORMAT).equals("channels_first") && rank > 1;
    if (isFirst) {
      List<Integer> permutation = new ArrayList<>(List.of(0));
      for (int axis = 2; axis < rank; axis++) {
        permutation.add(axis);
      }
      permutation.add(1);
      x = scope.emit().transpose(x, permutation);
    }
    List<Dim> dims = x.type().shape().dims();
    return List.of(
        scope.emit().reshape(x, List.of(dims.get(0), Emitter.product(dims.subList(1, rank)))));
  }

  /** {@code Reshape}: all axes but the batch; one of the sizes may be -1. */
  private static List<Value> reshape(LayerScope scope) {
    Value x = scope.input();
    if (x.type().rank() == 0) {
      throw new LayerException("reshape() takes a tensor [batch, …], not a scalar", "")
          .aboutInput(0);
    }
    List<Dim> from = x.type().shape().dims();
    Dim count = Emitter.product(from.subList(1, from.size()));
    List<Dim> wanted = new ArrayList<>(scope.get(TARGET_SHAPE));
    int inferred = -1;
    Dim known = Dim.ONE;
    for (int i = 0; i < wanted.size(); i++) {
      if (!wanted.get(i).is(-1)) {
        expectSize(wanted.get(i));
        known = known.times(wanted.get(i));
      } else if (inferred >= 0) {
        throw new LayerException(
                "only one size of a shape can be -1, and the shape is " + scope.get(TARGET_SHAPE),
                "give the others numbers")
            .about("target_shape");
      } else {
        inferred = i;
      }
    }
    Dim rest = known.is(0) ? null : count.divideExactlyOrNull(known);
    boolean fits = inferred >= 0 ? rest != null : known.equals(count);
    if (!fits) {
      throw new LayerException(
              "the input "
                  + x.type()
                  + " has "
                  + count
                  + " elements an example, and the shape "
                  + scope.get(TARGET_SHAPE)
                  + " has "
                  + known
                  + (inferred >= 0 ? " times something" : ""),
              "reshape() leaves the batch axis out; ops.reshape(x, shape) names all axes")
          .about("target_shape");
    }
    if (inferred >= 0 && rest != null) {
      wanted.set(inferred, rest);
    }
    wanted.add(0, from.get(0));
    return List.of(scope.emit().reshape(x, wanted));
  }

  private static void expectSize(Dim size) {
    if (size.isFixed() && size.value() < 0) {
      throw new LayerException(
              "a size of reshape() is " + size, "sizes are at least 0, or -1 for one to infer")
          .about("target_shape");
    }
  }

  /** {@code Permute}: axes are counted from 1, the batch stays. */
  private static List<Value> permute(LayerScope scope) {
    List<Long> dims = scope.get(DIMS);
    int rank = scope.input().type().rank();
    List<Integer> permutation = new ArrayList<>(List.of(0));
    for (long axis = 1; axis < rank; axis++) {
      if (dims.size() != rank - 1 || !dims.contains(axis)) {
        throw new LayerException(
                "the input "
                    + scope.input().type()
                    + " has axes 1 to "
                    + (rank - 1)
                    + " beside the batch, and dims are "
                    + dims,
                "name each axis once")
            .about("dims");
      }
    }
    dims.forEach(axis -> permutation.add(axis.intValue()));
    return List.of(scope.emit().transpose(scope.input(), permutation));
  }

  /** {@code RepeatVector}: {@code [N, D]} as {@code [N, n, D]}. */
  private static List<Value> repeat(LayerScope scope) {
    scope.expectRank(2, "[batch, size]");
    Value x = scope.emit().unsqueeze(scope.input(), 1);
    Value shape =
        scope
            .emit()
            .concat(
                0,
                List.of(
                    scope.emit().sizeOf(x, 0),
                    scope.emit().longs(scope.get(N)),
                    scope.emit().sizeOf(x, 2)));
    return List.of(scope.emit().expand(x, shape));
  }

  /** {@code ZeroPadding}: zeros around space. */
  private static List<Value> padded(LayerScope scope, int axes, List<List<Long>> amounts) {
    Spatial image = Spatial.of(scope, axes);
    int rank = axes + 2;
    if (amounts.stream().allMatch(pair -> pair.equals(List.of(0L, 0L)))) {
      return List.of(image.x());
    }
    long[] pads = new long[2 * rank];
    for (int i = 0; i < axes; i++) {
      pads[image.firstAxis() + i] = amounts.get(i).get(0);
      pads[rank + image.firstAxis() + i] = amounts.get(i).get(1);
    }
    Value zero = scope.emit().scalarLike(image.x(), 0);
    return List.of(
        scope.emit().add(new Pad(PadMode.CONSTANT), image.x(), scope.emit().longs(pads), zero));
  }

  /** {@code Cropping}: what is around space dropped. */
  private static List<Value> cropped(LayerScope scope, int axes, List<List<Long>> amounts) {
    Spatial image = Spatial.of(scope, axes);
    List<Dim> starts = new ArrayList<>();
    List<Dim> ends = new ArrayList<>();
    for (int i = 0; i < axes; i++) {
      long before = amounts.get(i).get(0);
      long after = amounts.get(i).get(1);
      Dim size = image.size(i);
      if (size.isFixed() && before + after >= size.value()) {
        throw new LayerException(
                scope.name()
                    + "() takes "
                    + before
                    + " and "
                    + after
                    + " elements off axis "
                    + (image.firstAxis() + i)
                    + ", and the input "
                    + image.x().type()
                    + " has "
                    + size,
                "crop less")
            .about("cropping");
      }
      starts.add(Dim.of(before));
      ends.add(size.minus(Dim.of(after)));
    }
    return List.of(cut(scope, image.x(), image.spatialAxes(), starts, ends));
  }

  /** What lies on some axes from starts to ends, which must not lie outside. */
  static Value cut(
      LayerScope scope, Value x, List<Integer> axes, List<Dim> starts, List<Dim> ends) {
    Emitter emit = scope.emit();
    List<Dim> sizes = axes.stream().map(axis -> x.type().dim(axis)).toList();
    if (ends.equals(sizes) && starts.stream().allMatch(start -> start.is(0))) {
      return x;
    }
    if (sizes.stream().allMatch(Dim::isFixed)) {
      Value steps = emit.longs(Collections.nCopies(axes.size(), 1L));
      return emit.add(new Slice(axes), x, emit.dims(starts), emit.dims(ends), steps);
    }
    // Slices are clamped to what there is, so that nothing could be said of their sizes.
    int rank = x.type().rank();
    List<Dim> pads = new ArrayList<>(Collections.nCopies(2 * rank, Dim.ZERO));
    for (int i = 0; i < axes.size(); i++) {
      pads.set(axes.get(i), Dim.ZERO.minus(starts.get(i)));
      pads.set(axes.get(i) + rank, ends.get(i).minus(sizes.get(i)));
    }
    Value zero = emit.scalarLike(x, 0);
    return emit.add(new Pad(PadMode.CONSTANT), x, emit.dims(pads), zero);
  }
}
