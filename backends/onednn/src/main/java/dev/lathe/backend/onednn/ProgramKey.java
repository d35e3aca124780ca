package dev.lathe.backend.onednn;

import dev.lathe.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What a program is specialised for: the shapes of the inputs, and the bytes of those inputs that
 * decide shapes.
 */
final class ProgramKey {
  private final long[][] shapes;
  private final byte[][] data;

  /**
   * @param shapes the dimensions of every input
   * @param data the bytes of every input that decides shapes; an empty array for the others
   */
  ProgramKey(long[][] shapes, byte[][] data) {
    this.shapes = shapes;
    this.data = data;
  }

  static ProgramKey of(Tensor[] inputs, boolean[] decisive) {
    long[][] shapes = new long[inputs.length][];
    byte[][] data = new byte[inputs.length][];
    for (int i = 0; i < inputs.length; i++) {
      shapes[i] = inputs[i].shape();
      data[i] = decisive[i] ? inputs[i].toBytes() : new byte[0];
    }
    return new ProgramKey(shapes, data);
  }

  /** The dimensions of every input. */
  long[][] shapes() {
    return shapes;
  }

  /** The bytes of every input that decides shapes; an empty array for the others. */
  byte[][] data() {
    return data;
  }

  /** Whether inputs are such as this was made for. Allocates nothing. */
  boolean matches(Tensor[] inputs, boolean[] decisive) {
    for (int i = 0; i < inputs.length; i++) {
      Tensor input = inputs[i];
      if (input.rank() != shapes[i].length) {
        return false;
      }
      for (int axis = 0; axis < shapes[i].length; axis++) {
        if (input.dim(axis) != shapes[i][axis]) {
          return false;
        }
      }
      if (decisive[i] && MemorySegment.ofArray(data[i]).mismatch(input.segment()) != -1) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProgramKey that
        && Arrays.deepEquals(shapes, that.shapes)
        && Arrays.deepEquals(data, that.data);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(shapes) + Arrays.deepHashCode(data);
  }

  @Override
  public String toString() {
    return Arrays.deepToString(shapes);
  }
}
