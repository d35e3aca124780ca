package dev.lathe.backend.onednn.program;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Places intervals in the order of time, each when it begins in the smallest gap it fits in at that
 * moment (best fit), in n log n steps whatever overlaps. Of those that begin at one moment the one
 * that ends last goes first.
 */
final class ArenaSweep {
  private final long[] offsets;

  /** Gaps below the top, by offset; never two beside each other. */
  private final TreeMap<Long, Long> gaps = new TreeMap<>();

  /** The same gaps, the smallest first. */
  private final TreeSet<Gap> bySize = new TreeSet<>();

  private long top;
  private long size;

  private record Gap(long bytes, long offset) implements Comparable<Gap> {
    @Override
    public int compareTo(Gap other) {
      return bytes != other.bytes
          ? Long.compare(bytes, other.bytes)
          : Long.compare(offset, other.offset);
    }
  }

  ArenaSweep(int[] from, int[] to, long[] sizes) {
    this.offsets = new long[sizes.length];
    Integer[] begins = numbers(sizes.length);
    Arrays.sort(
        begins,
        (a, b) ->
            from[a] != from[b] ? Integer.compare(from[a], from[b]) : Integer.compare(to[b], to[a]));
    Integer[] ends = numbers(sizes.length);
    Arrays.sort(ends, (a, b) -> Integer.compare(to[a], to[b]));
    int ended = 0;
    for (int now : begins) {
      while (to[ends[ended]] < from[now]) {
        free(offsets[ends[ended]], sizes[ends[ended]]);
        ended++;
      }
      offsets[now] = take(sizes[now]);
    }
  }

  /** Where the intervals begin. */
  long[] offsets() {
    return offsets;
  }

  /** The space that all take together. */
  long size() {
    return size;
  }

  private static Integer[] numbers(int count) {
    Integer[] numbers = new Integer[count];
    Arrays.setAll(numbers, i -> i);
    return numbers;
  }

  private long take(long bytes) {
    Gap gap = bySize.ceiling(new Gap(bytes, 0));
    if (gap == null) {
      long offset = top;
      top += bytes;
      size = Math.max(size, top);
      return offset;
    }
    remove(gap);
    if (gap.bytes() > bytes) {
      add(new Gap(gap.bytes() - bytes, gap.offset() + bytes));
    }
    return gap.offset();
  }

  private void free(long offset, long bytes) {
    if (bytes == 0) {
      return;
    }
    long start = offset;
    long end = offset + bytes;
    Map.Entry<Long, Long> before = gaps.lowerEntry(start);
    if (before != null && before.getKey() + before.getValue() == start) {
      remove(new Gap(before.getValue(), before.getKey()));
      start = before.getKey();
    }
    Long after = gaps.get(end);
    if (after != null) {
      remove(new Gap(after, end));
      end += after;
    }
    if (end == top) {
      top = start;
    } else {
      add(new Gap(end - start, start));
    }
  }

  private void add(Gap gap) {
    gaps.put(gap.offset(), gap.bytes());
    bySize.add(gap);
  }

  private void remove(Gap gap) {
    gaps.remove(gap.offset());
    bySize.remove(gap);
  }
}
