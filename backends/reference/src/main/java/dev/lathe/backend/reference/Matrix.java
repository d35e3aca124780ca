package dev.lathe.backend.reference;

import dev.lathe.runtime.Tensor;

/** A matrix that is read in rectangular parts, so that it need not exist as a whole. */
interface Matrix {
  /**
   * Reads a part: element {@code (row + i, column + j)} to {@code into[i][j]}.
   *
   * <p>Called by several threads at once.
   */
  void read(int row, int rows, int column, int columns, double[][] into);

  /** A matrix in the memory of a tensor, from element {@code offset} on, with neighbours apart. */
  static Matrix of(Tensor tensor, long offset, long rowStride, long columnStride) {
    return (row, rows, column, columns, into) -> {
      if (columnStride == 1) {
        for (int i = 0; i < rows; i++) {
          Elements.read(tensor, offset + (row + i) * rowStride + column, into[i], 0, columns);
        }
        return;
      }
      // A transposed matrix is read along its columns, in the order of its memory.
      double[] buffer = new double[rows];
      for (int j = 0; j < columns; j++) {
        long start = offset + (column + j) * columnStride + row * rowStride;
        if (rowStride == 1) {
          Elements.read(tensor, start, buffer, 0, rows);
        } else {
          for (int i = 0; i < rows; i++) {
            buffer[i] = tensor.getDouble(start + i * rowStride);
          }
        }
        for (int i = 0; i < rows; i++) {
          into[i][j] = buffer[i];
        }
      }
    };
  }

  /** A row-major matrix in an array, from element {@code offset} on. */
  static Matrix of(double[] values, int offset, int width) {
    return (row, rows, column, columns, into) -> {
      for (int i = 0; i < rows; i++) {
        System.arraycopy(values, offset + (row + i) * width + column, into[i], 0, columns);
      }
    };
  }

  /** This with a number for each row subtracted. */
  default Matrix minusRows(double[] offsets) {
    return (row, rows, column, columns, into) -> {
      read(row, rows, column, columns, into);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          into[i][j] -= offsets[row + i];
        }
      }
    };
  }

  /** This with a number for each column subtracted. */
  default Matrix minusColumns(double[] offsets) {
    return (row, rows, column, columns, into) -> {
      read(row, rows, column, columns, into);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          into[i][j] -= offsets[column + j];
        }
      }
    };
  }
}
