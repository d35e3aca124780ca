package dev.lathe.frontend.weights;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.file.NpyHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes {@code .npz} files. */
final class Npz {
  private final Map<String, byte[]> members = new LinkedHashMap<>();

  /** Adds an array of {@code f32} whose elements are 0, 1, 2 and so on. */
  Npz array(String name, long... shape) {
    float[] values = new float[(int) java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return floats(name, values, shape);
  }

  /** Adds an array of {@code f32}. */
  Npz floats(String name, float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes(name, ElementType.F32, bytes.array(), shape);
  }

  /** Adds an array. */
  Npz bytes(String name, ElementType type, byte[] bytes, long... shape) {
    ByteArrayOutputStream member = new ByteArrayOutputStream();
    member.writeBytes(NpyHeader.write(type, shape));
    member.writeBytes(bytes);
    return member(name + ".npy", member.toByteArray());
  }

  /** Adds a member of any content. */
  Npz member(String name, byte[] bytes) {
    members.put(name, bytes);
    return this;
  }

  /** The bytes of the file. */
  byte[] toBytes(boolean deflated) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ZipEntry entry = new ZipEntry(member.getKey());
        if (!deflated) {
          CRC32 crc = new CRC32();
          crc.update(member.getValue());
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(member.getValue().length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(member.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Writes the file, its members stored. */
  Path write(Path file) {
    try {
      return Files.write(file, toBytes(false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
