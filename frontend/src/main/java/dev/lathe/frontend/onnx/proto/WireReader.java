package dev.lathe.frontend.onnx.proto;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.lathe.frontend.ImportException;
import dev.lathe.ir.file.SegmentInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over the fields of nested protobuf messages that knows where it stands, so that every
 * refusal names the field's path and its byte offset. Lengths are checked against the enclosing
 * message before they are used; nesting and the number of messages are bounded.
 *
 * <p>Not thread-safe. After an exception the cursor stays where it failed, for {@link #fail}.
 */
final class WireReader {

  /**
   * Deepest nesting of messages; the protobuf libraries' own limit. An {@code If} in an {@code If}
   * costs 3.
   */
  private static final int DEEPEST = 100;

  /**
   * Most messages in a file: a node of a real model has some ten, and the largest models some
   * 100,000 nodes.
   */
  private static final int MOST_MESSAGES = 20_000_000;

  /** Most bytes of a name or an attribute string that is kept on the heap. */
  private static final int LONGEST_TEXT = 64 << 20;

  private static final String DAMAGED =
      "the file is damaged or is not ONNX: fetch or export it again";

  /** Reads the fields of one message up to its end. */
  @FunctionalInterface
  interface Body<T> {
    T read() throws IOException;
  }

  /** An open message. */
  private static final class Frame {
    final String field;
    final int index;
    final long start;
    final long end;
    long seen;
    @Nullable String label;

    Frame(String field, int index, long start, long end) {
      this.field = field;
      this.index = index;
      this.start = start;
      this.end = end;
    }
  }

  private final String file;
  private final MemorySegment bytes;
  private final CodedInputStream in;
  private final List<Frame> frames = new ArrayList<>();
  private int messages;
  private int tag;
  private long tagOffset;
  private String reading = "";

  WireReader(String file, MemorySegment bytes) {
    this.file = file;
    this.bytes = bytes;
    this.in = CodedInputStream.newInstance(new SegmentInputStream(bytes));
  }

  /** Reads the outermost message and turns whatever fails below into an {@link ImportException}. */
  <T> T root(Body<T> body) {
    frames.add(new Frame("", -1, 0, bytes.byteSize()));
    try {
      return body.read();
    } catch (IOException e) {
      throw new ImportException(
          where(), "the bytes are no protobuf: " + e.getMessage(), DAMAGED, e);
    }
  }

  /** Moves to the next field of the open message; false at its end. */
  boolean next() throws IOException {
    tagOffset = offset();
    reading = "";
    if (tagOffset >= top().end) {
      return false;
    }
    tag = in.readTag();
    int type = WireFormat.getTagWireType(tag);
    if (type == WireFormat.WIRETYPE_START_GROUP || type == WireFormat.WIRETYPE_END_GROUP) {
      throw fail(
          "field " + field() + " has wire type " + type + ", which ONNX never uses", DAMAGED);
    }
    return true;
  }

  /** The number of the current field. */
  int field() {
    return WireFormat.getTagFieldNumber(tag);
  }

  /** Whether the current field is written as a length and bytes. */
  boolean isDelimited() {
    return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  /** Where the cursor stands, in bytes from the start of the file. */
  long offset() {
    return in.getTotalBytesRead();
  }

  /** Where the open message begins, in bytes from the start of the file. */
  long messageOffset() {
    return top().start;
  }

  /** Passes over the current field. */
  void skip() throws IOException {
    reading = "field " + field();
    if (isDelimited()) {
      in.skipRawBytes(length());
    } else {
      in.skipField(tag);
      checkInside();
    }
  }

  /** A field that may stand only once in its message. */
  void once(String name) {
    reading = name;
    long bit = 1L << field();
    if (field() < Long.SIZE && (top().seen & bit) != 0) {
      throw fail("the field stands there twice, which leaves open what is meant", DAMAGED);
    }
    top().seen |= bit;
  }

  /** A message that may stand only once in the open one. */
  <T> T message(String name, Body<T> body) throws IOException {
    once(name);
    return message(name, -1, body);
  }

  /** The message at an index of a repeated field. */
  <T> T message(String name, int index, Body<T> body) throws IOException {
    reading = name;
    expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int length = length();
    if (frames.size() > DEEPEST) {
      throw fail("messages are nested more than " + DEEPEST + " deep", DAMAGED);
    }
    if (++messages > MOST_MESSAGES) {
      throw fail("the file holds more than " + MOST_MESSAGES + " messages", DAMAGED);
    }
    int oldLimit = in.pushLimit(length);
    frames.add(new Frame(name, index, offset(), offset() + length));
    T value = body.read();
    frames.removeLast();
    in.popLimit(oldLimit);
    return value;
  }

  /** Says what the open message is in words, for messages about it and what lies inside. */
  void label(String label) {
    top().label = label;
  }

  /** A text that may stand only once, in strict UTF-8. */
  String text(String name) throws IOException {
    once(name);
    return anyText(name);
  }

  /** A text of a repeated field, in strict UTF-8. */
  String anyText(String name) throws IOException {
    byte[] text = anyBytes(name);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException e) {
      throw fail("the text is not valid UTF-8", DAMAGED);
    }
  }

  /** A byte string, copied to the heap. */
  byte[] anyBytes(String name) throws IOException {
    reading = name;
    expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int length = length();
    if (length > LONGEST_TEXT) {
      throw fail(
          "the text is " + length + " bytes long; at most " + LONGEST_TEXT + " are read", DAMAGED);
    }
    return in.readRawBytes(length);
  }

  /** The place of a byte string, which is passed over unread. */
  MemorySegment slice(String name) throws IOException {
    reading = name;
    expect(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int length = length();
    MemorySegment slice = bytes.asSlice(offset(), length);
    in.skipRawBytes(length);
    return slice;
  }

  /** The place of one number that is not packed. */
  MemorySegment scalarSlice(String name, int wireType) throws IOException {
    reading = name;
    expect(wireType);
    long start = offset();
    in.skipField(tag);
    checkInside();
    return bytes.asSlice(start, offset() - start);
  }

  /** An integer that may stand only once. */
  long integer(String name) throws IOException {
    once(name);
    expect(WireFormat.WIRETYPE_VARINT);
    long value = in.readInt64();
    checkInside();
    return value;
  }

  /** A 32-bit float that may stand only once. */
  float float32(String name) throws IOException {
    once(name);
    expect(WireFormat.WIRETYPE_FIXED32);
    float value = in.readFloat();
    checkInside();
    return value;
  }

  /** Adds the integers of a repeated field, packed or not. */
  void integers(String name, List<Long> target) throws IOException {
    reading = name;
    if (!isDelimited()) {
      expect(WireFormat.WIRETYPE_VARINT);
      target.add(in.readInt64());
      checkInside();
      return;
    }
    long end = length() + offset();
    while (offset() < end) {
      target.add(in.readInt64());
    }
    checkAtMost(end);
  }

  /** Adds the floats of a repeated field, packed or not. */
  void floats(String name, List<Float> target) throws IOException {
    reading = name;
    if (!isDelimited()) {
      expect(WireFormat.WIRETYPE_FIXED32);
      target.add(in.readFloat());
      checkInside();
      return;
    }
    long end = length() + offset();
    while (offset() < end) {
      target.add(in.readFloat());
    }
    checkAtMost(end);
  }

  /** An exception about the current field. */
  ImportException fail(String what, String remedy) {
    return new ImportException(where(), what, remedy);
  }

  /** Leaves the current field: what fails from here on is about the open message as a whole. */
  WireReader whole() {
    reading = "";
    tagOffset = top().start;
    return this;
  }

  /** Advice for a file that cannot be right. */
  static String damaged() {
    return DAMAGED;
  }

  /** The place for a message: the file, the path of fields that leads here, and the byte offset. */
  String where() {
    StringBuilder path = new StringBuilder();
    for (Frame frame : frames.subList(1, frames.size())) {
      path.append(path.isEmpty() ? "" : ".").append(frame.field);
      if (frame.index >= 0) {
        path.append('[').append(frame.index).append(']');
      }
      if (frame.label != null) {
        path.append(" (").append(frame.label).append(')');
      }
    }
    if (!reading.isEmpty()) {
      path.append(path.isEmpty() ? "" : ".").append(reading);
    }
    return file + ": " + (path.isEmpty() ? "" : path + ", ") + "byte " + tagOffset;
  }

  private Frame top() {
    return frames.getLast();
  }

  private void expect(int wireType) {
    int found = WireFormat.getTagWireType(tag);
    if (found != wireType) {
      throw fail(
          "the field has wire type " + found + " where the schema asks for " + wireType, DAMAGED);
    }
  }

  private int length() throws IOException {
    long length = in.readRawVarint64();
    long left = top().end - offset();
    if (length < 0 || length > left) {
      throw fail(
          "the field claims "
              + Long.toUnsignedString(length)
              + " bytes where "
              + Math.max(0, left)
              + " are left",
          DAMAGED);
    }
    return Math.toIntExact(length);
  }

  private void checkInside() {
    checkAtMost(top().end);
  }

  private void checkAtMost(long end) {
    if (offset() > end) {
      throw fail("the field runs past the end of what holds it", DAMAGED);
    }
  }
}
