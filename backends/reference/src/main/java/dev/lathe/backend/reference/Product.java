package dev.lathe.backend.reference;

import java.util.List;

/**
 * A product of two matrices, summed in double precision. Convolutions are products too, of their
 * weights and of a matrix whose columns are what the window sees.
 *
 * @param a {@code [rows, inner]}
 * @param b {@code [inner, columns]}
 * @param sink takes the sums
 */
record Product(Matrix a, Matrix b, int rows, int inner, int columns, Sink sink) {
  /** Rows and columns of the tiles into which the product is divided, and the length of sums. */
  private static final int TILE_ROWS = 64;

  private static final int TILE_COLUMNS = 256;
  private static final int TILE_INNER = 128;

  /** Takes finished sums; called by several threads at once, but once for each element. */
  interface Sink {
    /** Takes {@code sums[0…count-1]} of a row from {@code column} on; may overwrite them. */
    void store(int row, int column, double[] sums, int count);
  }

  private int columnTiles() {
    return Math.ceilDiv(columns, TILE_COLUMNS);
  }

  private int tiles() {
    return Math.ceilDiv(rows, TILE_ROWS) * columnTiles();
  }

  /** Computes all of them, tiles of all products side by side. */
  static void computeAll(Workers workers, List<Product> products) {
    int[] firstTile = new int[products.size() + 1];
    for (int i = 0; i < products.size(); i++) {
      firstTile[i + 1] = Math.addExact(firstTile[i], products.get(i).tiles());
    }
    workers.forEach(
        firstTile[products.size()],
        tile -> {
          int found = java.util.Arrays.binarySearch(firstTile, tile);
          int index = found < 0 ? -found - 2 : found;
          // Empty products begin at the tile of the one that follows them.
          while (firstTile[index + 1] == tile) {
            index++;
          }
          products.get(index).computeTile(tile - firstTile[index]);
        });
  }

  private void computeTile(int tile) {
    int row = tile / columnTiles() * TILE_ROWS;
    int column = tile % columnTiles() * TILE_COLUMNS;
    int height = Math.min(TILE_ROWS, rows - row);
    int width = Math.min(TILE_COLUMNS, columns - column);
    int depth = Math.min(TILE_INNER, inner);
    double[][] left = new double[height][depth];
    double[][] right = new double[depth][width];
    double[][] sums = new double[height][width];
    for (int k = 0; k < inner; k += TILE_INNER) {
      int length = Math.min(TILE_INNER, inner - k);
      a.read(row, height, k, length, left);
      b.read(k, length, column, width, right);
      for (int i = 0; i < height; i++) {
        accumulate(left[i], right, length, sums[i], width);
      }
    }
    for (int i = 0; i < height; i++) {
      sink.store(row + i, column, sums[i], width);
    }
  }

  /** Adds {@code row x matrix} to {@code sums}, four rows of the matrix at a time. */
  private static void accumulate(
      double[] row, double[][] matrix, int length, double[] sums, int width) {
    int k = 0;
    for (; k + 3 < length; k += 4) {
      double x0 = row[k];
      double x1 = row[k + 1];
      double x2 = row[k + 2];
      double x3 = row[k + 3];
      double[] m0 = matrix[k];
      double[] m1 = matrix[k + 1];
      double[] m2 = matrix[k + 2];
      double[] m3 = matrix[k + 3];
      for (int j = 0; j < width; j++) {
        sums[j] += x0 * m0[j] + x1 * m1[j] + x2 * m2[j] + x3 * m3[j];
      }
    }
    for (; k < length; k++) {
      double x = row[k];
      double[] m = matrix[k];
      for (int j = 0; j < width; j++) {
        sums[j] += x * m[j];
      }
    }
  }
}
