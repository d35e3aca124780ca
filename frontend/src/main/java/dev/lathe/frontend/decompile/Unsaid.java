package dev.lathe.frontend.decompile;

/** Says why an op has no words; caught where the op is written. */
final class Unsaid extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Unsaid(String why) {
    super(why);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
