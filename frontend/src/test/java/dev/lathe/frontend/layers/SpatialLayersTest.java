package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Calls.layer;
import static dev.lathe.frontend.layers.Calls.refused;
import static dev.lathe.frontend.layers.Calls.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What layers over images and sequences say of what does not fit, and the sizes they give. */
class SpatialLayersTest {

  @Test
  void convolutionsGiveTheirSizes() {
    assertThat(layer("conv2d", with("filters", 8L, "kernel_size", 3L), "f32[N, H, W, 3]"))
        .isEqualTo("f32[N, H - 2, W - 2, 8]");
    assertThat(
            layer(
                "conv2d",
                with("filters", 8L, "kernel_size", 3L, "strides", 2L, "padding", "same"),
                "f32[N, H, 9, 3]"))
        .isEqualTo("f32[N, floordiv(H + 1, 2), 5, 8]");
    assertThat(
            layer(
                "conv1d",
                with("filters", 8L, "kernel_size", 3L, "padding", "causal"),
                "f32[N, T, 3]"))
        .isEqualTo("f32[N, T, 8]");
    assertThat(
            layer(
                "conv2d",
                with(
                    "filters", 4L, "kernel_size", List.of(1L, 5L), "data_format", "channels_first"),
                "i32[2, 3, 7, 8]"))
        .isEqualTo("f32[2, 4, 7, 4]");
    assertThat(
            layer(
                "conv2d_transpose",
                with("filters", 8L, "kernel_size", 3L, "strides", 2L, "padding", "same"),
                "f32[N, H, W, 3]"))
        .isEqualTo("f32[N, 2*H, 2*W, 8]");
    assertThat(
            layer(
                "conv1d_transpose",
                with("filters", 8L, "kernel_size", 3L, "strides", 2L, "output_padding", 1L),
                "f32[N, T, 3]"))
        .isEqualTo("f32[N, 2*T + 2, 8]");
    assertThat(
            layer(
                "depthwise_conv2d",
                with("kernel_size", 3L, "depth_multiplier", 2L),
                "f16[N, 8, 8, 3]"))
        .isEqualTo("f16[N, 6, 6, 6]");
    assertThat(layer("separable_conv1d", with("filters", 5L, "kernel_size", 3L), "f32[N, T, 3]"))
        .isEqualTo("f32[N, T - 2, 5]");
  }

  @Test
  void convolutionsRefuseWhatDoesNotFit() {
    assertThat(refused("conv2d", with("filters", 8L, "kernel_size", 3L), "f32[N, 28, 28]"))
        .isEqualTo(
            "conv2d() takes a tensor of 4 axes [batch, height, width, channels], and this is f32[N,"
                + " 28, 28]"
                + " / reshape() adds axes");
    assertThat(
            refused(
                "conv3d",
                with("filters", 8L, "kernel_size", 3L, "data_format", "channels_first"),
                "f32[N, 28, 28, 3]"))
        .isEqualTo(
            "conv3d() takes a tensor of 5 axes [batch, channels, depth, height, width], and this is"
                + " f32[N, 28, 28, 3]"
                + " / reshape() adds axes");
    assertThat(refused("conv2d", with("filters", 8L, "kernel_size", 3L), "f32[N, 28, 28, C]"))
        .isEqualTo(
            "conv2d() needs a fixed size on axis 3 of its input, which is f32[N, 28, 28, C] / give"
                + " C a number in the model's inputs");
    assertThat(refused("conv2d", with("filters", 8L, "kernel_size", 5L), "f32[N, 28, 4, 3]"))
        .isEqualTo(
            "the window of conv2d() spans 5 elements of axis 2, and the input f32[N, 28, 4, 3] has"
                + " 4 / use padding: \"same\", a smaller window, or fewer layers that shrink the"
                + " input");
    assertThat(
            refused(
                "depthwise_conv1d", with("kernel_size", 3L, "dilation_rate", 4L), "f32[N, 8, 3]"))
        .isEqualTo(
            "the window of depthwise_conv1d() spans 9 elements of axis 1, and the input f32[N, 8,"
                + " 3] has 8 / use padding: \"same\", a smaller window, or fewer layers that shrink"
                + " the input");
    assertThat(
            refused(
                "conv2d", with("filters", 8L, "kernel_size", 3L, "groups", 2L), "f32[N, 8, 8, 3]"))
        .isEqualTo(
            "the groups of conv2d() divide channels and filters, and 2 does not divide 3 channels");
    assertThat(
            refused(
                "conv2d", with("filters", 9L, "kernel_size", 3L, "groups", 2L), "f32[N, 8, 8, 4]"))
        .isEqualTo(
            "the groups of conv2d() divide channels and filters, and 2 does not divide 9 filters");
    assertThat(
            refused(
                "conv2d_transpose",
                with(
                    "filters",
                    8L,
                    "kernel_size",
                    3L,
                    "strides",
                    2L,
                    "output_padding",
                    List.of(1L, 2L)),
                "f32[N, 8, 8, 3]"))
        .isEqualTo(
            "'output_padding' of conv2d_transpose() is 2 where the stride is 2, and it must be less"
                + " / leave it out for the size that 'padding' gives");
  }

  @Test
  void convolutionsRefuseWrongArguments() {
    assertThat(refused("conv2d", with("filters", 0L, "kernel_size", 3L), "f32[N, 8, 8, 3]"))
        .isEqualTo("'filters' of conv2d() must be a positive integer, not the integer 0");
    assertThat(refused("conv2d", with("filters", 8L), "f32[N, 8, 8, 3]"))
        .isEqualTo("conv2d() needs argument 'kernel_size' / write conv2d(kernel_size: …)");
    assertThat(
            refused(
                "conv2d",
                with("filters", 8L, "kernel_size", List.of(3L, 3L, 3L)),
                "f32[N, 8, 8, 3]"))
        .isEqualTo(
            "'kernel_size' of conv2d() must be a positive integer or a list of 2 of them, not the"
                + " list [3, 3, 3]");
    assertThat(
            refused(
                "conv2d",
                with("filters", 8L, "kernel_size", 3L, "padding", "causal"),
                "f32[N, 8, 8, 3]"))
        .isEqualTo(
            "'padding' of conv2d() must be \"valid\" or \"same\", not the string \"causal\"");
    assertThat(
            refused(
                "conv1d",
                with("filters", 8L, "kernel_size", 3L, "padding", "smae"),
                "f32[N, 8, 3]"))
        .isEqualTo(
            "'padding' of conv1d() must be \"valid\" or \"same\" or \"causal\", not the string"
                + " \"smae\" / did you mean \"same\"?");
    assertThat(
            refused(
                "conv2d", with("filters", 8L, "kernel_size", 3L, "stride", 2L), "f32[N, 8, 8, 3]"))
        .isEqualTo("conv2d() has no argument 'stride' / did you mean 'strides'?");
    assertThat(
            refused(
                "conv2d",
                with("filters", 8L, "kernel_size", 3L, "data_format", "NCHW"),
                "f32[N, 8, 8, 3]"))
        .isEqualTo(
            "'data_format' of conv2d() must be \"channels_last\" or \"channels_first\", not the"
                + " string \"NCHW\"");
    assertThat(refused("conv2d", with("filters", 1L << 40, "kernel_size", 3L), "f32[N, 8, 8, 3]"))
        .isEqualTo(
            "the weight 'conv2d/kernel' would be f32[3, 3, 3, 1099511627776], more than 64 GiB /"
                + " check the sizes that it comes from");
    assertThat(
            refused(
                "depthwise_conv1d",
                with("kernel_size", 3L, "depth_multiplier", 1L << 62),
                "f32[N, 8, 9]"))
        .isEqualTo(
            "the weight 'depthwise_conv1d/kernel' would be f32[3, 9, 4611686018427387904], more"
                + " than 64 GiB / check the sizes that it comes from");
    assertThat(
            refused(
                "conv1d",
                with("filters", 2L, "kernel_size", 3L, "dilation_rate", 1L << 62),
                "f32[N, 8, 9]"))
        .isEqualTo("conv1d() makes sizes that exceed 64 bits / check its arguments");
    assertThat(
            refused(
                "conv1d_transpose",
                with("filters", 2L, "kernel_size", 3L, "strides", 1L << 62),
                "f32[N, 8, 9]"))
        .isEqualTo("conv1d_transpose() makes sizes that exceed 64 bits / check its arguments");
  }

  @Test
  void poolingGivesItsSizes() {
    assertThat(layer("max_pooling2d", with("pool_size", 2L), "f32[N, H, 9, 3]"))
        .isEqualTo("f32[N, floordiv(H, 2), 4, 3]");
    assertThat(
            layer(
                "average_pooling1d",
                with("pool_size", 3L, "strides", 1L, "padding", "same"),
                "i32[N, T, 3]"))
        .isEqualTo("f32[N, T, 3]");
    assertThat(layer("max_pooling3d", with(), "i8[N, 4, 4, 5, 3]")).isEqualTo("i8[N, 2, 2, 2, 3]");
    assertThat(layer("global_max_pooling2d", with("keepdims", true), "i32[N, H, W, 3]"))
        .isEqualTo("i32[N, 1, 1, 3]");
    assertThat(layer("global_average_pooling1d", with(), "f32[N, T, 3]", "bool[N, T]"))
        .isEqualTo("f32[N, 3]");
    assertThat(layer("adaptive_average_pooling2d", with("output_size", 1L), "f32[N, H, W, 3]"))
        .isEqualTo("f32[N, 1, 1, 3]");
  }

  @Test
  void poolingRefusesWhatDoesNotFit() {
    assertThat(refused("adaptive_average_pooling2d", with("output_size", 2L), "f32[N, H, W, 3]"))
        .isEqualTo(
            "adaptive_average_pooling2d() needs a fixed size on axis 1 of its input, which is"
                + " f32[N, H, W, 3] / give H a number in the model's inputs");
    assertThat(refused("adaptive_max_pooling1d", with("output_size", 100_000L), "f32[N, 7, 3]"))
        .isEqualTo(
            "adaptive_max_pooling1d() makes 7 elements 100000 windows of different sizes, and at"
                + " most 4096 are possible / take a size that divides 7");
    assertThat(refused("average_pooling2d", with(), "f32[N, 8, 8, 3]"))
        .isEqualTo(
            "average_pooling2d() needs argument 'pool_size' / write average_pooling2d(pool_size:"
                + " …)");
    assertThat(refused("max_pooling2d", with("pool_size", 9L), "f32[N, 8, 8, 3]"))
        .isEqualTo(
            "the window of max_pooling2d() spans 9 elements of axis 1, and the input f32[N, 8, 8,"
                + " 3] has 8 / use padding: \"same\", a smaller window, or fewer layers that shrink"
                + " the input");
    assertThat(refused("max_pooling2d", with("strides", 0L), "f32[N, 8, 8, 3]"))
        .isEqualTo(
            "'strides' of max_pooling2d() must be a positive integer or a list of 2 of them or"
                + " none, not the integer 0");
    assertThat(refused("global_average_pooling2d", with(), "f32[N, 8, 3]"))
        .isEqualTo(
            "global_average_pooling2d() takes a tensor of 4 axes [batch, height, width, channels],"
                + " and this is f32[N, 8, 3]"
                + " / reshape() adds axes");
    assertThat(refused("global_average_pooling1d", with(), "f32[N, 8, 3]", "bool[N, 8, 1]"))
        .isEqualTo(
            "global_average_pooling1d() takes a mask [batch, length], and this is bool[N, 8, 1]");
  }

  @Test
  void shapesChange() {
    assertThat(layer("flatten", with(), "f32[N, H, W, 3]")).isEqualTo("f32[N, 3*H*W]");
    assertThat(layer("flatten", with(), "f32[N]")).isEqualTo("f32[N, 1]");
    assertThat(layer("reshape", with("target_shape", List.of(-1L, 6L)), "f32[N, T, 12]"))
        .isEqualTo("f32[N, 2*T, 6]");
    assertThat(
            layer(
                "zero_padding2d",
                with("padding", List.of(List.of(1L, 0L), List.of(0L, 2L))),
                "f32[N, H, 4, 3]"))
        .isEqualTo("f32[N, H + 1, 6, 3]");
    assertThat(layer("cropping1d", with("cropping", List.of(1L, 2L)), "f32[N, T, 3]"))
        .isEqualTo("f32[N, T - 3, 3]");
    assertThat(layer("repeat_vector", with("n", 3L), "f32[N, M]")).isEqualTo("f32[N, 3, M]");
    assertThat(
            layer(
                "up_sampling2d",
                with("size", List.of(2L, 3L), "interpolation", "bilinear"),
                "u8[N, H, W, 3]"))
        .isEqualTo("u8[N, 2*H, 3*W, 3]");
  }

  @Test
  void shapesThatDoNotFit() {
    assertThat(refused("flatten", with(), "f32[]"))
        .isEqualTo("flatten() takes a tensor [batch, …], not a scalar");
    assertThat(refused("reshape", with("target_shape", List.of(5L)), "f32[N, 2, 3]"))
        .isEqualTo(
            "the input f32[N, 2, 3] has 6 elements an example, and the shape [5] has 5 / reshape()"
                + " leaves the batch axis out; ops.reshape(x, shape) names all axes");
    assertThat(refused("reshape", with("target_shape", List.of(-1L, 4L)), "f32[N, 2, 3]"))
        .isEqualTo(
            "the input f32[N, 2, 3] has 6 elements an example, and the shape [-1, 4] has 4 times"
                + " something / reshape() leaves the batch axis out; ops.reshape(x, shape) names"
                + " all axes");
    assertThat(refused("reshape", with("target_shape", List.of(-1L, -1L)), "f32[N, 2, 3]"))
        .isEqualTo(
            "only one size of a shape can be -1, and the shape is [-1, -1] / give the others"
                + " numbers");
    assertThat(refused("reshape", with("target_shape", List.of(-2L, 3L)), "f32[N, 2, 3]"))
        .isEqualTo("a size of reshape() is -2 / sizes are at least 0, or -1 for one to infer");
    assertThat(refused("permute", with("dims", List.of(0L, 1L)), "f32[N, 2, 3]"))
        .isEqualTo(
            "the input f32[N, 2, 3] has axes 1 to 2 beside the batch, and dims are [0, 1] / name"
                + " each axis once");
    assertThat(refused("permute", with("dims", List.of(2L, 2L)), "f32[N, 2, 3]"))
        .isEqualTo(
            "the input f32[N, 2, 3] has axes 1 to 2 beside the batch, and dims are [2, 2] / name"
                + " each axis once");
    assertThat(refused("repeat_vector", with("n", 3L), "f32[N, 2, 3]"))
        .isEqualTo(
            "repeat_vector() takes a tensor of 2 axes [batch, size], and this is f32[N, 2, 3]"
                + " / reshape(), flatten() and global pooling take axes away");
    assertThat(
            refused(
                "cropping2d",
                with("cropping", List.of(List.of(2L, 2L), List.of(0L, 0L))),
                "f32[N, 4, 4, 3]"))
        .isEqualTo(
            "cropping2d() takes 2 and 2 elements off axis 1, and the input f32[N, 4, 4, 3] has 4 /"
                + " crop less");
    assertThat(refused("zero_padding2d", with("padding", -1L), "f32[N, 4, 4, 3]"))
        .isEqualTo(
            "'padding' of zero_padding2d() must be an integer, a list of 2 integers, or a list of 2"
                + " pairs, not the integer -1");
    assertThat(refused("zero_padding2d", with("padding", List.of(1L, 2L, 3L)), "f32[N, 4, 4, 3]"))
        .isEqualTo(
            "'padding' of zero_padding2d() must be an integer, a list of 2 integers, or a list of 2"
                + " pairs, not the list [1, 2, 3]");
    assertThat(refused("up_sampling2d", with("interpolation", "linear"), "f32[N, 4, 4, 3]"))
        .isEqualTo(
            "'interpolation' of up_sampling2d() must be \"nearest\" or \"bilinear\" or \"bicubic\""
                + " or \"lanczos3\" or \"lanczos5\", not the string \"linear\" / did you mean"
                + " \"bilinear\"?");
    assertThat(refused("up_sampling2d", with("interpolation", "lanczos3"), "f32[N, H, 4, 3]"))
        .isEqualTo(
            "up_sampling2d() needs a fixed height for lanczos3, and the input is f32[N, H, 4, 3] /"
                + " give H a number in the model's inputs");
    assertThat(refused("up_sampling1d", with("size", (1L << 24) + 1), "f32[N, 4, 3]"))
        .isEqualTo("up_sampling1d() repeats elements 16777217 times / repeat less");
  }

  @Test
  void imagesChange() {
    assertThat(layer("resizing", with("height", 5L, "width", 7L), "u8[N, H, W, 3]"))
        .isEqualTo("u8[N, 5, 7, 3]");
    assertThat(
            layer(
                "resizing",
                with("height", 5L, "width", 7L, "data_format", "channels_first"),
                "f32[3, H, W]"))
        .isEqualTo("f32[3, 5, 7]");
    assertThat(layer("center_crop", with("height", 5L, "width", 7L), "u8[N, H, W, 3]"))
        .isEqualTo("f32[N, 5, 7, 3]");
    assertThat(layer("random_flip", with(), "u8[N, H, W, 3]")).isEqualTo("f32[N, H, W, 3]");
    assertThat(layer("random_brightness", with("factor", 0.1), "u8[N, H, W, 3]"))
        .isEqualTo("u8[N, H, W, 3]");
  }

  @Test
  void imagesThatDoNotFit() {
    assertThat(refused("resizing", with("height", 5L), "f32[N, 4, 4, 3]"))
        .isEqualTo("resizing() needs argument 'width' / write resizing(width: …)");
    assertThat(refused("resizing", with("height", 5L, "width", 7L), "f32[N, 4]"))
        .isEqualTo(
            "resizing() takes images [batch, height, width, channels], or one image [height, width,"
                + " channels], and this is f32[N, 4]");
    assertThat(
            refused(
                "resizing",
                with(
                    "height",
                    5L,
                    "width",
                    7L,
                    "crop_to_aspect_ratio",
                    true,
                    "pad_to_aspect_ratio",
                    true),
                "f32[N, 4, 4, 3]"))
        .isEqualTo("resizing() either crops or pads to the aspect ratio, not both / leave one out");
    assertThat(
            refused(
                "resizing",
                with("height", 5L, "width", 7L, "crop_to_aspect_ratio", true),
                "f32[N, 4, W, 3]"))
        .isEqualTo(
            "resizing() needs a fixed width to cut images to proportions, and the input is f32[N,"
                + " 4, W, 3] / give W a number in the model's inputs");
    assertThat(
            refused(
                "resizing",
                with("height", 5L, "width", 7L, "fill_mode", "reflect"),
                "f32[N, 4, 4, 3]"))
        .isEqualTo("'fill_mode' of resizing() must be \"constant\", not the string \"reflect\"");
    assertThat(refused("resizing", with("height", 5L, "width", 7L), "bool[N, 4, 4, 3]"))
        .isEqualTo(
            "resizing() interpolates numbers, and this is bool[N, 4, 4, 3] / use interpolation:"
                + " \"nearest\", or cast the input");
    assertThat(
            refused(
                "resizing",
                with("height", 50_000L, "width", 7L, "interpolation", "lanczos5"),
                "f32[N, 4000, 4, 3]"))
        .isEqualTo(
            "resizing() resizes 4000 elements to 50000, more than this interpolation does / use"
                + " \"bilinear\"");
    assertThat(refused("center_crop", with("height", 5L, "width", 7L), "f32[N, 4, W, 3]"))
        .isEqualTo(
            "center_crop() needs a fixed width to cut images to proportions, and the input is"
                + " f32[N, 4, W, 3] / give W a number in the model's inputs");
    assertThat(refused("random_flip", with("mode", "diagonal"), "f32[N, 4, 4, 3]"))
        .isEqualTo(
            "'mode' of random_flip() must be \"horizontal_and_vertical\" or \"horizontal\" or"
                + " \"vertical\", not the string \"diagonal\"");
    assertThat(
            refused("random_rotation", with("factor", List.of(0.1, 0.2, 0.3)), "f32[N, 4, 4, 3]"))
        .isEqualTo(
            "'factor' of random_rotation() must be a number or a list of two, not the list [0.1,"
                + " 0.2, 0.3]");
    assertThat(refused("random_zoom", with("height_factor", 0.1), "f32[N, 4]"))
        .isEqualTo(
            "random_zoom() takes images [batch, height, width, channels], or one image [height,"
                + " width, channels], and this is f32[N, 4]");
    assertThat(refused("auto_contrast", with("value_range", List.of(1L, 1L)), "f32[N, 4, 4, 3]"))
        .isEqualTo("'value_range' of auto_contrast() is empty: [1.0, 1.0]");
    assertThat(
            refused("contrast_limited_adaptive_histogram_equalization", with(), "f32[N, H, 4, 3]"))
        .isEqualTo(
            "contrast_limited_adaptive_histogram_equalization() needs a fixed height to cut images"
                + " into tiles, and the input is f32[N, H, 4, 3] / give H a number in the model's"
                + " inputs");
  }

  @Test
  void numbersAreScaled() {
    assertThat(layer("rescaling", with("scale", 0.5), "u8[N, H, W, 3]"))
        .isEqualTo("f32[N, H, W, 3]");
    assertThat(layer("normalization", with("axis", null), "i32[N, M]")).isEqualTo("f32[N, M]");
  }

  @Test
  void scalesThatDoNotFit() {
    assertThat(refused("rescaling", with("scale", List.of(1.0, 2.0)), "f32[N, 3]"))
        .isEqualTo(
            "'scale' of rescaling() has the shape [2], which does not match the last axes of f32[N,"
                + " 3] / give one number, or one for each element of the last axis");
    assertThat(
            refused(
                "rescaling", with("scale", List.of(List.of(1.0, 2.0), List.of(1.0))), "f32[N, 3]"))
        .isEqualTo(
            "'scale' of rescaling() must be a number, or a list of numbers or of lists of the same"
                + " length, not the list [[1.0, 2.0], [1.0]]");
    assertThat(refused("normalization", with(), "f32[N, M]"))
        .isEqualTo(
            "normalization() needs a fixed size on axis 1 of its input, which is f32[N, M] / give M"
                + " a number in the model's inputs");
    assertThat(refused("normalization", with("mean", 1.0), "f32[N, 3]"))
        .isEqualTo(
            "normalization() has 'mean' and 'variance' or neither, and there is no 'variance' /"
                + " without both they are weights, as Keras's adapt() makes them");
    assertThat(
            refused(
                "normalization",
                with("mean", List.of(1.0, 2.0), "variance", List.of(1.0, 2.0)),
                "f32[N, 3]"))
        .isEqualTo(
            "'mean' of normalization() has the shape [2], and axes [1] of f32[N, 3] are normalized"
                + " / give one number, or a number for each element of these axes");
    assertThat(refused("normalization", with("axis", 3L), "f32[N, 3]"))
        .isEqualTo(
            "normalization() has axis 3, and its input is f32[N, 3]"
                + " / its axes go from 0 to 1, or from -2 to -1");
  }

  @Test
  void othersNamesAreKnown() {
    for (String name : List.of("MaxPool2D", "max_pool2d", "MaxPooling2D", "maxpool2d")) {
      assertThat(Layers.alias(name)).hasToString("max_pooling2d");
    }
    assertThat(Layers.alias("Convolution2DTranspose")).hasToString("conv2d_transpose");
    assertThat(Layers.alias("GlobalAvgPool1D")).hasToString("global_average_pooling1d");
    assertThat(Layers.alias("SeparableConvolution2D")).hasToString("separable_conv2d");
    assertThat(Layers.alias("pool")).isNull();
  }
}
