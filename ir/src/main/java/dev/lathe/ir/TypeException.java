package dev.lathe.ir;

/**
 * Says that an op cannot take the operands it was given, with what is wrong and what would be
 * right.
 */
public final class TypeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public TypeException(String message) {
    super(message);
  }

  public TypeException(String message, Throwable cause) {
    super(message, cause);
  }
}
