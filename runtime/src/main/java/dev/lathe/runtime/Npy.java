package dev.lathe.runtime;

import dev.lathe.ir.ElementType;
import dev.lathe.runtime.internal.AtomicFile;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Reads and writes NumPy's {@code .npy} files.
 *
 * <p>Source: NEP 1, "A simple file format for NumPy arrays", versions 1.0, 2.0 and 3.0. All element
 * types that NumPy has are read, in C and in Fortran order, little- and big-endian. A file is
 * refused by an {@link IOException} whose message is one line that names the file.
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** The longest header that is read; NumPy itself stops at 10,000 characters. */
  private static final int LONGEST_HEADER = 1 << 16;

  /** NumPy aligns the data to this many bytes. */
  private static final int ALIGNMENT = 64;

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
      return read(channel, file);
    } catch (EOFException e) {
      throw new IOException(file + ": the file ends within the header of a .npy file", e);
    }
  }

  private static Tensor read(FileChannel channel, Path file) throws IOException {
    ByteBuffer start = bytes(channel, MAGIC.length + 2);
    byte[] magic = new byte[MAGIC.length];
    start.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException(file + ": this is no .npy file: it does not begin with \\x93NUMPY");
    }
    int major = start.get();
    if (major < 1 || major > 3) {
      throw new IOException(
          file + ": version " + major + " of the .npy format is not read, only 1, 2 and 3");
    }
    long length =
        major == 1
            ? Short.toUnsignedLong(bytes(channel, 2).getShort())
            : Integer.toUnsignedLong(bytes(channel, 4).getInt());
    if (length > LONGEST_HEADER) {
      throw new IOException(
          file + ": the header is said to have " + length + " bytes; no array needs so many");
    }
    byte[] text = bytes(channel, (int) length).array();
    NpyHeader header;
    try {
      header =
          NpyHeader.parse(
              new String(text, major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    long there = channel.size() - channel.position();
    if (there != header.byteSize()) {
      throw new IOException(
          file
              + ": "
              + header.elementType()
              + Arrays.toString(header.shape())
              + " takes "
              + header.byteSize()
              + " bytes, but "
              + there
              + (there < header.byteSize() ? " are there; the file was cut short" : " are there"));
    }
    return elements(channel, header);
  }

  private static ByteBuffer bytes(FileChannel channel, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException();
      }
    }
    return buffer.flip();
  }

  private static Tensor elements(FileChannel channel, NpyHeader header) throws IOException {
    Tensor tensor = Tensor.allocate(header.elementType(), header.shape());
    boolean done = false;
    try {
      MemorySegment segment = tensor.segment();
      for (long at = 0; at < segment.byteSize(); at += PIECE) {
        ByteBuffer piece =
            segment.asSlice(at, Math.min(PIECE, segment.byteSize() - at)).asByteBuffer();
        while (piece.hasRemaining()) {
          if (channel.read(piece) < 0) {
            throw new IOException("the file was cut short while it was read");
          }
        }
      }
      if (header.bigEndian()) {
        swap(segment, header.elementType().bits() / 8);
      }
      if (header.fortran()) {
        Tensor ordered = rowMajor(tensor);
        tensor.close();
        tensor = ordered;
      }
      done = true;
      return tensor;
    } finally {
      if (!done) {
        tensor.close();
      }
    }
  }

  private static void swap(MemorySegment segment, int size) {
    for (long at = 0; at < segment.byteSize(); at += size) {
      for (int i = 0; i < size / 2; i++) {
        byte low = segment.get(ValueLayout.JAVA_BYTE, at + i);
        byte high = segment.get(ValueLayout.JAVA_BYTE, at + size - 1 - i);
        segment.set(ValueLayout.JAVA_BYTE, at + i, high);
        segment.set(ValueLayout.JAVA_BYTE, at + size - 1 - i, low);
      }
    }
  }

  /** The elements of a tensor whose memory is in Fortran order, first axis fastest. */
  private static Tensor rowMajor(Tensor fortran) {
    long[] shape = fortran.shape();
    int size = fortran.elementType().bits() / 8;
    Tensor result = Tensor.allocate(fortran.elementType(), shape);
    long[] index = new long[shape.length];
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    long from = 0;
    for (long to = 0; to < stride; to++) {
      MemorySegment.copy(fortran.segment(), from * size, result.segment(), to * size, size);
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        from += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        from -= strides[axis] * shape[axis];
        index[axis] = 0;
      }
    }
    return result;
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
    byte[] header =
        NpyHeader.text(tensor.elementType(), tensor.shape()).getBytes(StandardCharsets.US_ASCII);
    // The header ends with a line feed and is padded so that the data is aligned.
    int before = MAGIC.length + 4;
    int padded = Math.ceilDiv(before + header.length + 1, ALIGNMENT) * ALIGNMENT - before;
    ByteBuffer start = ByteBuffer.allocate(before + padded).order(ByteOrder.LITTLE_ENDIAN);
    start.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) padded).put(header);
    while (start.remaining() > 1) {
      start.put((byte) ' ');
    }
    start.put((byte) '\n').flip();
    AtomicFile.write(
        file,
        channel -> {
          AtomicFile.writeFully(channel, start);
          AtomicFile.writeFully(channel, tensor.segment());
        });
  }
}
