package dev.lathe.frontend.builder;

/**
 * Convolution, pooling and what moves or scales images as methods of a tensor, each with the
 * arguments that must be given first and all others by name; docs/layers.md lists them.
 */
interface ImageMethods extends LayerCalls {

  /** Keras {@code Conv1D}. */
  default SymbolicTensor conv1d(long filters, long kernelSize, NamedArgument... arguments) {
    return layer("conv1d", LayerCalls.all(arguments, filters, kernelSize));
  }

  /** Keras {@code Conv1DTranspose}. */
  default SymbolicTensor conv1dTranspose(
      long filters, long kernelSize, NamedArgument... arguments) {
    return layer("conv1d_transpose", LayerCalls.all(arguments, filters, kernelSize));
  }

  /** Keras {@code Conv2D}. */
  default SymbolicTensor conv2d(long filters, Object kernelSize, NamedArgument... arguments) {
    return layer("conv2d", LayerCalls.all(arguments, filters, kernelSize));
  }

  /** Keras {@code Conv2DTranspose}. */
  default SymbolicTensor conv2dTranspose(
      long filters, Object kernelSize, NamedArgument... arguments) {
    return layer("conv2d_transpose", LayerCalls.all(arguments, filters, kernelSize));
  }

  /** Keras {@code Conv3D}. */
  default SymbolicTensor conv3d(long filters, Object kernelSize, NamedArgument... arguments) {
    return layer("conv3d", LayerCalls.all(arguments, filters, kernelSize));
  }

  /** Keras {@code Conv3DTranspose}. */
  default SymbolicTensor conv3dTranspose(
      long filters, Object kernelSize, NamedArgument... arguments) {
    return layer("conv3d_transpose", LayerCalls.all(arguments, filters, kernelSize));
  }

  /** Keras {@code MaxPooling1D}. */
  default SymbolicTensor maxPooling1d(NamedArgument... arguments) {
    return layer("max_pooling1d", (Object[]) arguments);
  }

  /** Keras {@code AveragePooling1D}. */
  default SymbolicTensor averagePooling1d(long poolSize, NamedArgument... arguments) {
    return layer("average_pooling1d", LayerCalls.all(arguments, poolSize));
  }

  /** Keras {@code GlobalMaxPooling1D}. */
  default SymbolicTensor globalMaxPooling1d(NamedArgument... arguments) {
    return layer("global_max_pooling1d", (Object[]) arguments);
  }

  /** Keras {@code GlobalAveragePooling1D}. */
  default SymbolicTensor globalAveragePooling1d(NamedArgument... arguments) {
    return layer("global_average_pooling1d", (Object[]) arguments);
  }

  /** Keras {@code AdaptiveAveragePooling1D}. */
  default SymbolicTensor adaptiveAveragePooling1d(long outputSize, NamedArgument... arguments) {
    return layer("adaptive_average_pooling1d", LayerCalls.all(arguments, outputSize));
  }

  /** Keras {@code AdaptiveMaxPooling1D}. */
  default SymbolicTensor adaptiveMaxPooling1d(long outputSize, NamedArgument... arguments) {
    return layer("adaptive_max_pooling1d", LayerCalls.all(arguments, outputSize));
  }

  /** Keras {@code MaxPooling2D}. */
  default SymbolicTensor maxPooling2d(NamedArgument... arguments) {
    return layer("max_pooling2d", (Object[]) arguments);
  }

  /** Keras {@code AveragePooling2D}. */
  default SymbolicTensor averagePooling2d(Object poolSize, NamedArgument... arguments) {
    return layer("average_pooling2d", LayerCalls.all(arguments, poolSize));
  }

  /** Keras {@code GlobalMaxPooling2D}. */
  default SymbolicTensor globalMaxPooling2d(NamedArgument... arguments) {
    return layer("global_max_pooling2d", (Object[]) arguments);
  }

  /** Keras {@code GlobalAveragePooling2D}. */
  default SymbolicTensor globalAveragePooling2d(NamedArgument... arguments) {
    return layer("global_average_pooling2d", (Object[]) arguments);
  }

  /** Keras {@code AdaptiveAveragePooling2D}. */
  default SymbolicTensor adaptiveAveragePooling2d(Object outputSize, NamedArgument... arguments) {
    return layer("adaptive_average_pooling2d", LayerCalls.all(arguments, outputSize));
  }

  /** Keras {@code AdaptiveMaxPooling2D}. */
  default SymbolicTensor adaptiveMaxPooling2d(Object outputSize, NamedArgument... arguments) {
    return layer("adaptive_max_pooling2d", LayerCalls.all(arguments, outputSize));
  }

  /** Keras {@code MaxPooling3D}. */
  default SymbolicTensor maxPooling3d(NamedArgument... arguments) {
    return layer("max_pooling3d", (Object[]) arguments);
  }

  /** Keras {@code AveragePooling3D}. */
  default SymbolicTensor averagePooling3d(Object poolSize, NamedArgument... arguments) {
    return layer("average_pooling3d", LayerCalls.all(arguments, poolSize));
  }

  /** Keras {@code GlobalMaxPooling3D}. */
  default SymbolicTensor globalMaxPooling3d(NamedArgument... arguments) {
    return layer("global_max_pooling3d", (Object[]) arguments);
  }

  /** Keras {@code GlobalAveragePooling3D}. */
  default SymbolicTensor globalAveragePooling3d(NamedArgument... arguments) {
    return layer("global_average_pooling3d", (Object[]) arguments);
  }

  /** Keras {@code AdaptiveAveragePooling3D}. */
  default SymbolicTensor adaptiveAveragePooling3d(Object outputSize, NamedArgument... arguments) {
    return layer("adaptive_average_pooling3d", LayerCalls.all(arguments, outputSize));
  }

  /** Keras {@code AdaptiveMaxPooling3D}. */
  default SymbolicTensor adaptiveMaxPooling3d(Object outputSize, NamedArgument... arguments) {
    return layer("adaptive_max_pooling3d", LayerCalls.all(arguments, outputSize));
  }

  /** Keras {@code Flatten}. */
  default SymbolicTensor flatten(NamedArgument... arguments) {
    return layer("flatten", (Object[]) arguments);
  }

  /** Keras {@code Reshape}. */
  default SymbolicTensor reshape(Object targetShape, NamedArgument... arguments) {
    return layer("reshape", LayerCalls.all(arguments, targetShape));
  }

  /** Keras {@code Permute}. */
  default SymbolicTensor permute(Object dims, NamedArgument... arguments) {
    return layer("permute", LayerCalls.all(arguments, dims));
  }

  /** Keras {@code ZeroPadding1D}. */
  default SymbolicTensor zeroPadding1d(NamedArgument... arguments) {
    return layer("zero_padding1d", (Object[]) arguments);
  }

  /** Keras {@code Cropping1D}. */
  default SymbolicTensor cropping1d(NamedArgument... arguments) {
    return layer("cropping1d", (Object[]) arguments);
  }

  /** Keras {@code ZeroPadding2D}. */
  default SymbolicTensor zeroPadding2d(NamedArgument... arguments) {
    return layer("zero_padding2d", (Object[]) arguments);
  }

  /** Keras {@code Cropping2D}. */
  default SymbolicTensor cropping2d(NamedArgument... arguments) {
    return layer("cropping2d", (Object[]) arguments);
  }

  /** Keras {@code ZeroPadding3D}. */
  default SymbolicTensor zeroPadding3d(NamedArgument... arguments) {
    return layer("zero_padding3d", (Object[]) arguments);
  }

  /** Keras {@code Cropping3D}. */
  default SymbolicTensor cropping3d(NamedArgument... arguments) {
    return layer("cropping3d", (Object[]) arguments);
  }

  /** Keras {@code UpSampling1D}. */
  default SymbolicTensor upSampling1d(NamedArgument... arguments) {
    return layer("up_sampling1d", (Object[]) arguments);
  }

  /** Keras {@code UpSampling2D}. */
  default SymbolicTensor upSampling2d(NamedArgument... arguments) {
    return layer("up_sampling2d", (Object[]) arguments);
  }

  /** Keras {@code UpSampling3D}. */
  default SymbolicTensor upSampling3d(NamedArgument... arguments) {
    return layer("up_sampling3d", (Object[]) arguments);
  }

  /** Keras {@code Resizing}. */
  default SymbolicTensor resizing(long height, long width, NamedArgument... arguments) {
    return layer("resizing", LayerCalls.all(arguments, height, width));
  }

  /** Keras {@code CenterCrop}. */
  default SymbolicTensor centerCrop(long height, long width, NamedArgument... arguments) {
    return layer("center_crop", LayerCalls.all(arguments, height, width));
  }

  /** Keras {@code AutoContrast}. */
  default SymbolicTensor autoContrast(NamedArgument... arguments) {
    return layer("auto_contrast", (Object[]) arguments);
  }

  /** Keras {@code ContrastLimitedAdaptiveHistogramEqualization}. */
  default SymbolicTensor contrastLimitedAdaptiveHistogramEqualization(NamedArgument... arguments) {
    return layer("contrast_limited_adaptive_histogram_equalization", (Object[]) arguments);
  }

  /** Keras {@code Rescaling}. */
  default SymbolicTensor rescaling(Object scale, NamedArgument... arguments) {
    return layer("rescaling", LayerCalls.all(arguments, scale));
  }

  /** Keras {@code Normalization}. */
  default SymbolicTensor normalization(NamedArgument... arguments) {
    return layer("normalization", (Object[]) arguments);
  }

  /** Keras {@code RandomBrightness}. */
  default SymbolicTensor randomBrightness(Object factor, NamedArgument... arguments) {
    return layer("random_brightness", LayerCalls.all(arguments, factor));
  }

  /** Keras {@code RandomContrast}. */
  default SymbolicTensor randomContrast(Object factor, NamedArgument... arguments) {
    return layer("random_contrast", LayerCalls.all(arguments, factor));
  }

  /** Keras {@code RandomHue}. */
  default SymbolicTensor randomHue(Object factor, NamedArgument... arguments) {
    return layer("random_hue", LayerCalls.all(arguments, factor));
  }

  /** Keras {@code RandomSaturation}. */
  default SymbolicTensor randomSaturation(Object factor, NamedArgument... arguments) {
    return layer("random_saturation", LayerCalls.all(arguments, factor));
  }

  /** Keras {@code RandomPosterization}. */
  default SymbolicTensor randomPosterization(Object factor, NamedArgument... arguments) {
    return layer("random_posterization", LayerCalls.all(arguments, factor));
  }

  /** Keras {@code RandomColorDegeneration}. */
  default SymbolicTensor randomColorDegeneration(Object factor, NamedArgument... arguments) {
    return layer("random_color_degeneration", LayerCalls.all(arguments, factor));
  }

  /** Keras {@code RandomColorJitter}. */
  default SymbolicTensor randomColorJitter(NamedArgument... arguments) {
    return layer("random_color_jitter", (Object[]) arguments);
  }

  /** Keras {@code RandomGrayscale}. */
  default SymbolicTensor randomGrayscale(NamedArgument... arguments) {
    return layer("random_grayscale", (Object[]) arguments);
  }

  /** Keras {@code RandomInvert}. */
  default SymbolicTensor randomInvert(NamedArgument... arguments) {
    return layer("random_invert", (Object[]) arguments);
  }

  /** Keras {@code RandomGaussianBlur}. */
  default SymbolicTensor randomGaussianBlur(NamedArgument... arguments) {
    return layer("random_gaussian_blur", (Object[]) arguments);
  }

  /** Keras {@code RandomSharpness}. */
  default SymbolicTensor randomSharpness(Object factor, NamedArgument... arguments) {
    return layer("random_sharpness", LayerCalls.all(arguments, factor));
  }

  /** Keras {@code Solarization}. */
  default SymbolicTensor solarization(NamedArgument... arguments) {
    return layer("solarization", (Object[]) arguments);
  }

  /** Keras {@code Equalization}. */
  default SymbolicTensor equalization(NamedArgument... arguments) {
    return layer("equalization", (Object[]) arguments);
  }

  /** Keras {@code RandomCrop}. */
  default SymbolicTensor randomCrop(long height, long width, NamedArgument... arguments) {
    return layer("random_crop", LayerCalls.all(arguments, height, width));
  }

  /** Keras {@code RandomFlip}. */
  default SymbolicTensor randomFlip(NamedArgument... arguments) {
    return layer("random_flip", (Object[]) arguments);
  }

  /** Keras {@code RandomRotation}. */
  default SymbolicTensor randomRotation(Object factor, NamedArgument... arguments) {
    return layer("random_rotation", LayerCalls.all(arguments, factor));
  }

  /** Keras {@code RandomTranslation}. */
  default SymbolicTensor randomTranslation(
      Object heightFactor, Object widthFactor, NamedArgument... arguments) {
    return layer("random_translation", LayerCalls.all(arguments, heightFactor, widthFactor));
  }

  /** Keras {@code RandomZoom}. */
  default SymbolicTensor randomZoom(Object heightFactor, NamedArgument... arguments) {
    return layer("random_zoom", LayerCalls.all(arguments, heightFactor));
  }

  /** Keras {@code RandomShear}. */
  default SymbolicTensor randomShear(NamedArgument... arguments) {
    return layer("random_shear", (Object[]) arguments);
  }

  /** Keras {@code RandomPerspective}. */
  default SymbolicTensor randomPerspective(NamedArgument... arguments) {
    return layer("random_perspective", (Object[]) arguments);
  }

  /** Keras {@code RandomElasticTransform}. */
  default SymbolicTensor randomElasticTransform(NamedArgument... arguments) {
    return layer("random_elastic_transform", (Object[]) arguments);
  }

  /** Keras {@code RandomErasing}. */
  default SymbolicTensor randomErasing(NamedArgument... arguments) {
    return layer("random_erasing", (Object[]) arguments);
  }

  /** Keras {@code MaxNumBoundingBoxes}. */
  default SymbolicTensor maxNumBoundingBoxes(long maxNumber, NamedArgument... arguments) {
    return layer("max_num_bounding_boxes", LayerCalls.all(arguments, maxNumber));
  }

  /** Keras {@code AugMix}. */
  default SymbolicTensor augMix(NamedArgument... arguments) {
    return layer("aug_mix", (Object[]) arguments);
  }

  /** Keras {@code CutMix}. */
  default SymbolicTensor cutMix(NamedArgument... arguments) {
    return layer("cut_mix", (Object[]) arguments);
  }

  /** Keras {@code MixUp}. */
  default SymbolicTensor mixUp(NamedArgument... arguments) {
    return layer("mix_up", (Object[]) arguments);
  }
}
