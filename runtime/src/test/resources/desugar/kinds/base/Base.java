package kinds.base;

/** Has what a subclass in another package may call and a class beside it may not. */
public class Base {
  protected String guarded(int x) {
    return "guarded " + x;
  }

  protected static String guardedStatic(int x) {
    return "guarded static " + x;
  }

  protected interface Shape {
    String draw(String with);
  }
}
