package dev.lathe.frontend.language;

import dev.lathe.frontend.layers.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names of one run of a block or a model, and where its layers' weights stand. */
final class Frame {
  private final Unit unit;
  private final Map<String, Object> variables = new LinkedHashMap<>();
  private final Names names;
  private final Place place;
  private @Nullable List<Object> returned;

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

  void setReturned(List<Object> values) {
    returned = List.copyOf(values);
  }
}
