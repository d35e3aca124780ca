package dev.lathe.backend.onednn.program;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Finds an offset for every interval of time with a size, so that intervals that overlap in time do
 * not overlap in space, in as little space as it can (dynamic storage allocation, which is
 * NP-hard).
 *
 * <p>Intervals are placed one after another, each in the lowest gap that those placed before leave.
 * The largest first is best for most programs (greedy by size: Pisarchyk and Lee 2020, "Efficient
 * Memory Management for Deep Neural Net Inference"); where that misses the lower bound, the most
 * that is alive at one time, other orders are tried, and the best is improved by steps that move
 * what lies on top before others. The work is bounded by a number of visits of neighbours.
 *
 * <p>Where so many intervals overlap that their pairs cannot be gone through, only the order of
 * time is taken, forwards and backwards, which needs no pairs ({@link ArenaSweep}).
 */
final class ArenaPlacer {
  /** Pairs of overlapping intervals up to which they are gone through: 16 MB of numbers. */
  private static final long MOST_PAIRS = 2_000_000;

  /** Visits of neighbours for the search of a better order; some milliseconds. */
  private static final long SEARCH_VISITS = 500_000;

  /** The search ends when no more than this fraction of the lower bound is to be gained. */
  private static final double GOOD_ENOUGH = 0.02;

  /** Steps that may make things no better before the search goes on from the best. */
  private static final int PATIENCE = 20;

  /** The bits of a sort key that hold the number of an interval. */
  private static final int NUMBER_BITS = 24;

  private static final long UNPLACED = -1;

  private final int[] from;
  private final int[] to;
  private final long[] sizes;
  private final int count;
  private final int times;
  private final long bound;
  private int[] neighbourStart = {};
  private int[] neighbours = {};
  private long visits;
  private long[] best;
  private long bestSize = Long.MAX_VALUE;
  private int[] bestOrder = {};

  /**
   * Places intervals.
   *
   * @param from the first moment of each, from 0
   * @param to the last moment of each, inclusive
   * @param sizes how much space each takes, below 2^39
   */
  ArenaPlacer(int[] from, int[] to, long[] sizes) {
    this.from = from;
    this.to = to;
    this.sizes = sizes;
    this.count = from.length;
    this.times = Arrays.stream(to).max().orElse(-1) + 1;
    this.bound = mostAlive();
    this.best = new long[count];
    if (count == 0) {
      bestSize = 0;
    } else if (count >= 1 << NUMBER_BITS || pairs() > MOST_PAIRS) {
      sweep();
    } else {
      findNeighbours();
      greedy();
    }
  }

  /** Where interval {@code number} begins. */
  long offset(int number) {
    return best[number];
  }

  /** The space that all take together. */
  long size() {
    return bestSize;
  }

  /** The most that is alive at one moment: no placement takes less. */
  long bound() {
    return bound;
  }

  private long mostAlive() {
    long[] change = new long[times + 1];
    for (int i = 0; i < count; i++) {
      change[from[i]] += sizes[i];
      change[to[i] + 1] -= sizes[i];
    }
    long live = 0;
    long most = 0;
    for (long delta : change) {
      live += delta;
      most = Math.max(most, live);
    }
    return most;
  }

  private long pairs() {
    int[] begins = new int[times + 1];
    int[] ends = new int[times + 1];
    for (int i = 0; i < count; i++) {
      begins[from[i]]++;
      ends[to[i] + 1]++;
    }
    long alive = 0;
    long pairs = 0;
    for (int time = 0; time < times; time++) {
      alive -= ends[time];
      pairs += alive * begins[time] + begins[time] * (begins[time] - 1L) / 2;
      alive += begins[time];
    }
    return pairs;
  }

  /** Lists for every interval those that overlap it, one list behind the other. */
  private void findNeighbours() {
    int[] byTime = order(i -> from[i]);
    int[] degree = new int[count + 1];
    int[] alive = new int[count];
    for (int pass = 0; pass < 2; pass++) {
      if (pass == 1) {
        neighbourStart = new int[count + 1];
        for (int i = 0; i < count; i++) {
          neighbourStart[i + 1] = neighbourStart[i] + degree[i];
        }
        neighbours = new int[neighbourStart[count]];
        System.arraycopy(neighbourStart, 0, degree, 0, count);
      }
      int living = 0;
      for (int now : byTime) {
        int kept = 0;
        for (int k = 0; k < living; k++) {
          int other = alive[k];
          if (to[other] < from[now]) {
            continue;
          }
          alive[kept++] = other;
          if (pass == 1) {
            neighbours[degree[now]] = other;
            neighbours[degree[other]] = now;
          }
          degree[now]++;
          degree[other]++;
        }
        living = kept;
        alive[living++] = now;
      }
    }
  }

  /** What intervals are ordered by. */
  private interface Rank {
    double of(int number);
  }

  /** The intervals by rank, the lowest first; equal ones in their order. */
  private int[] order(Rank rank) {
    double[] ranks = new double[count];
    Integer[] boxed = new Integer[count];
    for (int i = 0; i < count; i++) {
      ranks[i] = rank.of(i);
      boxed[i] = i;
    }
    Arrays.sort(boxed, (a, b) -> Double.compare(ranks[a], ranks[b]));
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = boxed[i];
    }
    return order;
  }

  private void greedy() {
    if (tryOrder(order(i -> -sizes[i]))
        || tryOrder(order(i -> -(double) sizes[i] * (to[i] - from[i] + 1)))
        || tryOrder(order(i -> from[i] - to[i]))
        || tryOrder(order(i -> from[i]))
        || tryOrder(order(i -> -to[i]))) {
      return;
    }
    search();
  }

  /** Places in an order and keeps the result if it is the best; whether it is good enough. */
  private boolean tryOrder(int[] order) {
    long[] offsets = new long[count];
    long size = place(order, new boolean[count], offsets, bestSize);
    if (size < bestSize) {
      bestSize = size;
      best = offsets;
      bestOrder = order;
    }
    return isGoodEnough();
  }

  private boolean isGoodEnough() {
    return bestSize - bound <= GOOD_ENOUGH * bound;
  }

  /**
   * Puts what lies on top before something that it overlaps in the order, or turns either to the
   * other end, again and again (squeaky wheel: Joslin and Clements 1999), also where that makes
   * things worse for some steps; then it goes on from the best. What is done is random, always in
   * the same way.
   */
  private void search() {
    SplittableRandom random = new SplittableRandom(count);
    int[] order = bestOrder.clone();
    boolean[] high = new boolean[count];
    boolean[] bestHigh = high.clone();
    long[] offsets = best.clone();
    long size = bestSize;
    int worse = 0;
    long until = visits + SEARCH_VISITS;
    while (visits < until && !isGoodEnough()) {
      int top = topmost(order, offsets, size);
      int degree = neighbourStart[top + 1] - neighbourStart[top];
      int choice = random.nextInt(degree + 1);
      int other = choice == degree ? top : neighbours[neighbourStart[top] + choice];
      if (other == top || random.nextInt(4) == 0) {
        high[other] = !high[other];
      } else {
        before(order, top, other);
      }
      size = place(order, high, offsets, Long.MAX_VALUE);
      worse = size < bestSize ? 0 : worse + 1;
      if (size <= bestSize) {
        bestSize = size;
        best = offsets.clone();
        bestOrder = order.clone();
        bestHigh = high.clone();
      } else if (worse > PATIENCE) {
        worse = 0;
        order = bestOrder.clone();
        high = bestHigh.clone();
        offsets = best.clone();
        size = bestSize;
      }
    }
  }

  /** Puts one interval before another in the order, unless it stands there already. */
  private static void before(int[] order, int moved, int other) {
    int target = 0;
    while (order[target] != other) {
      if (order[target] == moved) {
        return;
      }
      target++;
    }
    int position = target;
    while (order[position] != moved) {
      position++;
    }
    System.arraycopy(order, target, order, target + 1, position - target);
    order[target] = moved;
  }

  private int topmost(int[] order, long[] offsets, long size) {
    for (int each : order) {
      if (offsets[each] + sizes[each] == size) {
        return each;
      }
    }
    throw new IllegalStateException("nothing reaches the top");
  }

  /**
   * Places intervals in an order, each in the lowest gap, or, where {@code high} says so, at the
   * upper end of the highest gap below the lower bound, if there is one.
   *
   * @return the space they take, or {@code limit} as soon as it is that much
   */
  private long place(int[] order, boolean[] high, long[] offsets, long limit) {
    Arrays.fill(offsets, UNPLACED);
    long[] keys = new long[count];
    long size = 0;
    visits += count;
    for (int now : order) {
      int placed = 0;
      for (int k = neighbourStart[now]; k < neighbourStart[now + 1]; k++) {
        int other = neighbours[k];
        if (offsets[other] != UNPLACED) {
          keys[placed++] = offsets[other] << NUMBER_BITS | other;
        }
      }
      visits += neighbourStart[now + 1] - neighbourStart[now];
      Arrays.sort(keys, 0, placed);
      long offset = gap(keys, placed, sizes[now], high[now]);
      offsets[now] = offset;
      size = Math.max(size, offset + sizes[now]);
      if (size >= limit) {
        return limit;
      }
    }
    return size;
  }

  private long gap(long[] keys, int placed, long bytes, boolean high) {
    long free = 0;
    long highest = UNPLACED;
    for (int k = 0; k <= placed; k++) {
      long end = k < placed ? keys[k] >> NUMBER_BITS : Long.MAX_VALUE;
      if (end - free >= bytes) {
        if (!high) {
          return free;
        }
        long below = Math.min(end, bound);
        if (below - free >= bytes) {
          highest = below - bytes;
        } else if (highest == UNPLACED) {
          return free;
        }
      }
      if (k < placed) {
        free = Math.max(free, end + sizes[(int) (keys[k] & ((1 << NUMBER_BITS) - 1))]);
      }
    }
    return highest;
  }

  private void sweep() {
    int[] first = from;
    int[] last = to;
    for (int direction = 0; direction < 2; direction++) {
      ArenaSweep sweep = new ArenaSweep(first, last, sizes);
      if (sweep.size() < bestSize) {
        bestSize = sweep.size();
        best = sweep.offsets();
      }
      first = backwards(to);
      last = backwards(from);
    }
  }

  private int[] backwards(int[] moments) {
    return Arrays.stream(moments).map(moment -> times - 1 - moment).toArray();
  }
}
