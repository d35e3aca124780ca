package dev.lathe.frontend.language;

/** The value of what was wrong: whatever is done with it gives no further message. */
final class Poison {
  static final Poison POISON = new Poison();

  private Poison() {}

  @Override
  public String toString() {
    return "what could not be told";
  }
}
