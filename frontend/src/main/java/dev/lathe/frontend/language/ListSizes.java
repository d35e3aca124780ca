package dev.lathe.frontend.language;

import java.util.IdentityHashMap;
import java.util.List;

/**
 * How many elements lists have with the lists in them, each counted as often as it stands there: a
 * list of itself twice, made a hundred times, takes no memory, and nobody could go through it.
 */
final class ListSizes {
  private final long limit;
  private final IdentityHashMap<List<?>, Long> known = new IdentityHashMap<>();

  ListSizes(long limit) {
    this.limit = limit;
  }

  /** True if a list, whose elements were all asked for before, is no larger than the limit. */
  boolean isWithinLimit(List<?> list) {
    return size(list) <= limit;
  }

  private long size(List<?> list) {
    Long before = known.get(list);
    if (before != null) {
      return before;
    }
    long size = list.size();
    boolean isFlat = true;
    for (Object element : list) {
      if (element instanceof List<?> inner) {
        isFlat = false;
        size = Math.min(size + size(inner), limit + 1);
      }
    }
    if (!isFlat || size > 64) {
      known.put(list, size);
    }
    return size;
  }
}
