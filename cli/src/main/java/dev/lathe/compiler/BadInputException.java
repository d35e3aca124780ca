package dev.lathe.compiler;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Something a user gave that makes no sense; the message is one line that says what to change. */
public final class BadInputException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** An exception with one line that a person can act on. */
  public BadInputException(String message) {
    super(message);
  }

  /** An exception with one line that a person can act on, and what was thrown below. */
  public BadInputException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
