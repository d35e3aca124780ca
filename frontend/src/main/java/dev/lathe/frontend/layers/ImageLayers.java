package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;
import static dev.lathe.frontend.layers.CommonArguments.DATA_FORMAT;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ShapeOp.CoordinateTransform;
import dev.lathe.ir.op.ShapeOp.NearestMode;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import java.util.Arrays;
import java.util.List;

/** Layers that make images larger, smaller, or of other contrast. */
final class ImageLayers {
  private static final Argument<Long> HEIGHT = required("height", ArgumentKinds.POSITIVE);
  private static final Argument<Long> WIDTH = required("width", ArgumentKinds.POSITIVE);
  private static final Argument<String> RESIZING =
      optional("interpolation", Interpolation.KIND, "bilinear");
  private static final Argument<String> UP_SAMPLING =
      optional("interpolation", Interpolation.KIND, "nearest");
  private static final Argument<Boolean> CROP_TO_ASPECT_RATIO =
      optional("crop_to_aspect_ratio", ArgumentKinds.FLAG, false);
  private static final Argument<Boolean> PAD_TO_ASPECT_RATIO =
      optional("pad_to_aspect_ratio", ArgumentKinds.FLAG, false);
  private static final Argument<String> FILL_MODE =
      optional("fill_mode", ArgumentKinds.oneOf("constant"), "constant");
  private static final Argument<Double> FILL_VALUE =
      optional("fill_value", ArgumentKinds.NUMBER, 0.0);
  private static final Argument<Boolean> ANTIALIAS =
      optional("antialias", ArgumentKinds.FLAG, false);

  private ImageLayers() {}

  static void register(LayerIndex index) {
    registerUpSampling(index);
    index.add(
        LayerKind.of(
            "resizing",
            "Resizing",
            ImageLayers::resizing,
            HEIGHT,
            WIDTH,
            RESIZING,
            CROP_TO_ASPECT_RATIO,
            PAD_TO_ASPECT_RATIO,
            FILL_MODE,
            FILL_VALUE,
            ANTIALIAS,
            DATA_FORMAT));
    index.add(
        LayerKind.of(
            "center_crop", "CenterCrop", ImageLayers::centerCrop, HEIGHT, WIDTH, DATA_FORMAT));
    index.add(
        LayerKind.of(
            "auto_contrast",
            "AutoContrast",
            ImageLayers::autoContrast,
            AugmentationLayers.VALUE_RANGE,
            AugmentationLayers.BOUNDING_BOX_FORMAT,
            DATA_FORMAT));
    index.add(AdaptiveHistogramLayer.kind());
  }

  private static void registerUpSampling(LayerIndex index) {
    Argument<Long> steps = optional("size", ArgumentKinds.POSITIVE, 2L);
    index.add(
        LayerKind.of(
            "up_sampling1d",
            "UpSampling1D",
            scope -> repeated(Spatial.of(scope, 1), scope, List.of(scope.get(steps))),
            steps));
    Argument<List<Long>> area = optional("size", ArgumentKinds.sizePerAxis(2), 2L);
    index.add(
        LayerKind.of(
            "up_sampling2d",
            "UpSampling2D",
            scope -> upSampled(scope, scope.get(area)),
            area,
            DATA_FORMAT,
            UP_SAMPLING));
    Argument<List<Long>> volume = optional("size", ArgumentKinds.sizePerAxis(3), 2L);
    index.add(
        LayerKind.of(
            "up_sampling3d",
            "UpSampling3D",
            scope -> repeated(Spatial.of(scope, 3), scope, scope.get(volume)),
            volume,
            DATA_FORMAT));
  }

  /** {@code UpSampling1D} and its like: each element of space several times. */
  private static List<Value> repeated(Spatial image, LayerScope scope, List<Long> size) {
    if (size.stream().allMatch(times -> times == 1)) {
      return List.of(image.x());
    }
    Resize op =
        new Resize(
            ResizeMode.NEAREST,
            CoordinateTransform.ASYMMETRIC,
            NearestMode.FLOOR,
            true,
            -0.5f,
            false,
            false);
    float[] factors = new float[size.size() + 2];
    Arrays.fill(factors, 1);
    for (int i = 0; i < size.size(); i++) {
      factors[i + 2] = size.get(i);
      if ((long) factors[i + 2] != size.get(i)) {
        throw new LayerException(
                scope.name() + "() repeats elements " + size.get(i) + " times", "repeat less")
            .about("size");
      }
    }
    Value times = scope.emit().constant(ConstantData.ofFloats(factors));
    return List.of(image.fromChannelsFirst(scope.emit().add(op, image.toChannelsFirst(), times)));
  }

  /** {@code UpSampling2D}: each pixel several times, or as many more by interpolation. */
  private static List<Value> upSampled(LayerScope scope, List<Long> size) {
    Spatial image = Spatial.of(scope, 2);
    String how = scope.get(UP_SAMPLING);
    if (how.equals("nearest")) {
      return repeated(image, scope, size);
    }
    Dim height = image.size(0).times(size.get(0));
    Dim width = image.size(1).times(size.get(1));
    Images images = Interpolation.resize(Images.of(scope), height, width, how, false);
    ElementType type = scope.input().type().elementType();
    return images.with(saturated(scope.emit(), images.x(), type)).result();
  }

  /**
   * {@code Resizing}: images of a height and a width, by interpolation, in the type they had.
   * Integers are rounded. Proportions may be kept: by cutting off what is too much, or by filling
   * up what is missing.
   */
  private static List<Value> resizing(LayerScope scope) {
    Images images = Images.of(scope);
    long height = scope.get(HEIGHT);
    long width = scope.get(WIDTH);
    String how = scope.get(RESIZING);
    if (scope.get(CROP_TO_ASPECT_RATIO) && scope.get(PAD_TO_ASPECT_RATIO)) {
      throw new LayerException(
              "resizing() either crops or pads to the aspect ratio, not both", "leave one out")
          .about("pad_to_aspect_ratio");
    }
    ElementType type = images.x().type().elementType();
    if (scope.get(CROP_TO_ASPECT_RATIO)) {
      images = images.cutToAspect(height, width);
    } else if (scope.get(PAD_TO_ASPECT_RATIO)) {
      images = padded(images, height, width, scope.get(FILL_VALUE));
    }
    Images resized =
        Interpolation.resize(images, Dim.of(height), Dim.of(width), how, scope.get(ANTIALIAS));
    return resized.with(saturated(scope.emit(), resized.x(), type)).result();
  }

  private static Images padded(Images images, long targetHeight, long targetWidth, double fill) {
    long height = images.fixedHeight("to pad images to proportions");
    long width = images.fixedWidth("to pad images to proportions");
    long rows = Math.max(height, Images.fitted(width, targetHeight, targetWidth));
    long columns = Math.max(width, Images.fitted(height, targetWidth, targetHeight));
    long above = (rows - height) / 2;
    long before = (columns - width) / 2;
    if (above == 0 && before == 0) {
      return images;
    }
    long[] pads = new long[8];
    int axis = images.heightAxis();
    pads[axis] = above;
    pads[axis + 1] = before;
    pads[axis + 4] = above;
    pads[axis + 5] = before;
    Emitter emit = images.scope().emit();
    Value value = emit.scalarLike(images.x(), fill);
    return images.with(emit.add(new Pad(PadMode.CONSTANT), images.x(), emit.longs(pads), value));
  }

  /** Floats as an integer type again: rounded to even, and no further than the type goes. */
  private static Value saturated(Emitter emit, Value x, ElementType type) {
    if (type.isFloat() || x.type().elementType() == type) {
      return emit.cast(x, type);
    }
    int bits = type.bits();
    double most = Math.pow(2, type.isUnsigned() ? bits : bits - 1) - 1;
    double least = type.isUnsigned() ? 0 : -most - 1;
    Value rounded = emit.unary(UnaryFunction.ROUND, x);
    return emit.cast(emit.add(new Clamp(least, most), rounded), type);
  }

  /**
   * {@code CenterCrop}: the middle of images as floats. Where they are smaller in one direction,
   * the largest middle part of the wanted proportions is resized instead.
   */
  private static List<Value> centerCrop(LayerScope scope) {
    Images given = Images.of(scope);
    Images images = given.with(scope.floats(given.x()));
    long height = scope.get(HEIGHT);
    long width = scope.get(WIDTH);
    boolean isLarge = reaches(images.height(), height) && reaches(images.width(), width);
    if (!isLarge) {
      Images part = images.cutToAspect(height, width);
      return Interpolation.resize(part, Dim.of(height), Dim.of(width), "bilinear", false).result();
    }
    Dim top = images.height().plus(-height).floorDiv(2);
    Dim left = images.width().plus(-width).floorDiv(2);
    return images.cut(top, left, Dim.of(height), Dim.of(width)).result();
  }

  /** Whether an axis is as long as wanted; of one without a fixed size it is assumed. */
  private static boolean reaches(Dim size, long wanted) {
    return !size.isFixed() || size.value() >= wanted;
  }

  /**
   * {@code AutoContrast}: each image stretched so that its elements span the range of values. The
   * least and the greatest are those of axes 1 and 2, as Keras takes them for channels first too.
   */
  private static List<Value> autoContrast(LayerScope scope) {
    Images given = Images.of(scope);
    Emitter emit = scope.emit();
    Value original = scope.floats(given.x());
    List<Double> range = AugmentationLayers.valueRange(scope);
    Value x = AugmentationLayers.toBytes(emit, original, range);
    Value low = emit.reduce(ReduceFunction.MIN, x, List.of(1, 2), true);
    Value high = emit.reduce(ReduceFunction.MAX, x, List.of(1, 2), true);
    Value scale = emit.over(emit.scalarLike(x, 255), emit.minus(high, low));
    Value offset = emit.times(emit.unary(UnaryFunction.NEG, low), scale);
    Value y = emit.add(new Clamp(0, 255), emit.plus(emit.times(x, scale), offset));
    y = AugmentationLayers.fromBytes(emit, y, range);
    Value isFlat = emit.binary(BinaryFunction.EQUAL, low, high);
    return given.with(emit.where(isFlat, original, y)).result();
  }
}
