package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;

/** Arguments that many layers have. */
final class CommonArguments {
  private CommonArguments() {}

  static final Argument<Activation> ACTIVATION = optional("activation", ArgumentKinds.ACTIVATION);
  static final Argument<Boolean> USE_BIAS = optional("use_bias", ArgumentKinds.FLAG, true);
  static final Argument<Initializer> KERNEL_INITIALIZER =
      optional("kernel_initializer", ArgumentKinds.INITIALIZER, "glorot_uniform");
  static final Argument<Initializer> BIAS_INITIALIZER =
      optional("bias_initializer", ArgumentKinds.INITIALIZER, "zeros");
  static final Argument<Penalty> KERNEL_REGULARIZER = regularizer("kernel_regularizer");
  static final Argument<Penalty> BIAS_REGULARIZER = regularizer("bias_regularizer");
  static final Argument<Penalty> ACTIVITY_REGULARIZER = regularizer("activity_regularizer");
  static final Argument<Penalty> KERNEL_CONSTRAINT = constraint("kernel_constraint");
  static final Argument<Penalty> BIAS_CONSTRAINT = constraint("bias_constraint");

  /** Whether channels are the last axis, as where nothing is said, or the first after the batch. */
  static final Argument<String> DATA_FORMAT =
      optional(
          "data_format", ArgumentKinds.oneOf("channels_last", "channels_first"), "channels_last");

  static Argument<Penalty> regularizer(String name) {
    return optional(name, ArgumentKinds.REGULARIZER);
  }

  static Argument<Penalty> constraint(String name) {
    return optional(name, ArgumentKinds.CONSTRAINT);
  }

  static Argument<Initializer> initializer(String name, String fallback) {
    return optional(name, ArgumentKinds.INITIALIZER, fallback);
  }

  static final Argument<Long> LORA_RANK = optional("lora_rank", ArgumentKinds.POSITIVE);
  static final Argument<Double> LORA_ALPHA = optional("lora_alpha", ArgumentKinds.NUMBER);

  /**
   * Makes sure that a layer has no low-rank adaptation.
   *
   * @throws LayerException if it has
   */
  static void refuseLora(LayerScope scope) {
    if (scope.find(LORA_RANK).isPresent()) {
      throw new LayerException(
              scope.name() + "() with lora_rank has weights for fine-tuning that are not read",
              "merge them into the layer's own before the weights are saved, and leave it out")
          .about(LORA_RANK.name());
    }
  }
}
