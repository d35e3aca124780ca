package dev.lathe.frontend.layers;

import java.util.Collection;
import java.util.List;

/** Names that a reader may have meant. */
public final class Suggestions {

  private Suggestions() {}

  /**
   * Those of {@code known} that are near to {@code name}, the nearest first, at most three: few
   * letters must be changed, added, dropped or swapped, or one is part of the other.
   */
  public static List<String> near(String name, Collection<String> known) {
    int limit = Math.max(1, name.length() / 3);
    List<String> same =
        known.stream().distinct().filter(each -> plain(each).equals(plain(name))).toList();
    if (!same.isEmpty()) {
      return same;
    }
    record Near(String name, int distance) {}
    return known.stream()
        .distinct()
        .map(candidate -> new Near(candidate, distance(name, candidate)))
        .filter(near -> near.distance <= limit || isPart(name, near.name))
        .sorted(
            java.util.Comparator.<Near>comparingInt(near -> near.distance)
                .thenComparing(near -> near.name))
        .limit(3)
        .map(near -> near.name)
        .toList();
  }

  /** The near names as advice; else all known ones if they are few; else nothing. */
  public static String help(String name, Collection<String> known) {
    List<String> near = near(name, known);
    if (!near.isEmpty()) {
      return "did you mean " + quoted(near) + "?";
    }
    return known.isEmpty() || known.size() > 24 ? "" : "it can be " + String.join(", ", known);
  }

  private static String quoted(List<String> names) {
    return String.join(" or ", names.stream().map(name -> "'" + name + "'").toList());
  }

  private static boolean isPart(String name, String candidate) {
    String a = plain(name);
    String b = plain(candidate);
    return a.length() > 2 && b.length() > 2 && (a.equals(b) || b.startsWith(a) || a.startsWith(b));
  }

  private static String plain(String name) {
    return name.replace("_", "").toLowerCase(java.util.Locale.ROOT);
  }

  /** Damerau's distance in its restricted form, letters of either case alike. */
  private static int distance(String a, String b) {
    String from = a.toLowerCase(java.util.Locale.ROOT);
    String to = b.toLowerCase(java.util.Locale.ROOT);
    int[][] d = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int same = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[from.length()][to.length()];
  }
}
