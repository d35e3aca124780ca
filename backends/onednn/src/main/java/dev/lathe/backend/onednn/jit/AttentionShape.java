package dev.lathe.backend.onednn.jit;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of attention, and where its operands lie.
 *
 * @param batch sizes of the dimensions before the matrices, the outermost first
 * @param queries rows of the first operand
 * @param keys rows of the second and the third
 * @param depth columns of the first and the second
 * @param width columns of the third
 * @param q the first
 * @param k the second
 * @param v the third, whose columns lie beside each other
 * @param mask what is added to the scores, whose columns lie beside each other, or null
 * @param y the result, whose columns lie beside each other
 */
public record AttentionShape(
    List<Integer> batch,
    int queries,
    int keys,
    int depth,
    int width,
    Steps q,
    Steps k,
    Steps v,
    @Nullable Steps mask,
    Steps y) {
  /** Lines of a cache that begin at multiples of 4 kB would push each other out of it. */
  private static final int ODD = 1;

  /**
   * How far it is from one element to the next, in elements; 0 where one stands for all.
   *
   * @param batch along the dimensions before the matrix
   * @param row from row to row
   * @param column from column to column
   */
  public record Steps(List<Integer> batch, int row, int column) {
    /** Copies the list. */
    public Steps {
      batch = List.copyOf(batch);
    }

    private int bytes(int elements) {
      return elements * Float.BYTES;
    }

    int batchBytes(int dimension) {
      return bytes(batch.get(dimension));
    }

    int rowBytes() {
      return bytes(row);
    }

    int columnBytes() {
      return bytes(column);
    }

    private long span(List<Integer> sizes, long rows, long columns) {
      long span = rows * row + columns * column;
      for (int i = 0; i < sizes.size(); i++) {
        span += (long) sizes.get(i) * batch.get(i);
      }
      return span;
    }
  }

  /** Copies the list. */
  public AttentionShape {
    batch = List.copyOf(batch);
  }

  /** The matrices of queries. */
  public int matrices() {
    return batch.stream().reduce(1, (x, y) -> x * y);
  }

  /** Whether keys are read as they lie: those beside each other are in one vector. */
  boolean isKeysInOrder() {
    return k.row() == 1;
  }

  int keyVectors() {
    return Math.ceilDiv(keys, CodeSource.LANES);
  }

  /** Bytes of a row of scores, or of a row of transposed keys. */
  int rowBytes() {
    return (keyVectors() | ODD) * Assembler.VECTOR;
  }

  int transposedBytes() {
    return isKeysInOrder() ? 0 : depth * rowBytes();
  }

  /** Whether the code's 32-bit displacements reach every element. */
  public boolean isAddressable() {
    long most =
        Stream.of(
                q.span(batch, queries, depth),
                k.span(batch, keys, depth),
                v.span(batch, keys, width),
                mask == null ? 0 : mask.span(batch, queries, keys),
                y.span(batch, queries, width),
                (long) Math.max(depth, CodeSource.Attention.MOST_ROWS)
                    * (keys + 2 * CodeSource.LANES))
            .reduce(0L, Math::max);
    return most <= Integer.MAX_VALUE / Float.BYTES;
  }
}
