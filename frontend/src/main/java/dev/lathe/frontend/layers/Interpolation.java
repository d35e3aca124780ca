package dev.lathe.frontend.layers;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.ShapeOp.CoordinateTransform;
import dev.lathe.ir.op.ShapeOp.NearestMode;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import java.util.Arrays;
import java.util.List;

/** Images of another size. */
final class Interpolation {
  /** How elements between elements are made. */
  static final ArgumentKind<String> KIND =
      ArgumentKinds.oneOf("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5");

  /** More elements than this in a matrix of weights are taken for a mistake. */
  private static final long LARGEST_MATRIX = 1L << 26;

  private final LayerScope scope;
  private final Emitter emit;
  private final Images images;
  private final List<Dim> from;
  private final List<Dim> to;

  private Interpolation(Images images, Dim height, Dim width) {
    this.scope = images.scope();
    this.emit = scope.emit();
    this.images = images;
    this.from = List.of(images.height(), images.width());
    this.to = List.of(height, width);
  }

  /**
   * Images of another height and width. The nearest elements keep their type; all else gives
   * floats.
   *
   * @param how one of {@link #KIND}
   * @param antialias whether what shrinks is smoothed
   * @throws LayerException if it needs sizes that are not fixed
   */
  static Images resize(Images images, Dim height, Dim width, String how, boolean antialias) {
    TensorType type = images.scope().input().type();
    if (type.elementType() == ElementType.BOOL && !how.equals("nearest")) {
      throw new LayerException(
              images.scope().name() + "() interpolates numbers, and this is " + type,
              "use interpolation: \"nearest\", or cast the input")
          .aboutInput(0);
    }
    Images x = how.equals("nearest") ? images : images.with(images.scope().floats(images.x()));
    Interpolation all = new Interpolation(x, height, width);
    if (all.from.equals(all.to)) {
      return x;
    }
    Value y =
        switch (how) {
          case "nearest" -> all.nearest();
          case "bilinear" -> all.resized(ResizeMode.LINEAR, antialias);
          case "bicubic" -> all.cubic(antialias);
          case "lanczos3" -> all.lanczos(3, antialias);
          default -> all.lanczos(5, antialias);
        };
    return images.with(y);
  }

  private boolean isFixed() {
    return from.stream().allMatch(Dim::isFixed) && to.stream().allMatch(Dim::isFixed);
  }

  private int from(int axis) {
    return Math.toIntExact(from.get(axis).value());
  }

  private int to(int axis) {
    return Math.toIntExact(to.get(axis).value());
  }

  private Value resized(ResizeMode mode, boolean antialias) {
    boolean isNearest = mode == ResizeMode.NEAREST;
    // Smoothing, and cubic curves without it, leave out what lies outside.
    boolean excludes = antialias || mode == ResizeMode.CUBIC;
    Resize op =
        new Resize(
            mode,
            isNearest ? CoordinateTransform.TF_HALF_PIXEL_FOR_NN : CoordinateTransform.HALF_PIXEL,
            NearestMode.FLOOR,
            false,
            -0.5f,
            excludes,
            antialias);
    Value x = images.toChannelsFirst();
    List<Dim> kept = x.type().shape().dims().subList(0, 2);
    Value sizes =
        Emitter.isBacked(kept)
            ? emit.dims(List.of(kept.get(0), kept.get(1), to.get(0), to.get(1)))
            : emit.concat(0, List.of(emit.sizeOf(x, 0), emit.sizeOf(x, 1), emit.dims(to)));
    return images.fromChannelsFirst(emit.add(op, x, sizes));
  }

  private Value nearest() {
    if (!isFixed() || (isExactlyNearest(0) && isExactlyNearest(1))) {
      return resized(ResizeMode.NEAREST, false);
    }
    Value y = images.x();
    for (int axis = 0; axis < 2; axis++) {
      Value indices = emit.longs(ResizeWeights.nearest(from(axis), to(axis)));
      y = emit.gather(y, images.heightAxis() + axis, indices);
    }
    return y;
  }

  /** Whether positions on an axis are the same where they are not rounded to f32. */
  private boolean isExactlyNearest(int axis) {
    double scale = to(axis) / (double) from(axis);
    long[] exact = new long[to(axis)];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = Math.clamp((long) Math.floor((i + 0.5) / scale), 0, from(axis) - 1);
    }
    return Arrays.equals(exact, ResizeWeights.nearest(from(axis), to(axis)));
  }

  private Value cubic(boolean antialias) {
    if (antialias || !isFixed()) {
      return resized(ResizeMode.CUBIC, antialias);
    }
    float[][][] looked = new float[2][][];
    boolean isExact = true;
    for (int axis = 0; axis < 2; axis++) {
      expectMatrix(axis);
      looked[axis] = ResizeWeights.cubic(from(axis), to(axis), false);
      float[][] exact = ResizeWeights.cubic(from(axis), to(axis), true);
      isExact &= ResizeWeights.isClose(looked[axis], exact);
    }
    return isExact
        ? resized(ResizeMode.CUBIC, false)
        : across(down(images.x(), looked[0]), looked[1]);
  }

  private Value lanczos(int radius, boolean antialias) {
    images.fixedHeight("for lanczos" + radius);
    images.fixedWidth("for lanczos" + radius);
    expectMatrix(0);
    expectMatrix(1);
    Value y = images.x();
    if (from(0) != to(0)) {
      y = down(y, ResizeWeights.lanczos(from(0), to(0), radius, antialias));
    }
    return from(1) == to(1)
        ? y
        : across(y, ResizeWeights.lanczos(from(1), to(1), radius, antialias));
  }

  private void expectMatrix(int axis) {
    if (Math.multiplyExact(from.get(axis).value(), to.get(axis).value()) > LARGEST_MATRIX) {
      throw new LayerException(
          scope.name()
              + "() resizes "
              + from.get(axis)
              + " elements to "
              + to.get(axis)
              + ", more than this interpolation does",
          "use \"bilinear\"");
    }
  }

  /** A product along the height. */
  private Value down(Value x, float[][] weights) {
    Value matrix = matrix(x, weights);
    if (images.isFirst()) {
      return emit.add(new MatMul(false, false), matrix, x);
    }
    List<Dim> dims = x.type().shape().dims();
    Dim rows = dims.get(2).times(dims.get(3));
    Value wide = emit.reshape(x, List.of(dims.get(0), dims.get(1), rows));
    Value y = emit.add(new MatMul(false, false), matrix, wide);
    return emit.reshape(y, List.of(dims.get(0), to.get(0), dims.get(2), dims.get(3)));
  }

  /** A product along the width. */
  private Value across(Value x, float[][] weights) {
    Value matrix = matrix(x, weights);
    return images.isFirst()
        ? emit.add(new MatMul(false, true), x, matrix)
        : emit.add(new MatMul(false, false), matrix, x);
  }

  private Value matrix(Value like, float[][] weights) {
    float[] flat = new float[weights.length * weights[0].length];
    for (int i = 0; i < weights.length; i++) {
      System.arraycopy(weights[i], 0, flat, i * weights[0].length, weights[0].length);
    }
    Shape shape = Shape.of(Dim.of(weights.length), Dim.of(weights[0].length));
    Value constant = emit.constant(ConstantData.ofFloats(shape, flat));
    ElementType type = like.type().elementType();
    return emit.cast(constant, type);
  }
}
