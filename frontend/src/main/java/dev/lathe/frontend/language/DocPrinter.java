package dev.lathe.frontend.language;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lays a {@link Doc} out: a group stays on its line where what it holds fits, with what follows it
 * up to the next place where a line may end. Not safe for use by several threads.
 */
final class DocPrinter {
  /** How wide a line may be, in characters. */
  static final int WIDTH = 100;

  private static final int STEP = 2;

  /** What is still to be printed: how, and indented by how much. */
  private record Command(Doc doc, int indent, boolean isFlat) {}

  private final StringBuilder out = new StringBuilder();
  private final Deque<Command> commands = new ArrayDeque<>();
  private int column;
  private boolean atLineStart = true;
  private int lineIndent;
  private boolean isSpaced;

  /** A comment that the line at hand will end with. */
  private Doc.@Nullable Comment comment;

  private DocPrinter() {}

  /** The text of a document, without blanks at the ends of lines. */
  static String print(Doc doc) {
    DocPrinter printer = new DocPrinter();
    printer.commands.push(new Command(doc, 0, false));
    while (!printer.commands.isEmpty()) {
      printer.next(printer.commands.pop());
    }
    printer.flush();
    return printer.out.toString();
  }

  private void next(Command command) {
    int indent = command.indent();
    boolean isFlat = command.isFlat();
    switch (command.doc()) {
      case Doc.Text text -> text(text.text(), indent);
      case Doc.Space _ -> isSpaced = true;
      case Doc.Line line -> line(line, indent, isFlat);
      case Doc.Comment next -> comment(next, indent);
      case Doc.Concat concat -> {
        for (Doc part : concat.parts().reversed()) {
          commands.push(new Command(part, indent, isFlat));
        }
      }
      case Doc.Indent inner -> commands.push(new Command(inner.content(), indent + STEP, isFlat));
      case Doc.Group group -> {
        Command flat = new Command(group.content(), indent, true);
        boolean fits = !group.isBroken() && (isFlat || fits(flat));
        commands.push(fits ? flat : new Command(group.content(), indent, false));
      }
      case Doc.IfBroken text -> {
        if (!isFlat) {
          text(text.text(), indent);
        }
      }
    }
  }

  private void line(Doc.Line line, int indent, boolean isFlat) {
    if (!isFlat || line.isHard() || comment != null) {
      newline(indent);
    } else if (line.isBlank()) {
      isSpaced = true;
    }
  }

  private void text(String text, int indent) {
    if (text.isEmpty()) {
      return;
    }
    if (comment != null && !(text.equals(",") && !comment.isOwnLine())) {
      newline(indent);
    }
    write(text);
  }

  private void comment(Doc.Comment next, int indent) {
    if (comment != null || (next.isOwnLine() && !atLineStart)) {
      newline(indent);
    }
    if (atLineStart) {
      lineIndent = indent;
    }
    comment = next;
  }

  private void flush() {
    Doc.Comment last = comment;
    comment = null;
    if (last != null) {
      isSpaced = true;
      write(last.text());
    }
  }

  private void newline(int indent) {
    flush();
    out.append('\n');
    atLineStart = true;
    lineIndent = indent;
    isSpaced = false;
    column = 0;
  }

  private void write(String text) {
    if (atLineStart) {
      out.repeat(' ', lineIndent);
      column = lineIndent;
    } else if (isSpaced) {
      out.append(' ');
      column++;
    }
    atLineStart = false;
    isSpaced = false;
    out.append(text);
    column += width(text);
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Whether a document fits on the line at hand, with what is printed behind it on that line. */
  private boolean fits(Command first) {
    int left = WIDTH - (atLineStart ? lineIndent : column + (isSpaced ? 1 : 0));
    if (comment != null) {
      left = WIDTH - first.indent(); // Behind a comment, a line of its own begins.
    }
    Deque<Command> measured = new ArrayDeque<>(List.of(first));
    Iterator<Command> rest = commands.iterator();
    while (left >= 0) {
      if (measured.isEmpty()) {
        if (!rest.hasNext()) {
          return true;
        }
        measured.push(rest.next());
      }
      Command command = measured.pop();
      boolean isFlat = command.isFlat();
      switch (command.doc()) {
        case Doc.Text text -> left -= width(text.text());
        case Doc.Space _ -> left--;
        case Doc.Line line -> {
          if (!isFlat || line.isHard()) {
            return true;
          }
          left -= line.isBlank() ? 1 : 0;
        }
        case Doc.Comment _ -> {
          return true;
        }
        case Doc.Concat concat -> {
          for (Doc part : concat.parts().reversed()) {
            measured.push(new Command(part, 0, isFlat));
          }
        }
        case Doc.Indent inner -> measured.push(new Command(inner.content(), 0, isFlat));
        case Doc.Group group ->
            measured.push(new Command(group.content(), 0, isFlat && !group.isBroken()));
        case Doc.IfBroken text -> left -= isFlat ? 0 : width(text.text());
      }
    }
    return false;
  }
}
