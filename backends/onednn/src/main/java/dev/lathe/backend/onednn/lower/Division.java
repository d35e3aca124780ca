package dev.lathe.backend.onednn.lower;

/**
 * How the work of a generated kernel, a number of alike grids of rows and columns, is cut into
 * units of some rows by some columns. Units are numbered by grid, then by rows, then by columns,
 * and each thread begins with a range of them ({@link dev.lathe.backend.onednn.jit.CodeSource}).
 *
 * @param rows of a unit; the last ones of a grid may have fewer
 * @param columns of a unit; the last ones of a row of units may have fewer
 */
record Division(int rows, int columns) {
  /** More units for a thread are not looked for unless a unit would be too large. */
  private static final int UNITS_OF_THREAD = 4;

  /** What a unit counts beside its cost: a thread that is late leaves others this to wait for. */
  private static final double LATE = 0.1;

  /** What a unit costs, in any measure. */
  interface Cost {
    double of(int rows, int columns);
  }

  /**
   * The work.
   *
   * @param count how many there are, all alike
   * @param leastParts into how many units' rows a grid is cut at least
   */
  record Grid(int count, int rows, int columns, int leastParts) {}

  /** The division whose slowest thread is done first. */
  static Division of(Grid grid, int threads, Cost cost) {
    if (Math.min(grid.count(), Math.min(grid.rows(), grid.columns())) < 1) {
      throw new IllegalArgumentException("no work: " + grid);
    }
    int most = threads * UNITS_OF_THREAD;
    int least = Math.clamp(grid.leastParts(), 1, grid.rows());
    int mostParts = Math.min(grid.rows(), Math.max(most, 2 * least));
    Division best = new Division(1, 1);
    double bestCost = Double.POSITIVE_INFINITY;
    for (int rowParts = least; rowParts <= mostParts; rowParts++) {
      int rows = Math.ceilDiv(grid.rows(), rowParts);
      int mostColumnParts = Math.clamp(most / rowParts, 1, grid.columns());
      for (int columnParts = 1; columnParts <= mostColumnParts; columnParts++) {
        Division division = new Division(rows, Math.ceilDiv(grid.columns(), columnParts));
        double total =
            division.slowest(grid, threads, cost) + LATE * cost.of(rows, division.columns);
        if (total < bestCost) {
          best = division;
          bestCost = total;
        }
      }
    }
    return best;
  }

  /** What the slowest thread's own units cost. */
  private double slowest(Grid grid, int threads, Cost cost) {
    int rowParts = Math.ceilDiv(grid.rows(), rows);
    int columnParts = Math.ceilDiv(grid.columns(), columns);
    int lastRows = grid.rows() - (rowParts - 1) * rows;
    int lastColumns = grid.columns() - (columnParts - 1) * columns;
    double whole = cost.of(rows, columns);
    double right = cost.of(rows, lastColumns);
    double bottom = cost.of(lastRows, columns);
    double corner = cost.of(lastRows, lastColumns);
    long units = (long) grid.count() * rowParts * columnParts;
    double slowest = 0;
    for (int thread = 0; thread < threads; thread++) {
      double sum = 0;
      long end = units * (thread + 1) / threads;
      for (long unit = units * thread / threads; unit < end; unit++) {
        boolean isLastColumn = unit % columnParts == columnParts - 1;
        boolean isLastRow = unit / columnParts % rowParts == rowParts - 1;
        sum += isLastRow ? isLastColumn ? corner : bottom : isLastColumn ? right : whole;
      }
      slowest = Math.max(slowest, sum);
    }
    return slowest;
  }
}
