package dev.lathe.backend.onednn.binding;

/** A oneDNN call that failed, with the operation and the descriptors it was asked for. */
public final class OneDnnException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception whose message says what was attempted and why it failed. */
  public OneDnnException(String message) {
    super(message);
  }

  /** Creates an exception with the failure that led to it. */
  public OneDnnException(String message, Throwable cause) {
    super(message, cause);
  }
}
