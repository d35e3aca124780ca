package dev.lathe.frontend.language;

/**
 * A part of a source.
 *
 * @param source what it is a part of
 * @param start where it begins
 * @param end where it ends, exclusive
 */
public record Span(Source source, int start, int end) {

  /** From the beginning of this to the end of another. */
  public Span to(Span other) {
    return new Span(source, start, Math.max(end, other.end));
  }

  /** True if another lies in this. */
  public boolean contains(Span other) {
    return source.equals(other.source) && start <= other.start && other.end <= end;
  }

  /** The text. */
  public String text() {
    return source.text().substring(start, end);
  }

  /** The line on which it begins, from 1. */
  public int line() {
    return source.line(start);
  }

  /** The column at which it begins, from 1. */
  public int column() {
    return source.column(start);
  }

  @Override
  public String toString() {
    return source.name() + ":" + line() + ":" + column();
  }
}
