package dev.lathe.frontend.onnx.proto;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes fields of protobuf messages, or only counts their bytes. The length of a message stands
 * before it, so each is gone through twice: once by a counter, which remembers the lengths of the
 * messages inside, once by the writer.
 */
final class WireWriter {

  /** The fields of one message. */
  interface Content {
    void writeTo(WireWriter out) throws IOException;
  }

  private final @Nullable CodedOutputStream out;
  private final IdentityHashMap<Object, Long> sizes;
  private long count;

  private WireWriter(@Nullable CodedOutputStream out, IdentityHashMap<Object, Long> sizes) {
    this.out = out;
    this.sizes = sizes;
  }

  /** Writes a message without a length before it, and gives how long it is. */
  static long write(Content content, CodedOutputStream out) throws IOException {
    WireWriter writer = new WireWriter(out, new IdentityHashMap<>());
    content.writeTo(writer);
    out.flush();
    return writer.count;
  }

  /** How long a message is in bytes. */
  static long size(Content content) throws IOException {
    WireWriter counter = new WireWriter(null, new IdentityHashMap<>());
    content.writeTo(counter);
    return counter.count;
  }

  private void tag(int field, int wireType) throws IOException {
    count += CodedOutputStream.computeTagSize(field);
    if (out != null) {
      out.writeTag(field, wireType);
    }
  }

  private void length(int field, long length) throws IOException {
    tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    count += CodedOutputStream.computeUInt64SizeNoTag(length) + length;
    if (out != null) {
      out.writeUInt64NoTag(length);
    }
  }

  void integer(int field, long value) throws IOException {
    tag(field, WireFormat.WIRETYPE_VARINT);
    count += CodedOutputStream.computeInt64SizeNoTag(value);
    if (out != null) {
      out.writeInt64NoTag(value);
    }
  }

  /** An integer that is left out where it is 0. */
  void unlessZero(int field, long value) throws IOException {
    if (value != 0) {
      integer(field, value);
    }
  }

  void number(int field, float value) throws IOException {
    tag(field, WireFormat.WIRETYPE_FIXED32);
    count += Float.BYTES;
    if (out != null) {
      out.writeFloatNoTag(value);
    }
  }

  void bytes(int field, byte[] value) throws IOException {
    length(field, value.length);
    if (out != null) {
      out.writeRawBytes(value);
    }
  }

  void text(int field, String value) throws IOException {
    bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** A text that is left out where it is empty. */
  void unlessEmpty(int field, String value) throws IOException {
    if (!value.isEmpty()) {
      text(field, value);
    }
  }

  /** Bytes of any memory, which go through a small buffer. */
  void segment(int field, MemorySegment value) throws IOException {
    length(field, value.byteSize());
    if (out != null) {
      out.writeRawBytes(value.asByteBuffer());
    }
  }

  /**
   * A message inside this one.
   *
   * @param key the record it is made from, by whose identity its length is remembered; no other
   *     message is made from it
   */
  void message(int field, Object key, Content content) throws IOException {
    Long size = sizes.get(key);
    if (size == null) {
      size = counted(content);
      sizes.put(key, size);
    }
    sized(field, size, content);
  }

  /** A small message inside this one, whose length is counted anew each time. */
  void message(int field, Content content) throws IOException {
    sized(field, counted(content), content);
  }

  private long counted(Content content) throws IOException {
    WireWriter counter = new WireWriter(null, sizes);
    content.writeTo(counter);
    return counter.count;
  }

  private void sized(int field, long size, Content content) throws IOException {
    length(field, size);
    if (out != null) {
      long before = count;
      content.writeTo(this);
      // The length stood before the fields, and is counted already.
      count = before;
    }
  }
}
