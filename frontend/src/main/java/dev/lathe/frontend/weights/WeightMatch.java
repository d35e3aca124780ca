package dev.lathe.frontend.weights;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.layers.Suggestions;
import dev.lathe.ir.ConstantData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a file of weights has for the parameters of a model, and the report on what does not fit.
 *
 * <p>Immutable; the elements are read by {@link #load}.
 */
public final class WeightMatch {

  /** Entries of each kind that a report spells out; a file of another model has thousands. */
  private static final int LONGEST_LIST = 20;

  /** Arrays that are considered as what a missing one could be called. */
  private static final int MOST_CANDIDATES = 2000;

  /**
   * A parameter and the array for it.
   *
   * @param parameter what the model wants
   * @param weight what the file has
   * @param byOrder whether the names differ, and the order of layers of one kind decided
   */
  public record Found(ParameterSpec parameter, StoredWeight weight, boolean byOrder) {}

  private final WeightFile file;
  private final List<Found> found;
  private final List<Found> illShaped;
  private final List<ParameterSpec> missing;
  private final List<StoredWeight> extra;

  WeightMatch(
      WeightFile file,
      List<Found> found,
      List<Found> illShaped,
      List<ParameterSpec> missing,
      List<StoredWeight> extra) {
    this.file = file;
    this.found = List.copyOf(found);
    this.illShaped = List.copyOf(illShaped);
    this.missing = List.copyOf(missing);
    this.extra = List.copyOf(extra);
  }

  /** The parameters for which the file has an array that fits, in the model's order. */
  public List<Found> found() {
    return found;
  }

  /** The parameters whose array has another shape, or a type that is not cast. */
  public List<Found> illShaped() {
    return illShaped;
  }

  /** The parameters for which the file has nothing. */
  public List<ParameterSpec> missing() {
    return missing;
  }

  /**
   * The arrays that no parameter takes. States of optimisers and random generators are not among
   * them.
   */
  public List<StoredWeight> extra() {
    return extra;
  }

  /** Whether every parameter has an array that fits. */
  public boolean isComplete() {
    return missing.isEmpty() && illShaped.isEmpty();
  }

  /** Whether it is complete, nothing is left over, and no order had to decide. */
  public boolean isExact() {
    return isComplete() && extra.isEmpty() && found.stream().noneMatch(Found::byOrder);
  }

  /**
   * Reads what was found.
   *
   * @return the elements by the path of the parameter, in the model's order, with its element type,
   *     in memory of the file's arena
   * @throws ImportException if the match is not complete, with the whole report, or the file is
   *     damaged
   */
  public SequencedMap<String, ConstantData> load() {
    if (!isComplete()) {
      throw new ImportException(file.path().toString(), String.join("; ", report()), remedy());
    }
    SequencedMap<String, ConstantData> data = new LinkedHashMap<>();
    for (Found pair : found) {
      data.put(
          pair.parameter().path(),
          FloatCast.cast(
              pair.weight().data(), pair.parameter().type().elementType(), file.arena()));
    }
    return data;
  }

  /**
   * The report, a line for each kind of what does not fit or deserves to be known; none if the
   * match is exact.
   */
  public List<String> report() {
    List<String> lines = new ArrayList<>();
    add(lines, missing, "missing", this::missing);
    add(lines, illShaped, "of another type", WeightMatch::illShaped);
    add(lines, extra, "left over in the file", WeightMatch::named);
    add(
        lines,
        found.stream().filter(Found::byOrder).toList(),
        "matched by order",
        pair -> pair.parameter().path() + " from " + quote(pair.weight().path()));
    return lines;
  }

  private static <T> void add(
      List<String> lines, List<T> items, String what, Function<T, String> describe) {
    if (!items.isEmpty()) {
      String list =
          items.stream().limit(LONGEST_LIST).map(describe).collect(Collectors.joining(", "));
      int more = items.size() - LONGEST_LIST;
      lines.add(
          items.size()
              + (items.size() == 1 ? " weight is " : " weights are ")
              + what
              + ": "
              + list
              + (more > 0 ? " and " + more + " more" : ""));
    }
  }

  private static String illShaped(Found pair) {
    return pair.parameter().path()
        + " is "
        + pair.parameter().type()
        + " in the model but "
        + pair.weight().type()
        + " in the file"
        + (pair.weight().path().equals(pair.parameter().path())
            ? ""
            : " (" + quote(pair.weight().path()) + ")");
  }

  private static String named(StoredWeight weight) {
    // The path of a file that numbers weights does not say what a person called the layer.
    String layer =
        weight.place().index() < 0 ? "" : " of " + quote(String.join("/", weight.place().layer()));
    return quote(weight.path()) + layer + ": " + weight.type();
  }

  private String missing(ParameterSpec spec) {
    String text = spec.path() + ": " + spec.type();
    List<String> alike =
        extra.stream()
            .filter(weight -> weight.type().shape().equals(spec.type().shape()))
            .map(StoredWeight::path)
            .filter(path -> path.length() < 2 * spec.path().length())
            .limit(MOST_CANDIDATES)
            .toList();
    List<String> near = Suggestions.near(spec.path(), alike);
    return near.isEmpty() ? text : text + " (did you mean " + quote(near.get(0)) + "?)";
  }

  private String remedy() {
    if (found.isEmpty()) {
      return "the file seems to belong to another model, or names its weights otherwise: name the"
          + " layers as the file does, or save it with the paths of the model as names";
    }
    if (missing.isEmpty()) {
      return "give the layers the sizes of the model that was saved, or save that model's weights"
          + " again";
    }
    return "name the layers as the file does, or save the weights of this model";
  }
}
