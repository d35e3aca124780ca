package dev.lathe.frontend.weights;

import java.util.List;

/**
 * Where in a model a weight stands.
 *
 * @param layer the names of the layers around it, outermost first; empty for a weight of the model
 *     itself
 * @param variable its name in its layer
 * @param index its number among the weights of its layer, if that is all the file tells, else -1
 * @param use what it is for
 */
record WeightPlace(List<String> layer, String variable, int index, Use use) {

  /** What a weight is for. */
  enum Use {
    /** Computes outputs. */
    INFERENCE,

    /** May be in a model and may be missing in it, as the count of a normalisation. */
    OPTIONAL,

    /** States of optimisers and random generators, which inference does not need. */
    BOOKKEEPING
  }

  WeightPlace {
    layer = List.copyOf(layer);
  }

  /**
   * The place of a weight that a path tells: {@code conv2d_1/kernel}. Where there is no slash, dots
   * separate, as in safetensors; a trailing {@code :0}, as TensorFlow writes it, does not count.
   */
  static WeightPlace of(String path) {
    String plain = path.endsWith(":0") ? path.substring(0, path.length() - 2) : path;
    List<String> names =
        List.of(plain.indexOf('/') >= 0 ? plain.split("/+") : plain.split("\\.+")).stream()
            .filter(name -> !name.isEmpty())
            .toList();
    if (names.isEmpty()) {
      return new WeightPlace(List.of(), path, -1, Use.INFERENCE);
    }
    int last = names.size() - 1;
    return new WeightPlace(names.subList(0, last), names.get(last), -1, use(names));
  }

  /** What the weight at the end of a path is for. */
  static Use use(List<String> names) {
    if (names.get(0).equals("optimizer")
        || names.stream().anyMatch(name -> name.startsWith("seed_generator"))) {
      return Use.BOOKKEEPING;
    }
    int last = names.size() - 1;
    // How many samples the mean and variance of Keras's Normalization were taken of.
    return last > 0
            && names.get(last).equals("count")
            && names.get(last - 1).startsWith("normalization")
        ? Use.OPTIONAL
        : Use.INFERENCE;
  }
}
