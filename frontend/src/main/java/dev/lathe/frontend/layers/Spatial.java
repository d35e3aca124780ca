package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.CommonArguments.DATA_FORMAT;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Padding;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * One use of a layer on images: a tensor {@code [N, D1, …, C]}, or {@code [N, C, D1, …]} with
 * {@code data_format: "channels_first"}, of so many spatial axes.
 */
final class Spatial {
  private final LayerScope scope;
  private final Value x;
  private final int axes;
  private final boolean isChannelsFirst;

  private Spatial(LayerScope scope, Value x, int axes) {
    this.scope = scope;
    this.x = x;
    this.axes = axes;
    this.isChannelsFirst = scope.find(DATA_FORMAT).orElse("").equals("channels_first");
  }

  /**
   * The first input of a layer.
   *
   * @throws LayerException unless it has so many spatial axes
   */
  static Spatial of(LayerScope scope, int axes) {
    return of(scope, scope.input(), axes);
  }

  /** The first input of a layer, cast to f32 unless it is of a float type. */
  static Spatial ofFloats(LayerScope scope, int axes) {
    return of(scope, scope.floatInput(), axes);
  }

  private static Spatial of(LayerScope scope, Value x, int axes) {
    Spatial spatial = new Spatial(scope, x, axes);
    List<String> names = List.of("length", "height, width", "depth, height, width");
    String sizes = names.get(axes - 1);
    scope.expectRank(
        axes + 2,
        spatial.isChannelsFirst
            ? "[batch, channels, " + sizes + "]"
            : "[batch, " + sizes + ", channels]");
    return spatial;
  }

  /** The tensor. */
  Value x() {
    return x;
  }

  /** The axis of the channels. */
  int channelAxis() {
    return isChannelsFirst ? 1 : axes + 1;
  }

  /** The number of channels, which must be fixed. */
  long channels() {
    return scope.fixed(channelAxis());
  }

  /** The first of the spatial axes, which follow each other. */
  int firstAxis() {
    return isChannelsFirst ? 2 : 1;
  }

  /** The axes of space. */
  List<Integer> spatialAxes() {
    return IntStream.range(firstAxis(), firstAxis() + axes).boxed().toList();
  }

  /** The size of a spatial axis. */
  Dim size(int axis) {
    return x.type().dim(firstAxis() + axis);
  }

  /** The tensor with its channels behind the batch, as ops have them. */
  Value toChannelsFirst() {
    return isChannelsFirst ? x : scope.emit().transpose(x, channelsFirst(axes));
  }

  /** What an op gave, with its channels where the layer has them. */
  Value fromChannelsFirst(Value y) {
    return isChannelsFirst ? y : scope.emit().transpose(y, channelsLast(axes));
  }

  private static List<Integer> channelsFirst(int axes) {
    List<Integer> permutation = new ArrayList<>(List.of(0, axes + 1));
    IntStream.rangeClosed(1, axes).forEach(permutation::add);
    return permutation;
  }

  private static List<Integer> channelsLast(int axes) {
    List<Integer> permutation = new ArrayList<>(List.of(0));
    IntStream.rangeClosed(2, axes + 1).forEach(permutation::add);
    permutation.add(1);
    return permutation;
  }

  /** Weights {@code [K1, …, A, B]} as {@code [B, A, K1, …]}. */
  static Value kernelLast(LayerScope scope, Value kernel, int axes) {
    List<Integer> permutation = new ArrayList<>(List.of(axes + 1, axes));
    IntStream.range(0, axes).forEach(permutation::add);
    return scope.emit().transpose(kernel, permutation);
  }

  /** The padding of a window that is {@code valid}, {@code same} or {@code causal}. */
  static Padding padding(String padding, List<Long> kernel, List<Long> dilations) {
    return switch (padding) {
      case "same" -> new Padding.Same(true);
      case "causal" ->
          new Padding.Explicit(List.of((kernel.get(0) - 1) * dilations.get(0)), List.of(0L));
      default -> Padding.Explicit.none(kernel.size());
    };
  }

  /**
   * Makes sure that a window fits what it slides over.
   *
   * @throws LayerException if an axis of fixed size is shorter than the window
   */
  void expectWindow(String padding, List<Long> kernel, List<Long> dilations) {
    expectWindow(padding, kernel, dilations, x, firstAxis());
  }

  /** The same, where this is the images of {@code shown}, whose axes of space begin elsewhere. */
  void expectWindow(
      String padding, List<Long> kernel, List<Long> dilations, Value shown, int from) {
    for (int axis = 0; axis < axes && padding.equals("valid"); axis++) {
      long reach = (kernel.get(axis) - 1) * dilations.get(axis) + 1;
      Dim size = size(axis);
      if (size.isFixed() && size.value() < reach) {
        throw new LayerException(
                "the window of "
                    + scope.name()
                    + "() spans "
                    + reach
                    + " elements of axis "
                    + (from + axis)
                    + ", and the input "
                    + shown.type()
                    + " has "
                    + size,
                looksTransposed(size)
                    ? "for [batch, channels, …] write data_format: \"channels_first\""
                    : "use padding: \"same\", a smaller window, or fewer layers that shrink the"
                        + " input")
            .aboutInput(0);
      }
    }
  }

  /** True if the input has as many elements on an axis as images have channels, and more last. */
  private boolean looksTransposed(Dim size) {
    Dim last = x.type().dim(-1);
    return !isChannelsFirst
        && size.value() <= 4
        && last.isFixed()
        && last.value() > 4 * size.value();
  }

  /** So many ones. */
  static List<Long> ones(int axes) {
    return LongStream.generate(() -> 1).limit(axes).boxed().toList();
  }
}
