package dev.lathe.ir;

import java.util.ArrayList;
import java.util.List;

/** A product of atoms, sorted by their text; empty for the constant term. */
record DimMonomial(List<DimAtom> factors, String text) implements Comparable<DimMonomial> {
  static final DimMonomial ONE = new DimMonomial(List.of(), "");

  static DimMonomial of(List<DimAtom> factors) {
    List<DimAtom> sorted = new ArrayList<>(factors);
    sorted.sort((a, b) -> a.toString().compareTo(b.toString()));
    StringBuilder text = new StringBuilder();
    for (DimAtom atom : sorted) {
      text.append(text.isEmpty() ? "" : "*").append(atom);
    }
    return new DimMonomial(List.copyOf(sorted), text.toString());
  }

  DimMonomial times(DimMonomial other) {
    if (factors.isEmpty()) {
      return other;
    }
    if (other.factors.isEmpty()) {
      return this;
    }
    List<DimAtom> all = new ArrayList<>(factors);
    all.addAll(other.factors);
    return of(all);
  }

  @Override
  public int compareTo(DimMonomial other) {
    // The constant term last, longer products first, then by text: the order in which people
    // write.
    int byLength = Integer.compare(other.factors.size(), factors.size());
    return byLength != 0 ? byLength : text.compareTo(other.text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DimMonomial that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
