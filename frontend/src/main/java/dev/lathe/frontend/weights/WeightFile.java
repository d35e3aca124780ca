package dev.lathe.frontend.weights;

import dev.lathe.frontend.FileMapping;
import dev.lathe.frontend.ImportException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A file of weights: NumPy's {@code .npz}, {@code .safetensors}, or Keras's {@code .weights.h5}.
 * Which of them it is, its first bytes tell, not its name.
 *
 * <p>Opening reads what arrays there are, and no elements. What is read lies in the arena that the
 * caller gave, and must not be used after that is closed; the file must not be changed in place
 * before. Not for use by several threads at once.
 */
public final class WeightFile {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** {@code PK\3\4}, or {@code PK\5\6} where there is no member. */
  private static final int ZIP = 0x04034b50;

  private static final int EMPTY_ZIP = 0x06054b50;

  private final Path path;
  private final WeightFormat format;
  private final Arena arena;
  private final boolean namesLayers;
  private final SequencedMap<String, StoredWeight> weights = new LinkedHashMap<>();

  private WeightFile(
      Path path,
      WeightFormat format,
      Arena arena,
      boolean namesLayers,
      List<StoredWeight> weights) {
    this.path = path;
    this.format = format;
    this.arena = arena;
    this.namesLayers = namesLayers;
    for (StoredWeight weight : weights) {
      this.weights.put(weight.path(), weight);
    }
  }

  /**
   * Opens a file.
   *
   * @param arena what the mapping and all that is read live in
   * @throws ImportException if there is no such file, it is of no known format, or it is damaged
   */
  public static WeightFile open(Path path, Arena arena) {
    MemorySegment bytes = FileMapping.map(path, arena);
    int start = bytes.byteSize() < 4 ? 0 : bytes.get(INT, 0);
    if (start == ZIP || start == EMPTY_ZIP) {
      return new WeightFile(
          path, WeightFormat.NPZ, arena, true, NpzReader.read(path, bytes, arena));
    }
    if (KerasH5Reader.isHdf5(bytes)) {
      KerasH5Reader.Content content = KerasH5Reader.read(path, bytes);
      return new WeightFile(
          path, WeightFormat.KERAS_H5, arena, content.namesLayers(), content.weights());
    }
    if (SafetensorsReader.isSafetensors(bytes)) {
      return new WeightFile(
          path, WeightFormat.SAFETENSORS, arena, true, SafetensorsReader.read(path, bytes));
    }
    throw new ImportException(
        path.toString(),
        "this is no file of weights that can be read",
        "give a .npz, a .safetensors or a Keras .weights.h5 file");
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** What the file is. */
  public WeightFormat format() {
    return format;
  }

  /** The arrays by their names in the file, in its order; read-only. */
  public SequencedMap<String, StoredWeight> weights() {
    return Collections.unmodifiableSequencedMap(weights);
  }

  /** Whether the file has the names of layers, not only their kinds. */
  boolean namesLayers() {
    return namesLayers;
  }

  /** What memory for elements that are not where they can be used is taken from. */
  Arena arena() {
    return arena;
  }
}
