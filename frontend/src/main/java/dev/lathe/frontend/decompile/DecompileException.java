package dev.lathe.frontend.decompile;

/** Says what of a graph the Lathe language has no words for, in one line. */
public final class DecompileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what cannot be said, and what to do
   */
  public DecompileException(String message) {
    super(message);
  }
}
