package dev.lathe.backend.onednn.jit;

import java.util.List;

/**
 * An image with other numbers of rows and columns: reads (batch, rows, columns, channels), writes
 * the same with the new numbers. A unit is a row that is written.
 */
public record Resize(int batch, int channels, Places rows, Places columns) implements CodeSource {
  /**
   * Where the places of an axis come from.
   *
   * @param size of what is read
   * @param from for each place where its element stands, or the first of two
   * @param next where the second stands; empty if there is one only
   * @param weights of the second elements; those of the first are what is left of 1
   */
  public record Places(int size, List<Integer> from, List<Integer> next, List<Float> weights) {
    /** Copies the lists. */
    public Places {
      from = List.copyOf(from);
      next = List.copyOf(next);
      weights = List.copyOf(weights);
    }

    int places() {
      return from.size();
    }

    boolean isLinear() {
      return !next.isEmpty();
    }
  }

  /** The units of the whole. */
  public long units() {
    return (long) batch * rows.places();
  }

  /** Whether the code's 32-bit displacements reach every element. */
  public boolean isAddressable() {
    long most =
        Math.max((long) rows.size() * columns.size(), (long) rows.places() * columns.places());
    return batch * most * channels * Float.BYTES <= Integer.MAX_VALUE;
  }

  @Override
  public byte[] generate() {
    return ResizeCode.of(this);
  }
}
