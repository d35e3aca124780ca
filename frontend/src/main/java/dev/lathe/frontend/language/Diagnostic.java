package dev.lathe.frontend.language;

import java.util.List;

/**
 * What is wrong with a source: what, where, why, and what to do.
 *
 * @param severity whether it keeps the model from being made
 * @param message what is wrong, in one line
 * @param span where
 * @param notes other places that have to do with it
 * @param help what to do; empty if nothing can be said
 */
public record Diagnostic(
    Severity severity, String message, Span span, List<Note> notes, String help) {
  /** How bad it is. */
  public enum Severity {
    ERROR,
    WARNING
  }

  /**
   * Another place.
   *
   * @param span where
   * @param message what it has to do with what is wrong
   */
  public record Note(Span span, String message) {}

  public Diagnostic {
    notes = List.copyOf(notes);
  }

  /** An error. */
  public static Diagnostic error(Span span, String message, String help, Note... notes) {
    return new Diagnostic(Severity.ERROR, message, span, List.of(notes), help);
  }

  /** A warning. */
  public static Diagnostic warning(Span span, String message, String help, Note... notes) {
    return new Diagnostic(Severity.WARNING, message, span, List.of(notes), help);
  }

  /** True if it keeps the model from being made. */
  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** The message with excerpts of the source, several lines without a last line end. */
  public String render() {
    return new Excerpts(this).text();
  }

  /** The message in one line with its place. */
  public String oneLine() {
    return span + ": " + message;
  }

  @Override
  public String toString() {
    return oneLine();
  }
}
