package dev.lathe.backend.onednn.host;

/**
 * Sizes, strides and batches of a product of matrices. Columns of the result are computed in
 * blocks; the part of the right matrix that a block needs, its panel, is held in arrays.
 */
final class MatMulShape {
  /** Numbers in a panel, if a block has not fewest or most columns: half a megabyte. */
  private static final int PANEL = 1 << 16;

  private static final int FEWEST_COLUMNS = 16;
  private static final int MOST_COLUMNS = 512;

  final int rows;
  final int inner;
  final int columns;

  /** Columns of a block, and how many blocks there are. */
  final int block;

  final int blocks;

  /** The distances between neighbours in a row of the left matrix, and in a column. */
  final long leftStep;

  final long leftRow;

  /** The distances between neighbours in a row of the right matrix, and in a column. */
  final long rightStep;

  final long rightRow;

  /** Where in the operands the matrices of each batch of the result begin. */
  final long[] left;

  final long[] right;

  MatMulShape(boolean transposeA, boolean transposeB, Request request) {
    long[] a = request.shape(0);
    long[] b = request.shape(1);
    long[] result = request.resultShape();
    int axes = result.length - 2;
    this.rows = Math.toIntExact(result[axes]);
    this.columns = Math.toIntExact(result[axes + 1]);
    this.inner = Math.toIntExact(a[transposeA ? a.length - 2 : a.length - 1]);
    int fitting = PANEL / Math.max(1, inner);
    this.block = Math.max(1, Math.min(columns, Math.clamp(fitting, FEWEST_COLUMNS, MOST_COLUMNS)));
    this.blocks = rows == 0 ? 0 : Math.ceilDiv(columns, block);
    this.leftStep = transposeA ? rows : 1;
    this.leftRow = transposeA ? 1 : inner;
    this.rightStep = transposeB ? inner : 1;
    this.rightRow = transposeB ? 1 : columns;
    this.left = starts(a, result, axes);
    this.right = starts(b, result, axes);
  }

  private static long[] starts(long[] shape, long[] result, int axes) {
    long[] matrices = result.clone();
    matrices[axes] = shape[shape.length - 2];
    matrices[axes + 1] = shape[shape.length - 1];
    long[] strides = Shapes.broadcastStrides(shape, matrices);
    long[] starts = new long[Math.toIntExact(Shapes.count(result, 0, axes))];
    for (int i = 0; i < starts.length; i++) {
      long rest = i;
      for (int axis = axes - 1; axis >= 0; axis--) {
        starts[i] += rest % result[axis] * strides[axis];
        rest /= result[axis];
      }
    }
    return starts;
  }

  /** The number of blocks of all batches. */
  long units() {
    return (long) left.length * blocks;
  }

  /** The index in the result of a row of a block. */
  long resultOffset(int batch, int row, int column) {
    return ((long) batch * rows + row) * columns + column;
  }
}
