package dev.lathe.frontend.language;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was found wrong, each thing once. Not safe for use by several threads.
 *
 * <p>Of several messages about one place only the first is kept: what follows from an error is no
 * news.
 */
public final class Diagnostics {
  /** None yet. */
  public Diagnostics() {}

  /** After so many errors, more say nothing. */
  private static final int MOST = 100;

  private record Place(Diagnostic.Severity severity, Source source, int start, int end) {}

  private final Map<Place, Diagnostic> found = new LinkedHashMap<>();

  /** Adds one. */
  public void add(Diagnostic diagnostic) {
    Span span = diagnostic.span();
    Place place = new Place(diagnostic.severity(), span.source(), span.start(), span.end());
    if (found.size() < MOST) {
      found.putIfAbsent(place, diagnostic);
    }
  }

  /** Adds an error. */
  public void error(Span span, String message, String help, Diagnostic.Note... notes) {
    add(Diagnostic.error(span, message, help, notes));
  }

  /** True if something keeps the model from being made. */
  public boolean hasErrors() {
    return found.values().stream().anyMatch(Diagnostic::isError);
  }

  /** All, by file in the order of first mention, then by place. */
  public List<Diagnostic> all() {
    List<Source> sources = new ArrayList<>();
    for (Diagnostic each : found.values()) {
      if (!sources.contains(each.span().source())) {
        sources.add(each.span().source());
      }
    }
    List<Diagnostic> sorted = new ArrayList<>(found.values());
    sorted.sort(
        Comparator.<Diagnostic>comparingInt(each -> sources.indexOf(each.span().source()))
            .thenComparingInt(each -> each.span().start()));
    return sorted;
  }
}
