package dev.lathe.runtime;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A compiled model that cannot be loaded: a file that is missing, cut short, no model or written by
 * a newer release, or no backend to run it. The message says which, and what to do.
 */
public final class ModelLoadException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** An exception with one line that a person can act on. */
  public ModelLoadException(String message) {
    super(message);
  }

  /** An exception with one line that a person can act on, and what was thrown below. */
  public ModelLoadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
