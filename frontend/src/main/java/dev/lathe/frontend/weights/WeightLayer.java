package dev.lathe.frontend.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The weights of one layer, on either side of a match. Two are equal if they are the same.
 *
 * @param <W> a weight
 */
final class WeightLayer<W> {
  private final LayerName name;
  private final List<W> weights;

  private WeightLayer(LayerName name, List<W> weights) {
    this.name = name;
    this.weights = List.copyOf(weights);
  }

  /** Where the layer stands. */
  LayerName name() {
    return name;
  }

  /** Its own weights: in order of creation, or of their numbers in the file. */
  List<W> weights() {
    return weights;
  }

  /** The parameters of a model by their layers, in the order in which the layers first occur. */
  static List<WeightLayer<ParameterSpec>> ofModel(List<ParameterSpec> parameters) {
    return group(parameters, spec -> WeightPlace.of(spec.path()), spec -> "");
  }

  /** The arrays of a file by their layers, in the order in which the layers first occur. */
  static List<WeightLayer<StoredWeight>> ofFile(List<StoredWeight> weights) {
    // Two layers of a file may have one name: numbered weights go by where they lie.
    return group(
        weights,
        StoredWeight::place,
        weight ->
            weight.place().index() < 0
                ? ""
                : weight.path().substring(0, weight.path().lastIndexOf('/')));
  }

  private static <W> List<WeightLayer<W>> group(
      List<W> weights, Function<W, WeightPlace> place, Function<W, String> folder) {
    record Key(List<String> names, String folder) {}
    Map<Key, List<W>> layers = new LinkedHashMap<>();
    for (W weight : weights) {
      layers
          .computeIfAbsent(
              new Key(place.apply(weight).layer(), folder.apply(weight)), key -> new ArrayList<>())
          .add(weight);
    }
    List<WeightLayer<W>> result = new ArrayList<>();
    layers.forEach((key, own) -> result.add(new WeightLayer<>(LayerName.of(key.names), own)));
    return result;
  }

  /**
   * These with names that lack what they all begin with, such as the name of the model, as far as
   * the other side does not begin so.
   */
  static <W> List<WeightLayer<W>> withoutPrefix(
      List<WeightLayer<W>> layers, List<? extends WeightLayer<?>> others) {
    if (layers.isEmpty()) {
      return layers;
    }
    List<String> first = layers.get(0).name().names();
    int prefix = 0;
    while (true) {
      int at = prefix;
      boolean shared =
          first.size() > at + 1
              && layers.stream()
                  .allMatch(
                      layer ->
                          layer.name().depth() > at + 1
                              && layer.name().names().get(at).equals(first.get(at)));
      String kind = shared ? layers.get(0).name().kinds().get(at) : "";
      if (!shared
          || others.stream()
              .anyMatch(o -> o.name().depth() > 0 && o.name().kinds().get(0).equals(kind))) {
        break;
      }
      prefix++;
    }
    int drop = prefix;
    return layers.stream()
        .map(layer -> new WeightLayer<>(layer.name().without(drop), layer.weights()))
        .toList();
  }
}
