package dev.lathe.frontend.language;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds blocks and constants of a file that need themselves. */
final class Recursion {
  /** Longer circles than these are not told. */
  private static final int LONGEST = 16;

  private final Unit unit;
  private final Diagnostics diagnostics;

  /** What the blocks and constants name, with the first place where. */
  private final Map<String, Map<String, Span>> uses = new LinkedHashMap<>();

  Recursion(Unit unit, Diagnostics diagnostics) {
    this.unit = unit;
    this.diagnostics = diagnostics;
  }

  /** Says that an item of the file names another. */
  void uses(String item, String other, Span place) {
    uses.computeIfAbsent(item, _ -> new LinkedHashMap<>()).putIfAbsent(other, place);
  }

  /** Reports circles, and makes what is in them unknown, for it has no end. */
  void check() {
    Set<String> reported = new HashSet<>();
    for (Syntax.Item item : unit.file().items()) {
      Syntax.Name name =
          switch (item) {
            case Syntax.Block block -> block.name();
            case Syntax.Const constant -> constant.name();
            default -> null;
          };
      if (name == null || reported.contains(name.text())) {
        continue;
      }
      List<String> circle = circle(name.text(), name.text(), new ArrayList<>(), new HashSet<>());
      if (circle != null) {
        reported.addAll(circle);
        report(item instanceof Syntax.Block, name, circle);
        circle.forEach(each -> unit.members().put(each, Poison.POISON));
      }
    }
  }

  private void report(boolean isBlock, Syntax.Name name, List<String> circle) {
    List<Diagnostic.Note> notes = new ArrayList<>();
    for (int i = 0; i + 1 < circle.size(); i++) {
      Span place = uses.getOrDefault(circle.get(i), Map.of()).get(circle.get(i + 1));
      if (place != null && notes.size() < 3) {
        String what = circle.get(i) + (isBlock ? " calls " : " needs ") + circle.get(i + 1);
        notes.add(new Diagnostic.Note(place, what + " here"));
      }
    }
    String path = circle.size() > 2 ? ": " + String.join(" → ", circle) : "";
    diagnostics.error(
        name.span(),
        isBlock
            ? "the block '" + name.text() + "' calls itself" + path
            : "the constant '" + name.text() + "' needs itself" + path,
        isBlock ? "models have no recursion; repeat with a for loop" : "give one of them a value",
        notes.toArray(Diagnostic.Note[]::new));
  }

  private @Nullable List<String> circle(
      String start, String at, List<String> path, Set<String> seen) {
    List<String> here = new ArrayList<>(path);
    here.add(at);
    for (String other : uses.getOrDefault(at, Map.of()).keySet()) {
      if (other.equals(start)) {
        here.add(start);
        return here;
      }
      if (seen.add(other) && here.size() < LONGEST) {
        List<String> found = circle(start, other, here, seen);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }
}
