package dev.lathe.backend.onednn.store;

import dev.lathe.backend.onednn.binding.Engine;
import dev.lathe.backend.onednn.binding.ExecutableMemory;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.lower.LoweredFunction;
import dev.lathe.backend.onednn.program.PrimitiveSource;
import dev.lathe.backend.onednn.program.Program;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A folder of programs. Files appear whole or not at all, and are never changed, so that processes
 * may share the folder and map what lies in it; the oldest go when there are more than {@value
 * #MOST_BYTES} bytes of them. Thread-safe.
 *
 * <p>A file is a header of 40 bytes, little-endian (the magic {@value #MAGIC}, the bytes and the
 * CRC-32 of the program, the offset and the bytes of the data), the program as {@link
 * ProgramWriter} writes it, and the data.
 */
public final class ProgramStore {
  private static final long MAGIC = 0x33_47_52_50_45_48_54_4CL; // "LTHEPRG3"
  private static final int HEADER_BYTES = 40;
  private static final int DATA_ALIGNMENT = 4096;
  private static final int LONGEST_NAME = 200;

  /** What is read of the data at a time. */
  private static final long TOUCHED_BYTES = 1 << 20;

  /** Each has weights of its own; a model that meets many shapes would fill the disk with them. */
  private static final int MOST_SHAPES = 4;

  private static final long MOST_BYTES = 2_000_000_000;
  private static final String SUFFIX = ".program";

  /** What the names of files begin with that are not complete. */
  private static final String UNFINISHED = "writing-";

  /** After so long without a change, nobody writes them any more. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /** What stands before the elements in a name. */
  private static final String DECIDED = "-for-";

  private final Path folder;
  private final String model;

  /**
   * The programs of one model.
   *
   * @param cache the folder below which they lie; it need not exist
   * @param model what tells the model from all others, in letters, digits and hyphens
   */
  public ProgramStore(Path cache, String model) {
    this.folder = cache.resolve("programs");
    this.model = model;
  }

  /** What a program is valid for beside its model, shapes and threads. */
  private static final class Library {
    static final String ID = OneDnn.version() + " " + OneDnn.instructionSet() + " " + Build.ID;
  }

  /** What the library is, loaded if it has to be; a program of another is not used. */
  static String library() {
    return Library.ID;
  }

  /**
   * Does before the first load of a process what needs the native library but no program, and then
   * a part of that load, if it comes soon. For the thread that has loaded the library.
   */
  public static void assist() {
    Objects.requireNonNull(library());
    Generation.assist();
  }

  /**
   * The file of a program; null where its name would be too long.
   *
   * @param deciding elements that the program is for; the name tells some of them from others, and
   *     the file has them all
   */
  private @Nullable Path file(long[][] shapes, byte[][] deciding, int threads) {
    StringBuilder name = name(shapes, threads);
    CRC32 crc = new CRC32();
    boolean decided = false;
    for (byte[] bytes : deciding) {
      crc.update(bytes);
      decided |= bytes.length > 0;
    }
    if (decided) {
      name.append(DECIDED).append(Long.toHexString(crc.getValue()));
    }
    name.append(SUFFIX);
    return name.length() > LONGEST_NAME ? null : folder.resolve(name.toString());
  }

  private StringBuilder name(long[][] shapes, int threads) {
    StringBuilder name = new StringBuilder(model).append('-');
    for (long[] shape : shapes) {
      for (int i = 0; i < shape.length; i++) {
        name.append(i == 0 ? "" : "x").append(shape[i]);
      }
      name.append('_');
    }
    return name.append(threads);
  }

  /**
   * Whether there are programs for inputs of the given shapes which are for some elements of the
   * inputs only.
   */
  public boolean hasDecided(long[][] shapes, int threads) {
    String start = name(shapes, threads).append(DECIDED).toString();
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> String.valueOf(file.getFileName()).startsWith(start));
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The program for given inputs, or null if there is none that fits.
   *
   * @param shapes the dimensions of every input
   * @param deciding the bytes of every input whose elements decide shapes; an empty array for the
   *     others
   * @param weights the memory of the model's weights, which outlives the program
   * @param engine asked for when something is to be generated, as the library may still be loading
   *     until then; perhaps by two threads at once
   */
  public @Nullable LoweredFunction load(
      long[][] shapes,
      byte[][] deciding,
      int threads,
      MemorySegment weights,
      Supplier<Engine> engine) {
    Path file = file(shapes, deciding, threads);
    if (file == null) {
      return null;
    }
    Arena arena = Arena.ofShared();
    LoweredFunction function = null;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      function = read(channel, deciding, threads, arena, weights, engine);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | RuntimeException e) {
      // Whatever is wrong with the file: the model is lowered as if it were not there.
      log(System.Logger.Level.DEBUG, "the program in " + file + " is not used", e);
    } finally {
      if (function == null) {
        arena.close();
      }
    }
    return function;
  }

  private static LoweredFunction read(
      FileChannel channel,
      byte[][] deciding,
      int threads,
      Arena arena,
      MemorySegment weights,
      Supplier<Engine> engine)
      throws IOException {
    long size = channel.size();
    MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
    if (size < HEADER_BYTES) {
      throw new IllegalArgumentException("a file of " + size + " bytes");
    }
    ByteBuffer header = file.asSlice(0, HEADER_BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    if (header.getLong() != MAGIC) {
      throw new IllegalArgumentException("another kind of file");
    }
    long structureBytes = header.getLong();
    long crc = header.getLong();
    long dataOffset = header.getLong();
    long dataBytes = header.getLong();
    ByteBuffer program = file.asSlice(HEADER_BYTES, structureBytes).asByteBuffer();
    byte[] structure = new byte[program.remaining()];
    program.get(structure);
    if (crc != crc(structure)) {
      throw new IllegalArgumentException("the checksum differs");
    }
    MemorySegment data = file.asSlice(dataOffset, dataBytes);
    ProgramReader.Asked asked = new ProgramReader.Asked(structure);
    if (!Arrays.deepEquals(deciding, asked.deciding())) {
      throw new IllegalArgumentException("it is for other elements of the inputs");
    }
    Generation generation = new Generation(asked.library(), asked.primitives(), engine);
    ExecutableMemory code = null;
    boolean done = false;
    try {
      if (threads > 1) {
        // The library may be loading in another thread, which goes on with the primitives.
        generation.offer();
      }
      ProgramReader.Read read = asked.read(structure, weights, data);
      touch(data);
      // Says why, where the library cannot be loaded.
      OneDnn.load();
      if (!library().equals(asked.library())) {
        throw new IllegalArgumentException("it is for " + asked.library());
      }
      code = read.place();
      generation.complete(threads);
      OneDnn.releasePages();
      done = true;
      return new LoweredFunction(
          read.program(), code == null ? List.of(arena) : List.of(arena, code));
    } finally {
      if (!done) {
        generation.stop();
        asked.primitives().forEach(PrimitiveSource::close);
        if (code != null) {
          code.close();
        }
      }
    }
  }

  /** Reads what the first run needs, while the library is still loading in another thread. */
  private static void touch(MemorySegment data) {
    for (long at = 0; at < data.byteSize() && !OneDnn.isLoaded(); at += TOUCHED_BYTES) {
      data.asSlice(at, Math.min(TOUCHED_BYTES, data.byteSize() - at)).load();
    }
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  /**
   * Keeps a program, if the model has fewer than {@value #MOST_SHAPES} kept, and the folder can be
   * written; that it cannot is logged and no error.
   *
   * @param shapes the dimensions of every input
   * @param deciding the bytes of every input whose elements decide shapes; an empty array for the
   *     others
   */
  public void save(
      long[][] shapes, byte[][] deciding, int threads, Program program, MemorySegment weights) {
    Path file = file(shapes, deciding, threads);
    if (file == null) {
      return;
    }
    ProgramWriter.Written written = ProgramWriter.write(program, weights, library(), deciding);
    try {
      Files.createDirectories(folder);
      if (!Files.exists(file) && count() >= MOST_SHAPES) {
        return;
      }
      Path beside = Files.createTempFile(folder, UNFINISHED, ".tmp");
      try {
        write(beside, written);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(beside);
      }
      evict();
    } catch (IOException e) {
      log(System.Logger.Level.DEBUG, "the program cannot be kept in " + file, e);
    }
  }

  /** How many programs of this model there are. */
  private long count() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(path -> String.valueOf(path.getFileName()))
          .filter(name -> name.startsWith(model + "-") && name.endsWith(SUFFIX))
          .count();
    }
  }

  private static void write(Path file, ProgramWriter.Written written) throws IOException {
    byte[] structure = written.structure();
    long dataOffset =
        (HEADER_BYTES + structure.length + DATA_ALIGNMENT - 1L) / DATA_ALIGNMENT * DATA_ALIGNMENT;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      header.putLong(MAGIC).putLong(structure.length).putLong(crc(structure));
      header.putLong(dataOffset).putLong(written.dataBytes()).flip();
      writeAll(channel, header, 0);
      writeAll(channel, ByteBuffer.wrap(structure), HEADER_BYTES);
      long at = dataOffset;
      for (MemorySegment piece : written.data()) {
        writeAll(channel, piece, at);
        at += ProgramWriter.aligned(piece.byteSize());
      }
      // The last piece's padding is part of the data.
      long end = dataOffset + written.dataBytes();
      if (channel.size() < end) {
        writeAll(channel, ByteBuffer.allocate(1), end - 1);
      }
    }
  }

  private static void writeAll(FileChannel channel, MemorySegment piece, long at)
      throws IOException {
    long chunk = 1 << 28;
    for (long done = 0; done < piece.byteSize(); done += chunk) {
      MemorySegment part = piece.asSlice(done, Math.min(chunk, piece.byteSize() - done));
      writeAll(channel, part.asByteBuffer(), at + done);
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
    long position = at;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  /** A file with its size and when it was written. */
  private record Kept(Path path, long bytes, FileTime time) {}

  /** Deletes the oldest files until the others fit, and what ended processes did not finish. */
  private void evict() throws IOException {
    List<Kept> kept = new ArrayList<>();
    FileTime abandoned = FileTime.from(Instant.now().minus(ABANDONED));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path path : files.toList()) {
        String name = String.valueOf(path.getFileName());
        if (name.endsWith(SUFFIX)) {
          kept.add(new Kept(path, Files.size(path), Files.getLastModifiedTime(path)));
        } else if (name.startsWith(UNFINISHED)
            && Files.getLastModifiedTime(path).compareTo(abandoned) < 0) {
          Files.deleteIfExists(path);
        }
      }
    } catch (NoSuchFileException e) {
      return; // Another process evicts too.
    }
    kept.sort(Comparator.comparing(Kept::time));
    long total = kept.stream().mapToLong(Kept::bytes).sum();
    for (Kept oldest : kept) {
      if (total <= MOST_BYTES) {
        return;
      }
      Files.deleteIfExists(oldest.path());
      total -= oldest.bytes();
    }
  }

  private static void log(System.Logger.Level level, String message, Exception e) {
    System.getLogger(ProgramStore.class.getName()).log(level, message, e);
  }
}
