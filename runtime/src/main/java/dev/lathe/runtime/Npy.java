package dev.lathe.runtime;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.file.AtomicFile;
import dev.lathe.ir.file.NpyHeader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads and writes NumPy's {@code .npy} files.
 *
 * <p>Source: NEP 1, "A simple file format for NumPy arrays", versions 1.0, 2.0 and 3.0. All element
 * types that NumPy has are read, in C and in Fortran order, little- and big-endian. A file is
 * refused by an {@link IOException} whose message is one line that names the file.
 */
public final class Npy {

  /** Elements are copied in pieces of this many bytes, so that a buffer can address them. */
  private static final long PIECE = 1 << 30;

  private Npy() {}

  /**
   * Reads an array.
   *
   * @return a tensor that owns its memory, row-major whatever the order in the file
   * @throws IOException if the file is missing, damaged, of a type that no tensor has, or does not
   *     hold exactly the elements that it claims
   */
  public static Tensor read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(channel);
    } catch (NoSuchFileException | AccessDeniedException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static Tensor read(FileChannel channel) throws IOException {
    NpyHeader header = NpyHeader.read(Channels.newInputStream(channel));
    header.check(channel.size() - channel.position());
    Tensor tensor = Tensor.allocate(header.elementType(), header.shape());
    boolean done = false;
    try {
      if (header.isPlain()) {
        fill(tensor.segment(), channel);
      } else {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment raw = arena.allocate(Math.max(1, header.byteSize()), 64);
          fill(raw.asSlice(0, header.byteSize()), channel);
          header.copy(raw, tensor.segment());
        }
      }
      done = true;
      return tensor;
    } finally {
      if (!done) {
        tensor.close();
      }
    }
  }

  private static void fill(MemorySegment segment, FileChannel channel) throws IOException {
    for (long at = 0; at < segment.byteSize(); at += PIECE) {
      ByteBuffer piece =
          segment.asSlice(at, Math.min(PIECE, segment.byteSize() - at)).asByteBuffer();
      while (piece.hasRemaining()) {
        if (channel.read(piece) < 0) {
          throw new IOException("the file was cut short while it was read");
        }
      }
    }
  }

  /**
   * Writes an array in C order, version 1.0. The file appears whole or not at all.
   *
   * <p>NumPy has no bf16, i4 and u4; these are written as f32, i8 and u8, which hold every value
   * exactly.
   *
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, Tensor tensor) throws IOException {
    ElementType type =
        switch (tensor.elementType()) {
          case BF16 -> ElementType.F32;
          case I4 -> ElementType.I8;
          case U4 -> ElementType.U8;
          case F32, F16, F64, I8, I16, I32, I64, U8, U16, U32, U64, BOOL -> tensor.elementType();
        };
    if (type == tensor.elementType()) {
      writeAs(file, tensor);
      return;
    }
    try (Tensor wide = Tensor.allocate(type, tensor.shape())) {
      for (long i = 0; i < tensor.elementCount(); i++) {
        wide.setDouble(i, tensor.getDouble(i));
      }
      writeAs(file, wide);
    }
  }

  private static void writeAs(Path file, Tensor tensor) throws IOException {
    ByteBuffer start = ByteBuffer.wrap(NpyHeader.write(tensor.elementType(), tensor.shape()));
    AtomicFile.write(
        file,
        channel -> {
          AtomicFile.writeFully(channel, start);
          AtomicFile.writeFully(channel, tensor.segment());
        });
  }
}
