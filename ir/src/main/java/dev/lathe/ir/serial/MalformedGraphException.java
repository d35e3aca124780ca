package dev.lathe.ir.serial;

import java.io.IOException;

/** Says that bytes are not a graph in binary form, or one of a later format. */
public final class MalformedGraphException extends IOException {
  private static final long serialVersionUID = 1L;

  public MalformedGraphException(String message) {
    super(message);
  }

  public MalformedGraphException(String message, Throwable cause) {
    super(message, cause);
  }
}
