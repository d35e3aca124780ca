package dev.lathe.frontend.language;

import java.util.Locale;

/** Writes a diagnostic with the lines that it is about, and carets below what is meant. */
final class Excerpts {
  /** Longer lines are cut around what is meant. */
  private static final int WIDEST = 140;

  private final Diagnostic diagnostic;
  private final int margin;
  private final StringBuilder text = new StringBuilder();

  Excerpts(Diagnostic diagnostic) {
    this.diagnostic = diagnostic;
    int last = diagnostic.span().line();
    for (Diagnostic.Note note : diagnostic.notes()) {
      last = Math.max(last, note.span().line());
    }
    this.margin = String.valueOf(last).length();
  }

  String text() {
    text.append(diagnostic.severity().name().toLowerCase(Locale.ROOT))
        .append(": ")
        .append(printable(diagnostic.message()))
        .append('\n');
    excerpt(diagnostic.span(), "-->");
    for (Diagnostic.Note note : diagnostic.notes()) {
      text.append(" ".repeat(margin)).append(" = note: ").append(printable(note.message()));
      text.append('\n');
      excerpt(note.span(), ":::");
    }
    if (!diagnostic.help().isEmpty()) {
      text.append(" ".repeat(margin)).append(" = help: ").append(printable(diagnostic.help()));
      text.append('\n');
    }
    return text.substring(0, text.length() - 1);
  }

  private void excerpt(Span span, String arrow) {
    Source source = span.source();
    int line = span.line();
    String whole = source.lineText(line);
    int from = Math.min(span.column() - 1, whole.length());
    int to = Math.max(from + 1, Math.min(from + span.end() - span.start(), whole.length()));
    int cut = Math.max(0, Math.min(from - WIDEST / 4, whole.length() - WIDEST));
    String shown = whole.substring(cut, Math.min(whole.length(), cut + WIDEST));
    text.append(" ".repeat(margin)).append(arrow).append(' ').append(span).append('\n');
    text.append(" ".repeat(margin)).append(" |\n");
    String number = String.valueOf(line);
    text.append(" ".repeat(margin - number.length())).append(number).append(" | ");
    text.append(printable(shown).stripTrailing()).append('\n');
    text.append(" ".repeat(margin)).append(" | ");
    text.append(" ".repeat(from - cut));
    text.append("^".repeat(Math.max(1, Math.min(to, cut + WIDEST) - from))).append('\n');
  }

  /** Control characters, tabs too, as spaces, so that carets stand where they belong. */
  private static String printable(String string) {
    StringBuilder result = new StringBuilder(string.length());
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      result.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? ' ' : c);
    }
    return result.toString();
  }
}
