package dev.lathe.runtime.artifact;

import dev.lathe.ir.file.MappedZip;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the entries of compiled models come from. */
sealed interface ArtifactSource {

  /** The bytes of an entry, outside the heap, as long as the arena lives; null if there is none. */
  @Nullable MemorySegment entry(String name) throws IOException;

  /** The bytes of an entry of known size, which are mapped where that is possible. */
  default @Nullable MemorySegment entry(String name, long size) throws IOException {
    return entry(name);
  }

  /** The CRC-32 that is recorded for an entry; -1 where none is. */
  default long recordedCrc(String name) {
    return -1;
  }

  /** The class names of the models there are. */
  SortedSet<String> models() throws IOException;

  /** The class name of a model if {@code entry} is its graph, else null. */
  private static @Nullable String modelOf(String entry) {
    String end = "/" + ArtifactFormat.GRAPH;
    return entry.startsWith(ArtifactFormat.FOLDER)
            && entry.endsWith(end)
            && entry.length() > ArtifactFormat.FOLDER.length() + end.length()
        ? entry.substring(ArtifactFormat.FOLDER.length(), entry.length() - end.length())
        : null;
  }

  /** A jar. */
  record Jar(MappedZip zip, Arena arena) implements ArtifactSource {
    @Override
    public @Nullable MemorySegment entry(String name) throws IOException {
      MappedZip.Entry entry = zip.entries().get(name);
      return entry == null ? null : zip.read(entry, arena);
    }

    @Override
    public long recordedCrc(String name) {
      MappedZip.Entry entry = zip.entries().get(name);
      return entry == null ? -1 : entry.crc32();
    }

    @Override
    public SortedSet<String> models() {
      SortedSet<String> models = new TreeSet<>();
      for (String name : zip.entries().keySet()) {
        String model = modelOf(name);
        if (model != null) {
          models.add(model);
        }
      }
      return models;
    }
  }

  /** A folder with the entries as files, as a jar unpacked has them. */
  record Folder(Path root, Arena arena) implements ArtifactSource {
    @Override
    public @Nullable MemorySegment entry(String name) throws IOException {
      Path file = root.resolve(name);
      if (!Files.isRegularFile(file)) {
        return null;
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      }
    }

    @Override
    public SortedSet<String> models() throws IOException {
      SortedSet<String> models = new TreeSet<>();
      Path folder = root.resolve(ArtifactFormat.FOLDER);
      if (Files.isDirectory(folder)) {
        try (Stream<Path> children = Files.list(folder)) {
          children
              .filter(child -> Files.isRegularFile(child.resolve(ArtifactFormat.GRAPH)))
              .forEach(child -> models.add(child.getFileName().toString()));
        }
      }
      return models;
    }
  }

  /** Resources of a class loader that are no plain files, such as those of a jar in a jar. */
  record Resources(Class<?> anchor, Arena arena) implements ArtifactSource {
    /** The most that is read of a resource whose size is not known. */
    private static final int MOST = 1 << 28;

    @Override
    public @Nullable MemorySegment entry(String name) throws IOException {
      try (InputStream in = anchor.getResourceAsStream("/" + name)) {
        if (in == null) {
          return null;
        }
        byte[] bytes = in.readNBytes(MOST);
        return copy(bytes);
      }
    }

    private MemorySegment copy(byte[] bytes) {
      MemorySegment segment = arena.allocate(Math.max(bytes.length, 1), 64);
      return segment.asSlice(0, bytes.length).copyFrom(MemorySegment.ofArray(bytes));
    }

    @Override
    public @Nullable MemorySegment entry(String name, long size) throws IOException {
      try (InputStream in = anchor.getResourceAsStream("/" + name)) {
        if (in == null) {
          return null;
        }
        MemorySegment segment = arena.allocate(Math.max(size, 1), 64).asSlice(0, size);
        ReadableByteChannel channel = Channels.newChannel(in);
        long at = 0;
        while (at < size) {
          ByteBuffer piece = segment.asSlice(at, Math.min(1 << 20, size - at)).asByteBuffer();
          int count = channel.read(piece);
          if (count < 0) {
            return segment.asSlice(0, at);
          }
          at += count;
        }
        return segment;
      }
    }

    @Override
    public SortedSet<String> models() {
      return new TreeSet<>();
    }
  }
}
