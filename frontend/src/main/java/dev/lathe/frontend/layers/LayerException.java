package dev.lathe.frontend.layers;

import org.jspecify.annotations.Nullable;

/**
 * Says that a layer cannot take its arguments or its inputs: what is wrong, about which argument or
 * input if one is to blame, and what to do.
 */
public final class LayerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String help;
  private final @Nullable String argument;
  private final int input;

  private LayerException(
      String message,
      String help,
      @Nullable String argument,
      int input,
      @Nullable Throwable cause) {
    super(message, cause);
    this.help = help;
    this.argument = argument;
    this.input = input;
  }

  /**
   * @param message what is wrong
   * @param help what to do; empty if nothing can be said
   */
  public LayerException(String message, String help) {
    this(message, help, null, -1, null);
  }

  /** That something underneath does not fit. */
  public LayerException(String message, String help, Throwable cause) {
    this(message, help, null, -1, cause);
  }

  /** This, with the argument that is to blame. */
  public LayerException about(String name) {
    return new LayerException(getMessage(), help, name, -1, this);
  }

  /** This, with the input that is to blame. */
  public LayerException aboutInput(int index) {
    return new LayerException(getMessage(), help, null, index, this);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** What to do; empty if nothing can be said. */
  public String help() {
    return help;
  }

  /** The name of the argument that is to blame; null if none alone is. */
  public @Nullable String argument() {
    return argument;
  }

  /** The index of the input that is to blame; -1 if none alone is. */
  public int input() {
    return input;
  }
}
