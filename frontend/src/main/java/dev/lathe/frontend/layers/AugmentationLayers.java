package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;
import static dev.lathe.frontend.layers.CommonArguments.DATA_FORMAT;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Layers that change images at random in training: at inference they give what they are given.
 * Those that Keras computes in floats give floats, others leave integers as they are.
 */
final class AugmentationLayers {
  /** The range of values of images. */
  static final Argument<List<Double>> VALUE_RANGE =
      optional("value_range", numbers("a list [least, most]", 2, 2), List.of(0L, 255L));

  /** How bounding boxes are written, which are no tensors of a model. */
  static final Argument<String> BOUNDING_BOX_FORMAT =
      optional("bounding_box_format", ArgumentKinds.TEXT);

  private static final List<Double> BYTES = List.of(0.0, 255.0);

  private static final ArgumentKind<List<Double>> FACTOR =
      numbers("a number or a list of two", 1, 2);
  private static final Argument<List<Double>> FACTOR_REQUIRED = required("factor", FACTOR);
  private static final Argument<Long> SEED = optional("seed", ArgumentKinds.INTEGER);
  private static final Argument<String> INTERPOLATION =
      optional("interpolation", ArgumentKinds.oneOf("bilinear", "nearest"), "bilinear");
  private static final Argument<String> FILL_MODE =
      optional(
          "fill_mode", ArgumentKinds.oneOf("reflect", "constant", "wrap", "nearest"), "reflect");
  private static final Argument<Double> FILL_VALUE =
      optional("fill_value", ArgumentKinds.NUMBER, 0.0);

  private AugmentationLayers() {}

  private static ArgumentKind<List<Double>> numbers(String wanted, int least, int most) {
    return new ArgumentKind<>() {
      @Override
      public String wanted() {
        return wanted;
      }

      @Override
      public List<Double> convert(Object written) {
        List<Double> numbers = ArgumentKinds.NUMBERS.convert(written);
        if (numbers.size() < least || numbers.size() > most) {
          throw new LayerException(Written.described(written), "");
        }
        return numbers;
      }
    };
  }

  private static Argument<List<Double>> factor(String name, Object fallback) {
    return optional(name, FACTOR, fallback);
  }

  private static Argument<List<Double>> factor(String name) {
    return optional(name, FACTOR);
  }

  /** The range of values in ascending order, which Keras brings it into. */
  static List<Double> valueRange(LayerScope scope) {
    List<Double> range = new ArrayList<>(scope.get(VALUE_RANGE));
    Collections.sort(range);
    if (range.get(0).equals(range.get(1))) {
      throw new LayerException(
              "'value_range' of " + scope.name() + "() is empty: " + Written.text(range), "")
          .about("value_range");
    }
    return range;
  }

  /** Numbers of a range as numbers from 0 to 255. */
  static Value toBytes(Emitter emit, Value x, List<Double> range) {
    return moved(emit, x, range, BYTES);
  }

  /** Numbers from 0 to 255 as numbers of a range. */
  static Value fromBytes(Emitter emit, Value x, List<Double> range) {
    return moved(emit, x, BYTES, range);
  }

  private static Value moved(Emitter emit, Value x, List<Double> from, List<Double> to) {
    if (from.equals(to)) {
      return x;
    }
    Value shifted = emit.minus(x, emit.scalarLike(x, from.get(0)));
    Value unit = emit.over(shifted, emit.scalarLike(x, from.get(1) - from.get(0)));
    Value wide = emit.times(unit, emit.scalarLike(x, to.get(1) - to.get(0)));
    return emit.plus(wide, emit.scalarLike(x, to.get(0)));
  }

  static void register(LayerIndex index) {
    registerColors(index);
    registerGeometry(index);
    registerMixtures(index);
  }

  private static void registerColors(LayerIndex index) {
    keeping(index, "random_brightness", "RandomBrightness", FACTOR_REQUIRED, VALUE_RANGE, SEED);
    keeping(index, "random_contrast", "RandomContrast", FACTOR_REQUIRED, VALUE_RANGE, SEED);
    for (String color : List.of("Hue", "Saturation", "Posterization", "ColorDegeneration")) {
      String kerasName = "Random" + color;
      String name = KerasTypes.snake(kerasName);
      keeping(index, name, kerasName, FACTOR_REQUIRED, VALUE_RANGE, DATA_FORMAT, SEED);
    }
    keeping(
        index,
        "random_color_jitter",
        "RandomColorJitter",
        VALUE_RANGE,
        factor("brightness_factor"),
        factor("contrast_factor"),
        factor("saturation_factor"),
        factor("hue_factor"),
        SEED);
    keeping(index, "random_grayscale", "RandomGrayscale", factor("factor", 0.5), DATA_FORMAT, SEED);
    keeping(index, "random_invert", "RandomInvert", factor("factor", 1.0), VALUE_RANGE, SEED);
    casting(
        index,
        "random_gaussian_blur",
        "RandomGaussianBlur",
        factor("factor", 1.0),
        optional("kernel_size", ArgumentKinds.sizePerAxis(2), 3L),
        factor("sigma", 1.0),
        VALUE_RANGE,
        DATA_FORMAT,
        SEED);
    casting(
        index,
        "random_sharpness",
        "RandomSharpness",
        FACTOR_REQUIRED,
        VALUE_RANGE,
        DATA_FORMAT,
        SEED);
    casting(
        index,
        "solarization",
        "Solarization",
        factor("addition_factor", 0.0),
        factor("threshold_factor", 0.0),
        VALUE_RANGE,
        SEED);
    keeping(
        index,
        "equalization",
        "Equalization",
        VALUE_RANGE,
        optional("bins", ArgumentKinds.POSITIVE, 256L));
  }

  private static void registerGeometry(LayerIndex index) {
    keeping(
        index,
        "random_crop",
        "RandomCrop",
        required("height", ArgumentKinds.POSITIVE),
        required("width", ArgumentKinds.POSITIVE),
        SEED);
    casting(
        index,
        "random_flip",
        "RandomFlip",
        optional(
            "mode",
            ArgumentKinds.oneOf("horizontal_and_vertical", "horizontal", "vertical"),
            "horizontal_and_vertical"),
        SEED);
    casting(
        index,
        "random_rotation",
        "RandomRotation",
        FACTOR_REQUIRED,
        FILL_MODE,
        INTERPOLATION,
        SEED,
        FILL_VALUE);
    casting(
        index,
        "random_translation",
        "RandomTranslation",
        required("height_factor", FACTOR),
        required("width_factor", FACTOR),
        FILL_MODE,
        INTERPOLATION,
        SEED,
        FILL_VALUE);
    casting(
        index,
        "random_zoom",
        "RandomZoom",
        required("height_factor", FACTOR),
        factor("width_factor"),
        FILL_MODE,
        INTERPOLATION,
        SEED,
        FILL_VALUE);
    casting(
        index,
        "random_shear",
        "RandomShear",
        factor("x_factor", 0.0),
        factor("y_factor", 0.0),
        INTERPOLATION,
        FILL_MODE,
        FILL_VALUE,
        DATA_FORMAT,
        SEED);
    casting(
        index,
        "random_perspective",
        "RandomPerspective",
        factor("factor", 1.0),
        factor("scale", 1.0),
        INTERPOLATION,
        FILL_VALUE,
        SEED);
    casting(
        index,
        "random_elastic_transform",
        "RandomElasticTransform",
        factor("factor", 1.0),
        factor("scale", 1.0),
        INTERPOLATION,
        FILL_MODE,
        FILL_VALUE,
        VALUE_RANGE,
        SEED);
    casting(
        index,
        "random_erasing",
        "RandomErasing",
        factor("factor", 1.0),
        factor("scale", List.of(0.02, 0.33)),
        optional("fill_value", ArgumentKinds.NUMBERS),
        VALUE_RANGE,
        SEED);
  }

  private static void registerMixtures(LayerIndex index) {
    // Only bounding boxes, which are no tensors of a model, have a number that could be limited.
    keeping(
        index,
        "max_num_bounding_boxes",
        "MaxNumBoundingBoxes",
        required("max_number", ArgumentKinds.POSITIVE),
        optional("fill_value", ArgumentKinds.INTEGER, -1L));
    casting(
        index,
        "aug_mix",
        "AugMix",
        VALUE_RANGE,
        optional("num_chains", ArgumentKinds.POSITIVE, 3L),
        optional("chain_depth", ArgumentKinds.POSITIVE, 3L),
        factor("factor", 0.3),
        optional("alpha", ArgumentKinds.NON_NEGATIVE_NUMBER, 1.0),
        optional("all_ops", ArgumentKinds.FLAG, true),
        INTERPOLATION,
        SEED);
    casting(index, "cut_mix", "CutMix", factor("factor", 1.0), SEED);
    keeping(
        index,
        "mix_up",
        "MixUp",
        optional("alpha", ArgumentKinds.NON_NEGATIVE_NUMBER, 0.2),
        DATA_FORMAT,
        SEED);
    casting(
        index,
        "rand_augment",
        "RandAugment",
        VALUE_RANGE,
        optional("num_ops", ArgumentKinds.POSITIVE, 2L),
        factor("factor", 0.5),
        INTERPOLATION,
        SEED);
  }

  /** A layer that leaves the type of its input. */
  private static void keeping(
      LayerIndex index, String name, String kerasName, Argument<?>... arguments) {
    add(index, name, kerasName, scope -> Images.of(scope).result(), arguments);
  }

  /** A layer that gives floats. */
  private static void casting(
      LayerIndex index, String name, String kerasName, Argument<?>... arguments) {
    add(
        index,
        name,
        kerasName,
        scope -> {
          Images images = Images.of(scope);
          return images.with(scope.floats(images.x())).result();
        },
        arguments);
  }

  private static void add(
      LayerIndex index, String name, String kerasName, LayerRule rule, Argument<?>... arguments) {
    List<Argument<?>> all = new ArrayList<>(Arrays.asList(arguments));
    if (!all.contains(DATA_FORMAT)) {
      all.add(DATA_FORMAT);
    }
    all.add(BOUNDING_BOX_FORMAT);
    index.add(LayerKind.of(name, kerasName, rule, all.toArray(Argument<?>[]::new)));
  }
}
