package dev.lathe.frontend.weights;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.ImportException;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.file.MappedZip;
import dev.lathe.ir.file.NpyHeader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipException;

/**
 * Reads {@code .npz} files, as {@code numpy.savez} and {@code savez_compressed} write them: a zip
 * whose members are {@code .npy} files.
 *
 * <p>Elements of stored members are slices of the mapped file; those of deflated members are
 * unpacked when they are first used. A member's checksum is compared then.
 */
final class NpzReader {
  private static final String ENDING = ".npy";
  private static final long PIECE = 1 << 30;

  private final Path path;
  private final MappedZip zip;
  private final Arena arena;

  private NpzReader(Path path, MappedZip zip, Arena arena) {
    this.path = path;
    this.zip = zip;
    this.arena = arena;
  }

  /**
   * The arrays of a file.
   *
   * @param bytes the file
   * @throws ImportException if it is damaged
   */
  static List<StoredWeight> read(Path path, MemorySegment bytes, Arena arena) {
    MappedZip zip;
    try {
      zip = MappedZip.of(bytes, ".npz file");
    } catch (ZipException e) {
      throw new ImportException(
          path.toString(),
          "this is no zip file that can be read: " + e.getMessage(),
          "save it again with numpy.savez",
          e);
    }
    return new NpzReader(path, zip, arena).weights();
  }

  private List<StoredWeight> weights() {
    Map<String, MappedZip.Entry> entries = zip.entries();
    if (entries.containsKey("model.weights.h5") || entries.containsKey("config.json")) {
      throw new ImportException(
          path.toString(),
          "this is a whole Keras model, not a file of weights",
          "save its weights with model.save_weights(\"m.weights.h5\"), or unpack model.weights.h5");
    }
    List<StoredWeight> weights = new ArrayList<>();
    for (MappedZip.Entry entry : entries.values()) {
      if (!entry.name().endsWith("/")) {
        weights.add(weight(entry));
      }
    }
    return weights;
  }

  private StoredWeight weight(MappedZip.Entry entry) {
    if (!entry.name().endsWith(ENDING)) {
      throw new ImportException(
          where(entry), "a .npz file has only .npy members", "save it again with numpy.savez");
    }
    String name = entry.name().substring(0, entry.name().length() - ENDING.length());
    try (InputStream in = zip.stream(entry)) {
      NpyHeader header = NpyHeader.read(in);
      header.check(entry.size() - header.length());
      TensorType type = TensorType.of(header.elementType(), header.shape());
      return new StoredWeight(name, type, WeightPlace.of(name), () -> data(entry, header, type));
    } catch (IOException e) {
      throw damaged(entry, e);
    }
  }

  private ConstantData data(MappedZip.Entry entry, NpyHeader header, TensorType type) {
    try {
      if (header.isPlain()) {
        MemorySegment member = checked(entry, zip.read(entry, arena));
        return new ConstantData(type, member.asSlice(header.length()));
      }
      try (Arena passing = Arena.ofConfined()) {
        MemorySegment member = checked(entry, zip.read(entry, passing));
        MemorySegment ordered = arena.allocate(Math.max(1, type.byteSize()), 64);
        header.copy(member.asSlice(header.length()), ordered.asSlice(0, type.byteSize()));
        return new ConstantData(type, ordered.asSlice(0, type.byteSize()));
      }
    } catch (IOException e) {
      throw damaged(entry, e);
    } catch (OutOfMemoryError e) {
      throw new ImportException(
          where(entry), "there is no memory for the " + entry.size() + " bytes it claims", "", e);
    }
  }

  private static MemorySegment checked(MappedZip.Entry entry, MemorySegment member)
      throws ZipException {
    CRC32 crc = new CRC32();
    for (long at = 0; at < member.byteSize(); at += PIECE) {
      ByteBuffer piece = member.asSlice(at, Math.min(PIECE, member.byteSize() - at)).asByteBuffer();
      crc.update(piece);
    }
    if (crc.getValue() != entry.crc32()) {
      throw new ZipException("its bytes are not those that were saved: the checksum differs");
    }
    return member;
  }

  private ImportException damaged(MappedZip.Entry entry, IOException e) {
    String why = e.getMessage() == null ? e.toString() : e.getMessage();
    return new ImportException(
        where(entry), why, "save it again with numpy.savez of arrays of numbers", e);
  }

  private String where(MappedZip.Entry entry) {
    return path + ": member " + quote(entry.name());
  }
}
