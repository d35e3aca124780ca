package dev.lathe.frontend.language;

import java.util.LinkedHashMap;
import java.util.Map;

/** A file that was read, with what it defines and what it imports. Filled while it is loaded. */
final class Unit {
  private final Syntax.File file;
  private final Map<String, Object> members = new LinkedHashMap<>();
  private final Map<String, Syntax.Name> definitions = new LinkedHashMap<>();

  private boolean open;

  Unit(Syntax.File file) {
    this.file = file;
  }

  Syntax.File file() {
    return file;
  }

  /**
   * What names of the file mean: a {@link Syntax.Const}, a {@link Callable}, a {@link Unit}, or
   * {@link Poison} for what could not be read.
   */
  Map<String, Object> members() {
    return members;
  }

  /** Where names are defined. */
  Map<String, Syntax.Name> definitions() {
    return definitions;
  }

  /** Whether names that mean nothing may be those of an import that could not be read. */
  boolean isOpen() {
    return open;
  }

  void setOpen(boolean isOpen) {
    open = isOpen;
  }

  @Override
  public String toString() {
    return file.span().source().name();
  }
}
