package dev.lathe.frontend.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes the fields of one protobuf message, in the order of the calls. */
public final class ProtoWriter {

  /** Writes one field. */
  @FunctionalInterface
  private interface Field {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A varint field. */
  public ProtoWriter integer(int field, long value) {
    return write(out -> out.writeInt64(field, value));
  }

  /** A field of 4 bytes. */
  public ProtoWriter float32(int field, float value) {
    return write(out -> out.writeFloat(field, value));
  }

  /** A field of 8 bytes. */
  public ProtoWriter float64(int field, double value) {
    return write(out -> out.writeDouble(field, value));
  }

  /** A text in UTF-8. */
  public ProtoWriter text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** A byte string. */
  public ProtoWriter bytes(int field, byte[] value) {
    return write(out -> out.writeByteArray(field, value));
  }

  /** A nested message. */
  public ProtoWriter message(int field, ProtoWriter value) {
    return bytes(field, value.toBytes());
  }

  /** A packed run of varints. */
  public ProtoWriter packed(int field, long... values) {
    ProtoWriter run = new ProtoWriter();
    for (long value : values) {
      run.write(out -> out.writeInt64NoTag(value));
    }
    return bytes(field, run.toBytes());
  }

  /** A packed run of floats. */
  public ProtoWriter packed(int field, float... values) {
    ProtoWriter run = new ProtoWriter();
    for (float value : values) {
      run.write(out -> out.writeFloatNoTag(value));
    }
    return bytes(field, run.toBytes());
  }

  /** A packed run of doubles. */
  public ProtoWriter packed(int field, double... values) {
    ProtoWriter run = new ProtoWriter();
    for (double value : values) {
      run.write(out -> out.writeDoubleNoTag(value));
    }
    return bytes(field, run.toBytes());
  }

  /** The head of a length-delimited field that claims a length, without the bytes. */
  public ProtoWriter claim(int field, long length) {
    return write(
        out -> {
          out.writeTag(field, 2);
          out.writeUInt64NoTag(length);
        });
  }

  /** Any bytes, as they are. */
  public ProtoWriter raw(byte... anything) {
    bytes.writeBytes(anything);
    return this;
  }

  /** What was written so far. */
  public byte[] toBytes() {
    return bytes.toByteArray();
  }

  private ProtoWriter write(Field field) {
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      field.writeTo(out);
      out.flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
