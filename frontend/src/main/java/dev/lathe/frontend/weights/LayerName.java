package dev.lathe.frontend.weights;

import java.util.ArrayList;
import java.util.List;

/**
 * The path of a layer, and what of it stays the same from one process to another.
 *
 * <p>Keras numbers the layers of a kind through the whole process: the first LSTM is {@code lstm},
 * the next {@code lstm_1}. So names are compared by their {@link #kinds}: without those numbers,
 * and with the parts of composed layers called as files that keep no names call them, by the field
 * of the layer: {@code forward_layer} for {@code forward_lstm_3}, {@code cell} for {@code
 * lstm_cell}.
 *
 * @param names the names as written, outermost first
 * @param kinds the names without numbers, as many
 * @param numbers the numbers, 0 where there is none, as many
 */
record LayerName(List<String> names, List<String> kinds, List<Integer> numbers) {

  LayerName {
    names = List.copyOf(names);
    kinds = List.copyOf(kinds);
    numbers = List.copyOf(numbers);
  }

  static LayerName of(List<String> names) {
    List<String> kinds = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    String around = "";
    for (String name : names) {
      int end = numberAt(name);
      numbers.add(end == name.length() ? 0 : Integer.parseInt(name.substring(end + 1)));
      String plain = name.substring(0, end);
      kinds.add(part(plain, around));
      around = plain;
    }
    return new LayerName(names, kinds, numbers);
  }

  /** Where the {@code _12} at the end of a name begins; the length of the name if none is there. */
  private static int numberAt(String name) {
    int at = name.length();
    while (at > 0 && name.charAt(at - 1) >= '0' && name.charAt(at - 1) <= '9') {
      at--;
    }
    int digits = name.length() - at;
    // What has more digits is no counter.
    return at > 1 && digits > 0 && digits < 9 && name.charAt(at - 1) == '_'
        ? at - 1
        : name.length();
  }

  private static String part(String plain, String around) {
    return switch (around) {
      case "bidirectional" ->
          plain.startsWith("forward_")
              ? "forward_layer"
              : plain.startsWith("backward_") ? "backward_layer" : plain;
      case "time_distributed", "spectral_normalization" -> "layer";
      // Which of several cells it is, only its own name tells.
      case "stacked_rnn_cells", "cell" -> plain;
      default -> plain.endsWith("_cell") || plain.equals("stacked_rnn_cells") ? "cell" : plain;
    };
  }

  /** The number of names. */
  int depth() {
    return names.size();
  }

  /** This without its first names. */
  LayerName without(int first) {
    return new LayerName(
        names.subList(first, depth()),
        kinds.subList(first, depth()),
        numbers.subList(first, depth()));
  }

  /** Whether the last kinds are these. */
  boolean endsWith(List<String> others) {
    return depth() >= others.size()
        && kinds.subList(depth() - others.size(), depth()).equals(others);
  }

  /** Compares the numbers of the last {@code count} names, then those of all. */
  static int compareNumbers(LayerName a, LayerName b, int count) {
    int last =
        compare(
            a.numbers.subList(a.depth() - count, a.depth()),
            b.numbers.subList(b.depth() - count, b.depth()));
    return last != 0 ? last : compare(a.numbers, b.numbers);
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int difference = Integer.compare(a.get(i), b.get(i));
      if (difference != 0) {
        return difference;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  /** The path as written. */
  @Override
  public String toString() {
    return String.join("/", names);
  }
}
