package dev.lathe.frontend;

import java.io.Serial;

/**
 * A file that a frontend refuses, with one line that a person can act on: what is wrong, where it
 * stands, why it is wrong, and what to do about it.
 *
 * <p>The message never holds a line break or another control character, whatever the file
 * contained, and its length is bounded: text taken from the file goes through {@link
 * #quote(String)}.
 */
public final class ImportException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /** Longest piece of text from a file that a message repeats, in UTF-16 units. */
  private static final int LONGEST_QUOTE = 80;

  /**
   * Longest message, in UTF-16 units; a list of unsupported ops can be long, a file cannot make it
   * endless.
   */
  private static final int LONGEST_MESSAGE = 20_000;

  private final String where;
  private final boolean unsupported;

  /**
   * Makes an exception.
   *
   * @param where the file, and as far as known the node, the op, the field and the byte offset
   * @param what what was found and why that is wrong, without a final stop
   * @param remedy what the reader of the message can do, or empty where nothing is known to help
   */
  public ImportException(String where, String what, String remedy) {
    this(where, what, remedy, false);
  }

  private ImportException(String where, String what, String remedy, boolean unsupported) {
    super(compose(where, what, remedy));
    this.where = oneLine(where);
    this.unsupported = unsupported;
  }

  /**
   * An exception about a file that may well be right, but needs what Lathe cannot do.
   *
   * @param where the file, and as far as known the node and the op
   * @param what what is not supported, without a final stop
   * @param remedy what the reader of the message can do, or empty where nothing is known to help
   */
  public static ImportException unsupported(String where, String what, String remedy) {
    return new ImportException(where, what, remedy, true);
  }

  /**
   * Makes an exception that was caused by another one.
   *
   * @param where the file, and as far as known the node, the op, the field and the byte offset
   * @param what what was found and why that is wrong, without a final stop
   * @param remedy what the reader of the message can do, or empty where nothing is known to help
   * @param cause what was thrown below
   */
  public ImportException(String where, String what, String remedy, Throwable cause) {
    super(compose(where, what, remedy), cause);
    this.where = oneLine(where);
    this.unsupported = false;
  }

  /** The place the message names first: the file and what is known of the spot in it. */
  public String where() {
    return where;
  }

  /** Whether the file may well be right, but needs what Lathe cannot do. */
  public boolean isUnsupported() {
    return unsupported;
  }

  /**
   * Text from a file made fit for a message: in single quotes, control characters replaced by
   * {@code ?}, and cut after 80 characters.
   */
  public static String quote(String text) {
    String line = oneLine(text);
    return line.length() <= LONGEST_QUOTE
        ? "'" + line + "'"
        : "'" + line.substring(0, LONGEST_QUOTE) + "…'";
  }

  private static String compose(String where, String what, String remedy) {
    String line = oneLine(where + ": " + what + (remedy.isEmpty() ? "" : "; " + remedy));
    return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "…";
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = !Character.isISOControl(c) && c != '\u2028' && c != '\u2029';
      line.append(plain ? c : '?');
    }
    return line.toString();
  }
}
