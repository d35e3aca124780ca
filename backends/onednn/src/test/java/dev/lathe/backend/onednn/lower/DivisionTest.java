package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DivisionTest {
  private static final Division.Cost AREA = (rows, columns) -> 1 + (double) rows * columns;

  private static long units(Division division, Division.Grid grid) {
    return (long) grid.count()
        * Math.ceilDiv(grid.rows(), division.rows())
        * Math.ceilDiv(grid.columns(), division.columns());
  }

  /** What was 4 of 7 units for one thread, and 5 of 9. */
  @ParameterizedTest
  @CsvSource({"7, 14, 2", "28, 6, 2", "28, 6, 4", "25, 14, 2", "1, 8, 8"})
  void threadsAreDoneTogether(int rows, int columns, int threads) {
    Division.Grid grid = new Division.Grid(1, rows, columns, 1);
    Division division = Division.of(grid, threads, AREA);
    long units = units(division, grid);
    assertThat(units).isBetween((long) threads, 4L * threads);
    long[] areas = areas(division, grid);
    for (int thread = 0; thread < threads; thread++) {
      int from = (int) (units * thread / threads);
      int to = (int) (units * (thread + 1) / threads);
      long area = Arrays.stream(areas, from, to).sum();
      assertThat((double) area).isLessThanOrEqualTo(1.05 * rows * columns / threads);
    }
  }

  /** What each unit has, in their order. */
  private static long[] areas(Division division, Division.Grid grid) {
    LongStream.Builder areas = LongStream.builder();
    for (int row = 0; row < grid.rows(); row += division.rows()) {
      for (int column = 0; column < grid.columns(); column += division.columns()) {
        areas.add(
            (long) Math.min(division.rows(), grid.rows() - row)
                * Math.min(division.columns(), grid.columns() - column));
      }
    }
    return areas.build().toArray();
  }

  @Test
  void oneThreadHasOneUnitUnlessThatIsTooLarge() {
    Division one = Division.of(new Division.Grid(1, 28, 6, 1), 1, (r, c) -> 100 + r * c);
    assertThat(one).isEqualTo(new Division(28, 6));
    Division parts = Division.of(new Division.Grid(1, 28, 6, 7), 1, (r, c) -> 100 + r * c);
    assertThat(parts.rows()).isLessThanOrEqualTo(4);
  }

  @Test
  void gridsAreSharedBeforeTheyAreCut() {
    Division division = Division.of(new Division.Grid(8, 10, 10, 1), 4, (r, c) -> 50 + r * c);
    assertThat(division).isEqualTo(new Division(10, 10));
  }

  @Test
  void moreUnitsThanRowsAreNotAskedFor() {
    assertThat(Division.of(new Division.Grid(1, 3, 1, 100), 2, AREA)).isEqualTo(new Division(1, 1));
  }

  @Test
  void thereIsWork() {
    assertThatThrownBy(() -> Division.of(new Division.Grid(1, 0, 3, 1), 2, AREA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no work");
  }
}
