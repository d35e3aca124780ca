package dev.lathe.ir.file;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes files that appear whole or not at all: beside their place, and moved into it. */
public final class AtomicFile {
  private static final long PIECE = 1 << 30;

  private AtomicFile() {}

  /** Writes the bytes of a file. */
  public interface Content {
    /**
     * Writes to {@code channel}, which stands at the start of an empty file and may be moved.
     *
     * @throws IOException if that fails
     */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes a file, replacing one that is there. Where this fails, what was there stays.
   *
   * @throws IOException if the folder is missing or cannot be written; the message names the file
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw new IOException(file + ": this is a folder; name a file");
    }
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder.toString(), null, "there is no such folder");
    }
    if (!Files.isWritable(folder)) {
      throw new AccessDeniedException(folder.toString(), null, "the folder cannot be written");
    }
    Path beside =
        folder.resolve(
            "."
                + target.getFileName()
                + "."
                + ProcessHandle.current().pid()
                + "-"
                + Thread.currentThread().threadId()
                + ".part");
    boolean moved = false;
    try {
      try (FileChannel channel =
          FileChannel.open(
              beside,
              StandardOpenOption.WRITE,
              StandardOpenOption.READ,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        content.writeTo(channel);
      }
      move(beside, target);
      moved = true;
    } finally {
      if (!moved) {
        Files.deleteIfExists(beside);
      }
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Writes all that remains in a buffer. */
  public static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Writes a segment of any size. */
  public static void writeFully(FileChannel channel, MemorySegment segment) throws IOException {
    for (long at = 0; at < segment.byteSize(); at += PIECE) {
      writeFully(
          channel, segment.asSlice(at, Math.min(PIECE, segment.byteSize() - at)).asByteBuffer());
    }
  }
}
