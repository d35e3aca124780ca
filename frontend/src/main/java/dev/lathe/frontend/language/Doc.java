package dev.lathe.frontend.language;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A text that may be laid out in several ways: the algebra of Wadler's "A prettier printer" (2003),
 * with comments, which run to the end of their line. {@link DocPrinter} chooses.
 */
sealed interface Doc {
  /** No text. */
  Doc EMPTY = new Text("");

  /** A blank, which vanishes where a line ends or begins. */
  Doc SPACE = new Space();

  /** A blank, or a line's end where the group around it is broken. */
  Doc LINE = new Line(true, false);

  /** Nothing, or a line's end where the group around it is broken. */
  Doc SOFT_LINE = new Line(false, false);

  /** A line's end. */
  Doc HARD_LINE = new Line(false, true);

  /** Whether it holds something that no single line can hold. */
  boolean isBroken();

  /** Text without line ends. */
  record Text(String text) implements Doc {
    @Override
    public boolean isBroken() {
      return false;
    }
  }

  /** See {@link #SPACE}. */
  record Space() implements Doc {
    @Override
    public boolean isBroken() {
      return false;
    }
  }

  /**
   * A place where a line may end.
   *
   * @param isBlank whether it is a blank where it does not
   * @param isHard whether it always does
   */
  record Line(boolean isBlank, boolean isHard) implements Doc {
    @Override
    public boolean isBroken() {
      return isHard;
    }
  }

  /**
   * A comment: behind what stands before it, or on a line of its own.
   *
   * @param text without blanks at its end
   * @param isOwnLine whether nothing stands before it on its line
   */
  record Comment(String text, boolean isOwnLine) implements Doc {
    @Override
    public boolean isBroken() {
      return true;
    }
  }

  /** One after the other. */
  record Concat(List<Doc> parts, boolean isBroken) implements Doc {}

  /** Lines that begin in it are indented by one step more. */
  record Indent(Doc content, boolean isBroken) implements Doc {}

  /** On one line if it fits there; otherwise every line end directly in it is one. */
  record Group(Doc content, boolean isBroken) implements Doc {}

  /** Text that is there only where the group around it is broken. */
  record IfBroken(String text) implements Doc {
    @Override
    public boolean isBroken() {
      return false;
    }
  }

  /** Text. */
  static Doc text(String text) {
    return new Text(text);
  }

  /** One after the other. */
  static Doc concat(Doc... parts) {
    return concat(Arrays.asList(parts));
  }

  /** One after the other. */
  static Doc concat(List<Doc> parts) {
    List<Doc> kept = new ArrayList<>();
    for (Doc part : parts) {
      if (!part.equals(EMPTY)) {
        kept.add(part);
      }
    }
    if (kept.isEmpty()) {
      return EMPTY;
    }
    return kept.size() == 1
        ? kept.get(0)
        : new Concat(List.copyOf(kept), kept.stream().anyMatch(Doc::isBroken));
  }

  /** Indented by one step. */
  static Doc indent(Doc... parts) {
    Doc content = concat(parts);
    return new Indent(content, content.isBroken());
  }

  /** On one line if it fits there. */
  static Doc group(Doc... parts) {
    Doc content = concat(parts);
    return new Group(content, content.isBroken());
  }

  /** Never on one line. */
  static Doc brokenGroup(Doc... parts) {
    return new Group(concat(parts), true);
  }
}
