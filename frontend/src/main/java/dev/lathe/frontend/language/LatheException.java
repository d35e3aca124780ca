package dev.lathe.frontend.language;

import java.util.List;

/** Says that a source of the Lathe language is no model, with everything that is wrong with it. */
public final class LatheException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Diagnostic> diagnostics;

  /**
   * @param diagnostics at least one
   */
  public LatheException(List<Diagnostic> diagnostics) {
    super(String.join("\n", diagnostics.stream().map(Diagnostic::render).toList()));
    this.diagnostics = List.copyOf(diagnostics);
  }

  /** How much is wrong, in one line. */
  public String summary() {
    int count = diagnostics.size();
    return diagnostics.get(0).span().source().name()
        + (count == 1 ? " has an error" : " has " + count + " errors");
  }

  /** What is wrong. */
  public List<Diagnostic> diagnostics() {
    return diagnostics;
  }
}
