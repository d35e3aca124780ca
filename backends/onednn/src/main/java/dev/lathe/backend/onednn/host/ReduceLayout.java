package dev.lathe.backend.onednn.host;

import java.util.Arrays;
import java.util.List;

/**
 * The axes of a tensor that is reduced, joined to runs of axes that stay and runs that go. The
 * innermost run, which is contiguous, stands apart.
 */
final class ReduceLayout {
  /** Elements of the innermost run, and whether it goes. */
  final long inner;

  final boolean innerReduced;

  /** The number of places on the other axes that stay. */
  final long keptCount;

  /** The number of places on the other axes that go. */
  final long reducedCount;

  private final long[] keptSizes;
  private final long[] keptStrides;
  private final long[] reducedSizes;
  private final long[] reducedStrides;

  /**
   * @param axes the axes that go, counted from the front
   */
  ReduceLayout(long[] shape, List<Integer> axes) {
    long[] strides = Shapes.strides(shape);
    long[] sizes = new long[shape.length + 1];
    long[] runStrides = new long[shape.length + 1];
    boolean[] reduced = new boolean[shape.length + 1];
    int runs = 0;
    for (int i = 0; i < shape.length; i++) {
      boolean goes = axes.contains(i);
      if (shape[i] == 1) {
        continue;
      }
      if (runs > 0 && reduced[runs - 1] == goes) {
        sizes[runs - 1] *= shape[i];
      } else {
        sizes[runs] = shape[i];
        reduced[runs++] = goes;
      }
      runStrides[runs - 1] = strides[i];
    }
    if (runs == 0) {
      sizes[runs] = 1;
      runStrides[runs++] = 1;
    }
    this.inner = sizes[runs - 1];
    this.innerReduced = reduced[runs - 1];
    int[] kept = select(reduced, runs - 1, false);
    int[] gone = select(reduced, runs - 1, true);
    this.keptSizes = pick(sizes, kept);
    this.keptStrides = pick(runStrides, kept);
    this.reducedSizes = pick(sizes, gone);
    this.reducedStrides = pick(runStrides, gone);
    this.keptCount = Shapes.count(keptSizes);
    this.reducedCount = Shapes.count(reducedSizes);
  }

  private static int[] select(boolean[] reduced, int runs, boolean which) {
    int[] found = new int[runs];
    int count = 0;
    for (int i = 0; i < runs; i++) {
      if (reduced[i] == which) {
        found[count++] = i;
      }
    }
    return Arrays.copyOf(found, count);
  }

  private static long[] pick(long[] values, int[] places) {
    long[] picked = new long[places.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = values[places[i]];
    }
    return picked;
  }

  /** The number of elements that are combined to one. */
  long combined() {
    return innerReduced ? reducedCount * inner : reducedCount;
  }

  /** The offset of a place on the axes that stay. */
  long keptOffset(long place) {
    return offset(place, keptSizes, keptStrides);
  }

  /** The offset of a place on the axes that go. */
  long reducedOffset(long place) {
    return offset(place, reducedSizes, reducedStrides);
  }

  private static long offset(long place, long[] sizes, long[] strides) {
    long offset = 0;
    long rest = place;
    for (int i = sizes.length - 1; i > 0; i--) {
      long outer = rest / sizes[i];
      offset += (rest - outer * sizes[i]) * strides[i];
      rest = outer;
    }
    return sizes.length == 0 ? 0 : offset + rest * strides[0];
  }
}
