package dev.lathe.frontend.weights;

import dev.lathe.frontend.weights.WeightPlace.Use;
import dev.lathe.ir.TensorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds for each parameter of a model the array in a file that is meant for it.
 *
 * <p>Whole layers are matched, then the weights within them, by name, or by number where the file
 * has no names. In this order:
 *
 * <ol>
 *   <li>What all names of one side begin with and no name of the other does, as the name of the
 *       model, is left out.
 *   <li>Layers of equal path. But Keras numbers the layers of a kind through the whole process, so
 *       {@code dense_1} of a file may well be the {@code dense} of a model that was not the first:
 *       if not every layer of a kind has its equal, they are matched in the order of their numbers,
 *       where there are as many in the file as in the model and every shape agrees.
 *   <li>Layers that are in a block or a nested model on one side only: {@code residual_1/conv2d}
 *       and {@code conv2d_3}. They are matched in the order of creation, on the same terms.
 *   <li>Where the file has kinds of layers but no names, layers that the model named otherwise, by
 *       the shapes of their weights and order, on the same terms.
 * </ol>
 *
 * <p>The report says what was matched by order. The number is what ends a name, after an
 * underscore; {@code block1_conv2} is a name.
 */
public final class WeightMatcher {
  private final WeightFile file;
  private final List<WeightLayer<ParameterSpec>> wanted;
  private final List<WeightLayer<StoredWeight>> stored;

  /** The layer of the file for a layer of the model. */
  private final Map<WeightLayer<ParameterSpec>, WeightLayer<StoredWeight>> pairs =
      new LinkedHashMap<>();

  private final Set<WeightLayer<ParameterSpec>> byOrder = new HashSet<>();

  private WeightMatcher(List<ParameterSpec> parameters, WeightFile file) {
    this.file = file;
    List<WeightLayer<ParameterSpec>> model = WeightLayer.ofModel(parameters);
    List<StoredWeight> useful =
        file.weights().values().stream().filter(w -> w.place().use() != Use.BOOKKEEPING).toList();
    List<WeightLayer<StoredWeight>> there = WeightLayer.ofFile(useful);
    this.wanted = WeightLayer.withoutPrefix(model, there);
    this.stored = WeightLayer.withoutPrefix(there, wanted);
  }

  /**
   * Matches the parameters of a model with a file.
   *
   * @param parameters in the order in which the model creates them; no two of one path
   * @return what was found and what was not; nothing is read yet
   */
  public static WeightMatch match(List<ParameterSpec> parameters, WeightFile file) {
    WeightMatcher matcher = new WeightMatcher(parameters, file);
    matcher.matchKinds();
    matcher.matchEndings();
    matcher.matchShapes();
    matcher.matchRemaining();
    return matcher.result(parameters);
  }

  /** Layers whose paths are equal but for numbers. */
  private void matchKinds() {
    Map<List<String>, List<WeightLayer<StoredWeight>>> there = byKinds(stored);
    byKinds(wanted)
        .forEach(
            (kinds, layers) -> {
              List<WeightLayer<StoredWeight>> candidates = there.getOrDefault(kinds, List.of());
              if (!matchEqual(layers, candidates)) {
                int depth = kinds.size();
                matchInOrder(sorted(layers, depth), inOrderOfCreation(candidates, depth));
              }
            });
  }

  private static <W> Map<List<String>, List<WeightLayer<W>>> byKinds(List<WeightLayer<W>> layers) {
    return layers.stream()
        .collect(
            Collectors.groupingBy(
                layer -> layer.name().kinds(), LinkedHashMap::new, Collectors.toList()));
  }

  private static <W> List<WeightLayer<W>> sorted(List<WeightLayer<W>> layers, int depth) {
    return layers.stream()
        .sorted((a, b) -> LayerName.compareNumbers(a.name(), b.name(), depth))
        .toList();
  }

  /** Matches layers of equal path if each has its equal. */
  private boolean matchEqual(
      List<WeightLayer<ParameterSpec>> layers, List<WeightLayer<StoredWeight>> candidates) {
    Map<List<String>, WeightLayer<StoredWeight>> byName = new HashMap<>();
    candidates.forEach(candidate -> byName.put(candidate.name().names(), candidate));
    if (byName.size() < candidates.size()
        || !layers.stream().allMatch(layer -> byName.containsKey(layer.name().names()))) {
      return false;
    }
    for (WeightLayer<ParameterSpec> layer : layers) {
      WeightLayer<StoredWeight> equal = byName.get(layer.name().names());
      if (equal != null && countable(layer, equal)) {
        pairs.put(layer, equal);
      }
    }
    return true;
  }

  /** Matches the layers of two lists one by one if they are as many and agree in every weight. */
  private boolean matchInOrder(
      List<WeightLayer<ParameterSpec>> layers, List<WeightLayer<StoredWeight>> candidates) {
    if (layers.size() != candidates.size()) {
      return false;
    }
    for (int i = 0; i < layers.size(); i++) {
      if (!agree(layers.get(i), candidates.get(i))) {
        return false;
      }
    }
    for (int i = 0; i < layers.size(); i++) {
      pairs.put(layers.get(i), candidates.get(i));
      if (!layers.get(i).name().names().equals(candidates.get(i).name().names())) {
        byOrder.add(layers.get(i));
      }
    }
    return true;
  }

  private static boolean agree(WeightLayer<ParameterSpec> layer, WeightLayer<StoredWeight> there) {
    for (int i = 0; i < layer.weights().size(); i++) {
      StoredWeight weight = find(layer, i, there);
      if (weight == null || !fits(layer.weights().get(i).type(), weight.type())) {
        return false;
      }
    }
    return layer.weights().size() >= inferenceCount(there);
  }

  private static long inferenceCount(WeightLayer<StoredWeight> layer) {
    return layer.weights().stream().filter(w -> w.place().use() == Use.INFERENCE).count();
  }

  /**
   * Whether numbers can tell the weights of a layer apart: not if the file has one more or less, as
   * there the second is {@code beta} on one side and {@code moving_mean} on the other.
   */
  private static boolean countable(
      WeightLayer<ParameterSpec> layer, WeightLayer<StoredWeight> there) {
    return there.weights().stream().allMatch(w -> w.place().index() < 0)
        || (layer.weights().size() >= inferenceCount(there)
            && layer.weights().size() <= there.weights().size());
  }

  private static boolean fits(TensorType wanted, TensorType there) {
    return wanted.shape().equals(there.shape())
        && FloatCast.isPossible(there.elementType(), wanted.elementType());
  }

  /** The weight of a layer of the file for weight {@code i} of a layer of the model. */
  private static @Nullable StoredWeight find(
      WeightLayer<ParameterSpec> layer, int i, WeightLayer<StoredWeight> there) {
    String variable = WeightPlace.of(layer.weights().get(i).path()).variable();
    for (StoredWeight weight : there.weights()) {
      if (weight.place().index() == i || weight.place().variable().equals(variable)) {
        return weight;
      }
    }
    return null;
  }

  /** Layers whose path on one side is the end of that on the other, but for numbers. */
  private void matchEndings() {
    Set<List<String>> ends = new LinkedHashSet<>();
    Set<List<String>> wantedEnds = new HashSet<>();
    for (WeightLayer<ParameterSpec> layer : unmatched()) {
      List<String> kinds = layer.name().kinds();
      ends.add(kinds);
      for (int at = 1; at < kinds.size(); at++) {
        wantedEnds.add(kinds.subList(at, kinds.size()));
      }
    }
    for (WeightLayer<StoredWeight> layer : unused()) {
      // A file may have any number of kinds that no layer of the model ends with.
      if (wantedEnds.contains(layer.name().kinds())) {
        ends.add(layer.name().kinds());
      }
    }
    List<List<String>> longestFirst =
        ends.stream()
            .filter(end -> !end.isEmpty())
            .sorted(Comparator.comparingInt((List<String> end) -> end.size()).reversed())
            .toList();
    for (List<String> end : longestFirst) {
      List<WeightLayer<ParameterSpec>> layers =
          wanted.stream().filter(layer -> layer.name().endsWith(end)).toList();
      List<WeightLayer<StoredWeight>> candidates =
          stored.stream().filter(layer -> layer.name().endsWith(end)).toList();
      // Those already matched by path take part: of a file that numbers all convolutions through,
      // "conv2d" need not be the one outside of any block.
      boolean open = layers.stream().anyMatch(layer -> !pairs.containsKey(layer));
      if (open && layers.size() == candidates.size() && ownPairs(layers, candidates)) {
        matchInOrder(numbered(layers, end.size()), inOrderOfCreation(candidates, end.size()));
      }
    }
  }

  /** Whether what is matched among these is matched with one of those. */
  private boolean ownPairs(
      List<WeightLayer<ParameterSpec>> layers, List<WeightLayer<StoredWeight>> candidates) {
    return layers.stream()
        .allMatch(layer -> !pairs.containsKey(layer) || candidates.contains(pairs.get(layer)));
  }

  /**
   * Layers of a model in the order of their own numbers if these differ, else as they were made.
   */
  private static List<WeightLayer<ParameterSpec>> numbered(
      List<WeightLayer<ParameterSpec>> layers, int depth) {
    return differ(layers, depth) ? sorted(layers, depth) : layers;
  }

  private static <W> boolean differ(List<WeightLayer<W>> layers, int depth) {
    return layers.stream()
            .map(l -> l.name().without(l.name().depth() - depth).numbers())
            .distinct()
            .count()
        == layers.size();
  }

  /**
   * Layers of a file of one kind in the order in which they were made: as the numbers of their own
   * names say if these differ, as they do in Keras, else as all numbers say. None where nothing
   * says it: what was first, {@code encoder/dense} or {@code decoder/dense}?
   */
  private static List<WeightLayer<StoredWeight>> inOrderOfCreation(
      List<WeightLayer<StoredWeight>> layers, int depth) {
    if (differ(layers, depth)) {
      return sorted(layers, depth);
    }
    boolean told =
        byKinds(layers).size() == 1
            && layers.stream().map(l -> l.name().numbers()).distinct().count() == layers.size();
    return told ? sorted(layers, 0) : List.of();
  }

  /** Layers that the model calls by names of its own, where the file knows only kinds. */
  private void matchShapes() {
    if (file.namesLayers()) {
      return;
    }
    Map<List<Object>, List<WeightLayer<StoredWeight>>> there =
        unused().stream()
            .collect(
                Collectors.groupingBy(
                    layer -> shapes(layer.weights().stream().map(StoredWeight::type).toList()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    unmatched().stream()
        .collect(
            Collectors.groupingBy(
                layer -> shapes(layer.weights().stream().map(ParameterSpec::type).toList()),
                LinkedHashMap::new,
                Collectors.toList()))
        .forEach(
            (shapes, layers) -> {
              List<WeightLayer<StoredWeight>> candidates = there.getOrDefault(shapes, List.of());
              // Layers of different kinds have no order among them.
              if (byKinds(candidates).size() == 1) {
                matchInOrder(layers, inOrderOfCreation(candidates, 0));
              }
            });
  }

  private static List<Object> shapes(List<TensorType> types) {
    return types.stream().<Object>map(TensorType::shape).toList();
  }

  /**
   * Layers that belong together although they do not fit, be it only for a better report: those of
   * equal path, and those of one kind that are as many on both sides.
   */
  private void matchRemaining() {
    Map<List<String>, WeightLayer<StoredWeight>> there = new HashMap<>();
    unused().forEach(layer -> there.put(layer.name().names(), layer));
    for (WeightLayer<ParameterSpec> layer : unmatched()) {
      WeightLayer<StoredWeight> equal = there.get(layer.name().names());
      if (equal != null && countable(layer, equal)) {
        pairs.put(layer, equal);
      }
    }
    Map<List<String>, List<WeightLayer<StoredWeight>>> left = byKinds(unused());
    byKinds(unmatched())
        .forEach(
            (kinds, layers) -> {
              List<WeightLayer<StoredWeight>> candidates = left.getOrDefault(kinds, List.of());
              reportInOrder(sorted(layers, kinds.size()), sorted(candidates, kinds.size()));
            });
  }

  /** Matches as many layers one by one, where that does not make the match a complete one. */
  private void reportInOrder(
      List<WeightLayer<ParameterSpec>> layers, List<WeightLayer<StoredWeight>> candidates) {
    boolean conflict = false;
    for (int i = 0; i < layers.size() && layers.size() == candidates.size(); i++) {
      if (!countable(layers.get(i), candidates.get(i))) {
        return;
      }
      for (int j = 0; j < layers.get(i).weights().size(); j++) {
        StoredWeight weight = find(layers.get(i), j, candidates.get(i));
        conflict |= weight == null || !fits(layers.get(i).weights().get(j).type(), weight.type());
      }
    }
    for (int i = 0; conflict && i < layers.size(); i++) {
      pairs.put(layers.get(i), candidates.get(i));
      byOrder.add(layers.get(i));
    }
  }

  private List<WeightLayer<ParameterSpec>> unmatched() {
    return wanted.stream().filter(layer -> !pairs.containsKey(layer)).toList();
  }

  private List<WeightLayer<StoredWeight>> unused() {
    Set<WeightLayer<StoredWeight>> used = new HashSet<>(pairs.values());
    return stored.stream().filter(layer -> !used.contains(layer)).toList();
  }

  private WeightMatch result(List<ParameterSpec> parameters) {
    Map<String, StoredWeight> sources = new HashMap<>();
    Set<String> ordered = new HashSet<>();
    pairs.forEach(
        (layer, there) -> {
          for (int i = 0; i < layer.weights().size(); i++) {
            StoredWeight weight = find(layer, i, there);
            if (weight != null) {
              sources.put(layer.weights().get(i).path(), weight);
            }
          }
          if (byOrder.contains(layer)) {
            layer.weights().forEach(spec -> ordered.add(spec.path()));
          }
        });
    List<WeightMatch.Found> found = new ArrayList<>();
    List<WeightMatch.Found> illShaped = new ArrayList<>();
    List<ParameterSpec> missing = new ArrayList<>();
    for (ParameterSpec spec : parameters) {
      StoredWeight weight = sources.get(spec.path());
      if (weight == null) {
        missing.add(spec);
      } else {
        var pair = new WeightMatch.Found(spec, weight, ordered.contains(spec.path()));
        (fits(spec.type(), weight.type()) ? found : illShaped).add(pair);
      }
    }
    Set<StoredWeight> used = new HashSet<>(sources.values());
    List<StoredWeight> extra =
        file.weights().values().stream()
            .filter(w -> w.place().use() == Use.INFERENCE && !used.contains(w))
            .toList();
    return new WeightMatch(file, found, illShaped, missing, extra);
  }
}
