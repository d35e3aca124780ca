package dev.lathe.frontend.language;

import dev.lathe.frontend.layers.Names;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names of one run of a block or a model, and where its layers' weights stand. */
final class Frame {
  private final Unit unit;
  private final Map<String, Object> variables = new LinkedHashMap<>();
  private final Names names;
  private final Place place;
  private final Set<Syntax.Param> declared = new HashSet<>();
  private @Nullable List<Object> returned;
  private @Nullable Span returnSpan;
  private boolean broken;

  /**
   * Where weights stand.
   *
   * @param path of the block's run; empty for the model's own
   * @param again whether the run shares the weights of an earlier one
   * @param trainable whether training changes the weights
   * @param depth how many blocks run around this
   */
  record Place(String path, boolean again, boolean trainable, int depth) {
    static final Place MODEL = new Place("", false, true, 0);

    Place inside(String inner, boolean innerAgain, boolean innerTrainable) {
      return new Place(inner, innerAgain, innerTrainable, depth + 1);
    }
  }

  Frame(Unit unit, Place place) {
    this.unit = unit;
    this.place = place;
    this.names = new Names(place.path());
  }

  Unit unit() {
    return unit;
  }

  Map<String, Object> variables() {
    return variables;
  }

  Names names() {
    return names;
  }

  Place place() {
    return place;
  }

  /** What was returned; null while nothing was. */
  @Nullable List<Object> returned() {
    return returned;
  }

  /** Where it was returned; null while nothing was. */
  @Nullable Span returnSpan() {
    return returnSpan;
  }

  void setReturned(List<Object> values, Span span) {
    returned = List.copyOf(values);
    returnSpan = span;
  }

  /** The weights that were declared. */
  Set<Syntax.Param> declared() {
    return declared;
  }

  /** Whether a statement could not be read: what lacks may be what it would have given. */
  boolean isBroken() {
    return broken;
  }

  void setBroken() {
    broken = true;
  }
}
