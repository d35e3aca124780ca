package dev.lathe.frontend.layers;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All layers by name. */
public final class Layers {
  private static final Map<String, LayerKind> KINDS = index();

  private Layers() {}

  private static Map<String, LayerKind> index() {
    LayerIndex index = new LayerIndex();
    CoreLayers.register(index);
    ConvolutionLayers.register(index);
    PoolingLayers.register(index);
    ReshapingLayers.register(index);
    ImageLayers.register(index);
    ScalingLayers.register(index);
    AugmentationLayers.register(index);
    Activations.register(index);
    ActivationLayers.register(index);
    MergingLayers.register(index);
    RegularizationLayers.register(index);
    CategoricalLayers.register(index);
    NormalizationLayers.register(index);
    EmbeddingLayers.register(index);
    EinsumDenseLayer.register(index);
    RecurrentLayers.register(index);
    ConvLstmLayers.register(index);
    RecurrentWrappers.register(index);
    AttentionLayers.register(index);
    return index.kinds();
  }

  /** The layers by name, in the order of the reference. */
  public static Map<String, LayerKind> all() {
    return KINDS;
  }

  /** The layer of a name; null if there is none. */
  public static @Nullable LayerKind find(String name) {
    return KINDS.get(name);
  }

  /**
   * The layer that Keras also calls by a name such as {@code MaxPool2D} or {@code Convolution2D},
   * in any case; null if there is none.
   */
  public static @Nullable LayerKind alias(String name) {
    String wanted = full(name);
    for (LayerKind kind : KINDS.values()) {
      if (full(kind.name()).equals(wanted) || kind.kerasName().equalsIgnoreCase(name)) {
        return kind;
      }
    }
    return null;
  }

  /** A name without what makes Keras's names of one thing differ. */
  private static String full(String name) {
    return name.toLowerCase(Locale.ROOT)
        .replace("_", "")
        .replace("convolution", "conv")
        .replace("avg", "average")
        .replaceFirst("pool(?!ing)", "pooling")
        .replaceFirst("^clahe$", "contrastlimitedadaptivehistogramequalization");
  }
}
