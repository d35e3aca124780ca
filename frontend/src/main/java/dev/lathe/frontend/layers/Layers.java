package dev.lathe.frontend.layers;

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
    Activations.register(index);
    ActivationLayers.register(index);
    MergingLayers.register(index);
    RegularizationLayers.register(index);
    CategoricalLayers.register(index);
    NormalizationLayers.register(index);
    EmbeddingLayers.register(index);
    EinsumDenseLayer.register(index);
    RecurrentLayers.register(index);
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
}
