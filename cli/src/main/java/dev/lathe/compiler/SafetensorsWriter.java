package dev.lathe.compiler;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.file.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes weights as a {@code .safetensors} file: the length of a header in JSON, the header, and
 * the elements one after the other, each aligned to 8 bytes.
 */
final class SafetensorsWriter {
  /** A buffer's longest part; larger weights are written in several. */
  private static final long PIECE = 1 << 30;

  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /** Writes a file, which appears whole or not at all. */
  static void write(Map<String, ConstantData> weights, Path file) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long offset = 0;
    for (Map.Entry<String, ConstantData> each : weights.entrySet()) {
      ConstantData data = each.getValue();
      long end = offset + data.segment().byteSize();
      header.put(
          each.getKey(),
          Map.of(
              "dtype",
              dtype(data.type().elementType()),
              "shape",
              data.type().shape().dims().stream().map(Dim::value).toList(),
              "data_offsets",
              List.of(offset, end)));
      offset = end;
    }
    byte[] json = JSON.std.asBytes(header);
    byte[] padded = new byte[Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT];
    java.util.Arrays.fill(padded, (byte) ' ');
    System.arraycopy(json, 0, padded, 0, json.length);
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
          AtomicFile.writeFully(channel, length.putLong(padded.length).flip());
          AtomicFile.writeFully(channel, ByteBuffer.wrap(padded));
          for (ConstantData data : weights.values()) {
            long size = data.segment().byteSize();
            for (long at = 0; at < size; at += PIECE) {
              long piece = Math.min(PIECE, size - at);
              AtomicFile.writeFully(channel, data.segment().asSlice(at, piece).asByteBuffer());
            }
          }
        });
  }

  private static String dtype(ElementType type) {
    return switch (type) {
      case F32, F16, BF16, F64, I8, I16, I32, I64, U8, U16, U32, U64, BOOL ->
          type.toString().toUpperCase(Locale.ROOT);
      case I4, U4 -> throw new BadInputException("weights of type " + type + " have no form there");
    };
  }
}
