package dev.lathe.frontend.language;

/** The value of {@code none}, so that maps and lists can hold it. */
final class Nothing {
  static final Nothing NONE = new Nothing();

  private Nothing() {}

  @Override
  public String toString() {
    return "none";
  }
}
