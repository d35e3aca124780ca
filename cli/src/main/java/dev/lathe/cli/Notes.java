package dev.lathe.cli;

import java.io.PrintWriter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Shows what the library logs while a command runs, a line each, without times and classes. */
final class Notes extends Handler implements AutoCloseable {
  /** Held here, since the logging system forgets loggers that nobody refers to. */
  private static final Logger LOGGER = Logger.getLogger("dev.lathe");

  private final PrintWriter err;

  private Notes(PrintWriter err) {
    this.err = err;
    setFormatter(new SimpleFormatter());
  }

  /** Shows notes from now on, until it is closed. */
  static Notes show(PrintWriter err) {
    Notes notes = new Notes(err);
    LOGGER.addHandler(notes);
    LOGGER.setUseParentHandlers(false);
    return notes;
  }

  @Override
  public void publish(LogRecord message) {
    if (isLoggable(message)) {
      boolean warning = message.getLevel().intValue() >= Level.WARNING.intValue();
      err.println(
          "lathe: " + (warning ? "warning: " : "note: ") + getFormatter().formatMessage(message));
    }
  }

  @Override
  public void flush() {
    err.flush();
  }

  @Override
  public void close() {
    LOGGER.removeHandler(this);
    LOGGER.setUseParentHandlers(true);
  }

  /** Shows warnings alone from now on. */
  void onlyWarnings() {
    setLevel(Level.WARNING);
  }
}
