package dev.lathe.frontend;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Maps files that a frontend reads, read-only, for as long as an arena lives. A file must not be
 * cut short by someone else while it is mapped: the system ends such an access with an error the
 * JVM cannot turn into a message.
 */
public final class FileMapping {

  private FileMapping() {}

  /**
   * Maps a file.
   *
   * @throws ImportException when there is no readable regular file of that name
   */
  public static MemorySegment map(Path file, Arena arena) {
    return map(file, arena, file.toString());
  }

  /**
   * Maps a file.
   *
   * @param where what messages call the file
   * @throws ImportException when there is no readable regular file of that name
   */
  public static MemorySegment map(Path file, Arena arena, String where) {
    try {
      if (Files.isDirectory(file)) {
        throw new ImportException(where, "this is a folder", "name the file");
      }
      if (!Files.isRegularFile(file)) {
        boolean there = Files.exists(file);
        throw new ImportException(
            where, there ? "this is no regular file" : "there is no such file", "check the name");
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      }
    } catch (NoSuchFileException e) {
      throw new ImportException(where, "there is no such file", "check the name", e);
    } catch (IOException e) {
      throw new ImportException(
          where, "the file cannot be read: " + e.getMessage(), "check its permissions", e);
    }
  }
}
