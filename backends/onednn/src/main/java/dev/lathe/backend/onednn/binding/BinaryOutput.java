package dev.lathe.backend.onednn.binding;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes numbers, texts and descriptors in a compact binary form that {@link BinaryInput} reads. A
 * text that comes again is written once. Used by one thread.
 */
public final class BinaryOutput {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Map<String, Integer> texts = new HashMap<>();

  /** Creates an empty output. */
  public BinaryOutput() {}

  /** What was written. */
  public byte[] toBytes() {
    return bytes.toByteArray();
  }

  /** Writes a number; small ones, negative too, take few bytes. */
  public BinaryOutput number(long value) {
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      bytes.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
    return this;
  }

  /** Writes a flag. */
  public BinaryOutput bool(boolean value) {
    return number(value ? 1 : 0);
  }

  /** Writes a number of f32 with all its bits. */
  public BinaryOutput single(float value) {
    return number(Float.floatToRawIntBits(value));
  }

  /** Writes a count, and numbers. */
  public BinaryOutput numbers(long... values) {
    number(values.length);
    for (long value : values) {
      number(value);
    }
    return this;
  }

  /** Writes a count, and numbers. */
  public BinaryOutput numbers(List<Long> values) {
    number(values.size());
    for (long value : values) {
      number(value);
    }
    return this;
  }

  /** Writes a count, and numbers of f32. */
  public BinaryOutput singles(List<Float> values) {
    number(values.size());
    for (float value : values) {
      single(value);
    }
    return this;
  }

  /** Writes bytes, preceded by their count. */
  public BinaryOutput raw(byte[] values) {
    number(values.length);
    bytes.writeBytes(values);
    return this;
  }

  /** Writes a text. */
  public BinaryOutput text(String text) {
    Integer known = texts.get(text);
    if (known != null) {
      return number(known);
    }
    number(texts.size());
    texts.put(text, texts.size());
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes the place of a constant in its enum, a number. */
  @SuppressWarnings("EnumOrdinal") // Programs are read by the build that wrote them.
  public BinaryOutput constant(Enum<?> constant) {
    return number(constant.ordinal());
  }

  /** Writes a count, and texts. */
  public BinaryOutput texts(List<String> values) {
    number(values.size());
    values.forEach(this::text);
    return this;
  }

  /** Writes descriptors, and their count. */
  public BinaryOutput descriptors(List<MemoryDescriptor> values) {
    number(values.size());
    values.forEach(descriptor -> descriptor.write(this));
    return this;
  }

  /** Writes what another output has, in which no text came again. */
  BinaryOutput append(BinaryOutput other) {
    bytes.writeBytes(other.toBytes());
    return this;
  }
}
