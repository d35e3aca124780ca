package dev.lathe.backend.onednn.binding;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads what {@link BinaryOutput} writes. Bytes that it did not write end in an {@link
 * IllegalArgumentException} or {@link IndexOutOfBoundsException}. Used by one thread.
 */
public final class BinaryInput {
  private final byte[] bytes;
  private final List<String> texts = new ArrayList<>();
  private int at;

  /** Reads from the beginning of {@code bytes}. */
  public BinaryInput(byte[] bytes) {
    this(bytes, 0);
  }

  /** Reads from a place in {@code bytes}. */
  public BinaryInput(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  /** What is read. */
  byte[] bytes() {
    return bytes;
  }

  /** Passes over bytes and their count, and returns where they begin. */
  public int skipRaw() {
    int count = count();
    at += count;
    return at - count;
  }

  /** Reads a number. */
  public long number() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new IllegalArgumentException("a number of more than 64 bits");
  }

  /** Reads a number of 32 bits. */
  public int integer() {
    return Math.toIntExact(number());
  }

  /** Reads a count, of which each takes at least a byte. */
  public int count() {
    int count = integer();
    if (count < 0 || count > bytes.length - at) {
      throw new IllegalArgumentException("a count of " + count);
    }
    return count;
  }

  /** Reads a flag. */
  public boolean bool() {
    return number() != 0;
  }

  /** Reads a number of f32. */
  public float single() {
    return Float.intBitsToFloat(integer());
  }

  /** Reads numbers. */
  public long[] numbers() {
    long[] values = new long[count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number();
    }
    return values;
  }

  /** Reads numbers. */
  public List<Long> list() {
    int count = count();
    List<Long> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(number());
    }
    return values;
  }

  /** Reads numbers of f32. */
  public List<Float> singles() {
    int count = count();
    List<Float> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(single());
    }
    return values;
  }

  /** Reads bytes. */
  public byte[] raw() {
    int count = count();
    at += count;
    return Arrays.copyOfRange(bytes, at - count, at);
  }

  /** Reads a text. */
  public String text() {
    int index = integer();
    if (index == texts.size()) {
      texts.add(new String(raw(), StandardCharsets.UTF_8));
    }
    return texts.get(index);
  }

  /** Reads texts. */
  public List<String> texts() {
    int count = count();
    List<String> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(text());
    }
    return values;
  }

  /** Reads descriptors. */
  public List<MemoryDescriptor> descriptors() {
    int count = count();
    List<MemoryDescriptor> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(MemoryDescriptor.read(this));
    }
    return values;
  }
}
