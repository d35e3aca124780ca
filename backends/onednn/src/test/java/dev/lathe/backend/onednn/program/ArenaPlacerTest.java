package dev.lathe.backend.onednn.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Intervals get places that do not overlap, in little more space than the most that is alive. */
class ArenaPlacerTest {
  private static final double MOST = 1.15;

  /** Lives as programs have them; {@code time} is that of the instruction that makes a buffer. */
  enum Lives {
    /** Each result is read by the next instruction. */
    CHAIN {
      @Override
      int last(int time, int count, Random random) {
        return time + 1;
      }
    },
    /** Some results are read again after some instructions. */
    RESIDUAL {
      @Override
      int last(int time, int count, Random random) {
        return time + (random.nextInt(4) == 0 ? 2 + random.nextInt(6) : 1);
      }
    },
    /** What the first half makes is read by the second in reverse. */
    NESTED {
      @Override
      int last(int time, int count, Random random) {
        return time % 3 == 0 ? Math.max(time + 1, count - 1 - time) : time + 1;
      }
    },
    /** Results are read until the end of a block. */
    DENSE {
      @Override
      int last(int time, int count, Random random) {
        return Math.max(time + 1, (time / 24 + 1) * 24);
      }
    },
    /** Lives of any length up to forty instructions. */
    RANDOM {
      @Override
      int last(int time, int count, Random random) {
        return time + 1 + random.nextInt(40);
      }
    },
    /** Thousands are alive at a time. */
    LONG {
      @Override
      int last(int time, int count, Random random) {
        return time + random.nextInt(count);
      }
    };

    abstract int last(int time, int count, Random random);
  }

  private static final class Intervals {
    private final int[] from;
    private final int[] to;
    private final long[] sizes;

    Intervals(int[] from, int[] to, long[] sizes) {
      this.from = from;
      this.to = to;
      this.sizes = sizes;
    }

    /** One interval a moment, of sizes from 1 to 8,000 of which small ones are more frequent. */
    static Intervals of(Lives lives, int count, long seed) {
      Random random = new Random(seed);
      int[] from = new int[count];
      int[] to = new int[count];
      long[] sizes = new long[count];
      for (int i = 0; i < count; i++) {
        from[i] = i;
        to[i] = Math.min(lives.last(i, count, random), count - 1);
        sizes[i] = (long) Math.exp(9 * random.nextDouble());
      }
      return new Intervals(from, to, sizes);
    }

    ArenaPlacer place() {
      return new ArenaPlacer(from, to, sizes);
    }

    void assertDisjoint(ArenaPlacer placer) {
      for (int i = 0; i < from.length; i++) {
        assertThat(placer.offset(i)).isNotNegative();
        assertThat(placer.offset(i) + sizes[i]).isLessThanOrEqualTo(placer.size());
        for (int j = 0; j < i; j++) {
          boolean together = from[i] <= to[j] && from[j] <= to[i];
          boolean apart =
              placer.offset(i) + sizes[i] <= placer.offset(j)
                  || placer.offset(j) + sizes[j] <= placer.offset(i);
          assertThat(!together || apart).as("%d and %d", i, j).isTrue();
        }
      }
    }
  }

  private static double ratio(ArenaPlacer placer) {
    return (double) placer.size() / placer.bound();
  }

  @ParameterizedTest
  @EnumSource
  void takesLittleMoreThanIsAlive(Lives lives) {
    for (int seed = 0; seed < 20; seed++) {
      Intervals intervals = Intervals.of(lives, 20 + 10 * seed, seed);
      ArenaPlacer placer = intervals.place();
      intervals.assertDisjoint(placer);
      assertThat(ratio(placer)).as("seed %d", seed).isBetween(1.0, MOST);
    }
  }

  @ParameterizedTest
  @EnumSource
  void twentyThousandTakeLessThanASecond(Lives lives) {
    Intervals intervals = Intervals.of(lives, 20_000, 7);
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    ArenaPlacer placer = intervals.place();
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    assertThat(nanos / 1e9).isLessThan(1);
    assertThat(ratio(placer)).isBetween(1.0, MOST);
  }

  @Test
  void theOrderOfTimeAloneDoesNotOverlapEither() {
    Intervals intervals = Intervals.of(Lives.LONG, 3_000, 3);
    ArenaPlacer placer = intervals.place();
    intervals.assertDisjoint(placer);
    assertThat(ratio(placer)).isBetween(1.0, MOST);
  }

  /** Winograd's tiles and products in residual blocks: one block has to lie on top. */
  @Test
  void turnsToTheOtherEndWhatWouldLieInTheMiddle() {
    int[] from = {2, 3, 4, 4, 5, 6, 7, 7, 8, 9, 10, 10, 11, 12, 13, 13, 14};
    int[] to = {8, 4, 5, 4, 6, 7, 8, 7, 14, 10, 11, 10, 12, 13, 14, 13, 19};
    long[] sizes = new long[from.length];
    long[] repeated = {12544, 28224, 28224, 22};
    Arrays.setAll(sizes, i -> repeated[i % 4]);
    Intervals intervals = new Intervals(from, to, sizes);
    ArenaPlacer placer = intervals.place();
    intervals.assertDisjoint(placer);
    assertThat(placer.bound()).isEqualTo(12544 + 2 * 28224 + 22);
    assertThat(ratio(placer)).isLessThan(1.02);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5})
  void emptyOnesTakeNothing(int count) {
    ArenaPlacer placer = new ArenaPlacer(new int[count], new int[count], new long[count]);
    assertThat(placer.size()).isZero();
    assertThat(placer.bound()).isZero();
  }

  @Test
  void isTheSameEachTime() {
    Intervals intervals = Intervals.of(Lives.RANDOM, 150, 5);
    ArenaPlacer first = intervals.place();
    ArenaPlacer second = intervals.place();
    for (int i = 0; i < 150; i++) {
      assertThat(second.offset(i)).isEqualTo(first.offset(i));
    }
  }
}
