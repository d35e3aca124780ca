package dev.lathe.ir.text;

/** Says where and why a text is not IR. */
public final class IrParseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  /**
   * @param line counted from 1
   * @param column counted from 1
   */
  public IrParseException(int line, int column, String message) {
    super("line " + line + ":" + column + ": " + message);
    this.line = line;
    this.column = column;
  }

  /** The line, counted from 1. */
  public int line() {
    return line;
  }

  /** The column, counted from 1. */
  public int column() {
    return column;
  }
}
