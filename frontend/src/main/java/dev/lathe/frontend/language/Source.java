package dev.lathe.frontend.language;

import java.util.ArrayList;
import java.util.List;

/**
 * The text of a file, by lines.
 *
 * @param name how messages name it
 * @param text all of it
 * @param lineStarts where each line begins
 */
public record Source(String name, String text, List<Integer> lineStarts) {

  /** A source. */
  public static Source of(String name, String text) {
    List<Integer> starts = new ArrayList<>(List.of(0));
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isCrLf = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
      if (c == '\n' || (c == '\r' && !isCrLf)) {
        starts.add(i + 1);
      }
    }
    return new Source(name, text, List.copyOf(starts));
  }

  /** The line of an offset, from 1. */
  public int line(int offset) {
    int low = 0;
    int high = lineStarts.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (lineStarts.get(middle) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low + 1;
  }

  /** The column of an offset, from 1, in UTF-16 units. */
  public int column(int offset) {
    return offset - lineStarts.get(line(offset) - 1) + 1;
  }

  /** A line's text without its end. */
  public String lineText(int line) {
    int start = lineStarts.get(line - 1);
    int end = line < lineStarts.size() ? lineStarts.get(line) : text.length();
    while (end > start && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
      end--;
    }
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    return name;
  }
}
