package dev.lathe.frontend.builder;

import dev.lathe.frontend.layers.Layer;

/**
 * Dense layers, activations, normalization and regularization as methods of a tensor, each with the
 * arguments that must be given first and all others by name; docs/layers.md lists them.
 */
interface ElementMethods extends LayerCalls {

  /** Keras {@code Dense}. */
  default SymbolicTensor dense(long units, NamedArgument... arguments) {
    return layer("dense", LayerCalls.all(arguments, units));
  }

  /** Keras {@code DepthwiseConv1D}. */
  default SymbolicTensor depthwiseConv1d(long kernelSize, NamedArgument... arguments) {
    return layer("depthwise_conv1d", LayerCalls.all(arguments, kernelSize));
  }

  /** Keras {@code SeparableConv1D}. */
  default SymbolicTensor separableConv1d(
      long filters, long kernelSize, NamedArgument... arguments) {
    return layer("separable_conv1d", LayerCalls.all(arguments, filters, kernelSize));
  }

  /** Keras {@code DepthwiseConv2D}. */
  default SymbolicTensor depthwiseConv2d(Object kernelSize, NamedArgument... arguments) {
    return layer("depthwise_conv2d", LayerCalls.all(arguments, kernelSize));
  }

  /** Keras {@code SeparableConv2D}. */
  default SymbolicTensor separableConv2d(
      long filters, Object kernelSize, NamedArgument... arguments) {
    return layer("separable_conv2d", LayerCalls.all(arguments, filters, kernelSize));
  }

  /** Keras {@code Identity}. */
  default SymbolicTensor identity(NamedArgument... arguments) {
    return layer("identity", (Object[]) arguments);
  }

  /** Keras {@code RandAugment}. */
  default SymbolicTensor randAugment(NamedArgument... arguments) {
    return layer("rand_augment", (Object[]) arguments);
  }

  /** Keras {@code linear}. */
  default SymbolicTensor linear(NamedArgument... arguments) {
    return layer("linear", (Object[]) arguments);
  }

  /** Keras {@code ReLU}. */
  default SymbolicTensor relu(NamedArgument... arguments) {
    return layer("relu", (Object[]) arguments);
  }

  /** Keras {@code relu6}. */
  default SymbolicTensor relu6(NamedArgument... arguments) {
    return layer("relu6", (Object[]) arguments);
  }

  /** Keras {@code LeakyReLU}. */
  default SymbolicTensor leakyRelu(NamedArgument... arguments) {
    return layer("leaky_relu", (Object[]) arguments);
  }

  /** Keras {@code ELU}. */
  default SymbolicTensor elu(NamedArgument... arguments) {
    return layer("elu", (Object[]) arguments);
  }

  /** Keras {@code selu}. */
  default SymbolicTensor selu(NamedArgument... arguments) {
    return layer("selu", (Object[]) arguments);
  }

  /** Keras {@code celu}. */
  default SymbolicTensor celu(NamedArgument... arguments) {
    return layer("celu", (Object[]) arguments);
  }

  /** Keras {@code gelu}. */
  default SymbolicTensor gelu(NamedArgument... arguments) {
    return layer("gelu", (Object[]) arguments);
  }

  /** Keras {@code silu}. */
  default SymbolicTensor silu(NamedArgument... arguments) {
    return layer("silu", (Object[]) arguments);
  }

  /** Keras {@code swish}. */
  default SymbolicTensor swish(NamedArgument... arguments) {
    return layer("swish", (Object[]) arguments);
  }

  /** Keras {@code hard_silu}. */
  default SymbolicTensor hardSilu(NamedArgument... arguments) {
    return layer("hard_silu", (Object[]) arguments);
  }

  /** Keras {@code hard_swish}. */
  default SymbolicTensor hardSwish(NamedArgument... arguments) {
    return layer("hard_swish", (Object[]) arguments);
  }

  /** Keras {@code sigmoid}. */
  default SymbolicTensor sigmoid(NamedArgument... arguments) {
    return layer("sigmoid", (Object[]) arguments);
  }

  /** Keras {@code hard_sigmoid}. */
  default SymbolicTensor hardSigmoid(NamedArgument... arguments) {
    return layer("hard_sigmoid", (Object[]) arguments);
  }

  /** Keras {@code tanh}. */
  default SymbolicTensor tanh(NamedArgument... arguments) {
    return layer("tanh", (Object[]) arguments);
  }

  /** Keras {@code hard_tanh}. */
  default SymbolicTensor hardTanh(NamedArgument... arguments) {
    return layer("hard_tanh", (Object[]) arguments);
  }

  /** Keras {@code tanh_shrink}. */
  default SymbolicTensor tanhShrink(NamedArgument... arguments) {
    return layer("tanh_shrink", (Object[]) arguments);
  }

  /** Keras {@code soft_shrink}. */
  default SymbolicTensor softShrink(NamedArgument... arguments) {
    return layer("soft_shrink", (Object[]) arguments);
  }

  /** Keras {@code hard_shrink}. */
  default SymbolicTensor hardShrink(NamedArgument... arguments) {
    return layer("hard_shrink", (Object[]) arguments);
  }

  /** Keras {@code softplus}. */
  default SymbolicTensor softplus(NamedArgument... arguments) {
    return layer("softplus", (Object[]) arguments);
  }

  /** Keras {@code softsign}. */
  default SymbolicTensor softsign(NamedArgument... arguments) {
    return layer("softsign", (Object[]) arguments);
  }

  /** Keras {@code Softmax}. */
  default SymbolicTensor softmax(NamedArgument... arguments) {
    return layer("softmax", (Object[]) arguments);
  }

  /** Keras {@code log_softmax}. */
  default SymbolicTensor logSoftmax(NamedArgument... arguments) {
    return layer("log_softmax", (Object[]) arguments);
  }

  /** Keras {@code log_sigmoid}. */
  default SymbolicTensor logSigmoid(NamedArgument... arguments) {
    return layer("log_sigmoid", (Object[]) arguments);
  }

  /** Keras {@code exponential}. */
  default SymbolicTensor exponential(NamedArgument... arguments) {
    return layer("exponential", (Object[]) arguments);
  }

  /** Keras {@code mish}. */
  default SymbolicTensor mish(NamedArgument... arguments) {
    return layer("mish", (Object[]) arguments);
  }

  /** Keras {@code glu}. */
  default SymbolicTensor glu(NamedArgument... arguments) {
    return layer("glu", (Object[]) arguments);
  }

  /** Keras {@code sparse_plus}. */
  default SymbolicTensor sparsePlus(NamedArgument... arguments) {
    return layer("sparse_plus", (Object[]) arguments);
  }

  /** Keras {@code sparse_sigmoid}. */
  default SymbolicTensor sparseSigmoid(NamedArgument... arguments) {
    return layer("sparse_sigmoid", (Object[]) arguments);
  }

  /** Keras {@code sparsemax}. */
  default SymbolicTensor sparsemax(NamedArgument... arguments) {
    return layer("sparsemax", (Object[]) arguments);
  }

  /** Keras {@code squareplus}. */
  default SymbolicTensor squareplus(NamedArgument... arguments) {
    return layer("squareplus", (Object[]) arguments);
  }

  /** Keras {@code threshold}. */
  default SymbolicTensor threshold(
      double threshold, double defaultValue, NamedArgument... arguments) {
    return layer("threshold", LayerCalls.all(arguments, threshold, defaultValue));
  }

  /** Keras {@code Activation}. */
  default SymbolicTensor activation(Object activation, NamedArgument... arguments) {
    return layer("activation", LayerCalls.all(arguments, activation));
  }

  /** Keras {@code PReLU}. */
  default SymbolicTensor pRelu(NamedArgument... arguments) {
    return layer("p_relu", (Object[]) arguments);
  }

  /** Keras {@code PReLU}. */
  default SymbolicTensor prelu(NamedArgument... arguments) {
    return layer("prelu", (Object[]) arguments);
  }

  /** Keras {@code Dropout}. */
  default SymbolicTensor dropout(double rate, NamedArgument... arguments) {
    return layer("dropout", LayerCalls.all(arguments, rate));
  }

  /** Keras {@code SpatialDropout1D}. */
  default SymbolicTensor spatialDropout1d(double rate, NamedArgument... arguments) {
    return layer("spatial_dropout1d", LayerCalls.all(arguments, rate));
  }

  /** Keras {@code SpatialDropout2D}. */
  default SymbolicTensor spatialDropout2d(double rate, NamedArgument... arguments) {
    return layer("spatial_dropout2d", LayerCalls.all(arguments, rate));
  }

  /** Keras {@code SpatialDropout3D}. */
  default SymbolicTensor spatialDropout3d(double rate, NamedArgument... arguments) {
    return layer("spatial_dropout3d", LayerCalls.all(arguments, rate));
  }

  /** Keras {@code GaussianDropout}. */
  default SymbolicTensor gaussianDropout(double rate, NamedArgument... arguments) {
    return layer("gaussian_dropout", LayerCalls.all(arguments, rate));
  }

  /** Keras {@code GaussianNoise}. */
  default SymbolicTensor gaussianNoise(double stddev, NamedArgument... arguments) {
    return layer("gaussian_noise", LayerCalls.all(arguments, stddev));
  }

  /** Keras {@code AlphaDropout}. */
  default SymbolicTensor alphaDropout(double rate, NamedArgument... arguments) {
    return layer("alpha_dropout", LayerCalls.all(arguments, rate));
  }

  /** Keras {@code ActivityRegularization}. */
  default SymbolicTensor activityRegularization(NamedArgument... arguments) {
    return layer("activity_regularization", (Object[]) arguments);
  }

  /** Keras {@code BatchNormalization}. */
  default SymbolicTensor batchNormalization(NamedArgument... arguments) {
    return layer("batch_normalization", (Object[]) arguments);
  }

  /** Keras {@code LayerNormalization}. */
  default SymbolicTensor layerNormalization(NamedArgument... arguments) {
    return layer("layer_normalization", (Object[]) arguments);
  }

  /** Keras {@code GroupNormalization}. */
  default SymbolicTensor groupNormalization(NamedArgument... arguments) {
    return layer("group_normalization", (Object[]) arguments);
  }

  /** Keras {@code RMSNormalization}. */
  default SymbolicTensor rmsNormalization(NamedArgument... arguments) {
    return layer("rms_normalization", (Object[]) arguments);
  }

  /** Keras {@code UnitNormalization}. */
  default SymbolicTensor unitNormalization(NamedArgument... arguments) {
    return layer("unit_normalization", (Object[]) arguments);
  }

  /** Keras {@code SpectralNormalization}. */
  default SymbolicTensor spectralNormalization(Layer layer, NamedArgument... arguments) {
    return layer("spectral_normalization", LayerCalls.all(arguments, layer));
  }
}
