package dev.lathe.ir;

import java.util.function.Supplier;

/** Gives unbacked dimensions that no other value of the graph has. */
final class FreshDims implements Supplier<Dim> {
  private int next;

  @Override
  public Dim get() {
    return Dim.symbol("?" + next++);
  }

  /** Makes sure that symbols given from now on differ from those of {@code shape}. */
  void reserve(Shape shape) {
    for (String name : shape.symbols()) {
      if (name.startsWith("?") && name.substring(1).chars().allMatch(Character::isDigit)) {
        int used = name.length() > 9 ? 0 : Integer.parseInt(name.substring(1));
        next = Math.max(next, used + 1);
      }
    }
  }
}
