package dev.lathe.frontend.weights;

import dev.lathe.frontend.ImportException;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.TensorType;
import org.jspecify.annotations.Nullable;

/**
 * One array in a file of weights. What it is, is known; its elements are read when they are first
 * asked for, and are slices of the mapped file where they lie in it as tensors need them.
 *
 * <p>Not for use by several threads at once.
 */
public final class StoredWeight {

  /** Reads the elements. */
  interface Reader {

    /**
     * The elements, in memory of the file's arena.
     *
     * @throws ImportException if they are damaged
     */
    ConstantData read();
  }

  private final String path;
  private final TensorType type;
  private final WeightPlace place;
  private final Reader reader;
  private @Nullable ConstantData data;

  StoredWeight(String path, TensorType type, WeightPlace place, Reader reader) {
    this.path = path;
    this.type = type;
    this.place = place;
    this.reader = reader;
  }

  /** The name that the file gives it. */
  public String path() {
    return path;
  }

  /** The element type and shape. */
  public TensorType type() {
    return type;
  }

  /** Which layer it belongs to. */
  WeightPlace place() {
    return place;
  }

  /**
   * The elements, which live as long as the arena that the file was opened with.
   *
   * @throws ImportException if they are damaged
   */
  public ConstantData data() {
    if (data == null) {
      data = reader.read();
    }
    return data;
  }

  @Override
  public String toString() {
    return path + ": " + type;
  }
}
