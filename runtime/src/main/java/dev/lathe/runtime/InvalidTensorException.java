package dev.lathe.runtime;

import java.io.Serial;

/**
 * Tensors that do not fit a model's signature: one is missing, unknown, or of another type or
 * shape. The message names the input or output, what it must be and what was given.
 */
public final class InvalidTensorException extends IllegalArgumentException {
  @Serial private static final long serialVersionUID = 1L;

  /** An exception with a message for the caller of the model. */
  public InvalidTensorException(String message) {
    super(message);
  }
}
