package dev.lathe.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes ONNX files of one node, and tests in the format of ONNX's backend tests. */
final class OnnxFiles {
  private OnnxFiles() {}

  /** A message of protobuf. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Message bytes(int field, byte[] value) {
      varint(((long) field << 3) | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.toBytes());
    }

    byte[] toBytes() {
      return out.toByteArray();
    }

    private void varint(long value) {
      long rest = value;
      while (rest > 0x7F) {
        out.write((int) (rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      out.write((int) rest);
    }
  }

  /** A model {@code y = op(inputs)} of f32 tensors of shape {@code [N, 2]}. */
  static byte[] model(String op, String... inputs) {
    Message node = new Message();
    Message graph = new Message();
    for (String input : inputs) {
      node.text(1, input);
    }
    graph.message(1, node.text(2, "y").text(3, "node_0").text(4, op)).text(2, "test");
    for (String input : inputs) {
      graph.message(11, valueInfo(input));
    }
    graph.message(12, valueInfo("y"));
    return new Message()
        .number(1, 8)
        .message(7, graph)
        .message(8, new Message().text(1, "").number(2, 17))
        .toBytes();
  }

  private static Message valueInfo(String name) {
    Message shape =
        new Message().message(1, new Message().text(2, "N")).message(1, new Message().number(1, 2));
    Message tensor = new Message().number(1, 1).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /** An f32 tensor of shape {@code [n/2, 2]}. */
  static byte[] tensor(float... elements) {
    ByteBuffer raw = ByteBuffer.allocate(4 * elements.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float element : elements) {
      raw.putFloat(element);
    }
    return new Message()
        .number(1, elements.length / 2)
        .number(1, 2)
        .number(2, 1)
        .bytes(9, raw.array())
        .toBytes();
  }

  /**
   * Writes a test whose inputs are all {@code 1 2 3 4} and whose output shall be {@code expected}.
   */
  static Path test(Path folder, byte[] model, int inputs, float... expected) {
    try {
      Path set = Files.createDirectories(folder.resolve("test_data_set_0"));
      Files.write(folder.resolve("model.onnx"), model);
      for (int i = 0; i < inputs; i++) {
        Files.write(set.resolve("input_" + i + ".pb"), tensor(1, 2, 3, 4));
      }
      Files.write(set.resolve("output_0.pb"), tensor(expected));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of the files below a folder, sorted. */
  static List<String> list(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
