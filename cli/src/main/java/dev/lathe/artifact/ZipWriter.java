package dev.lathe.artifact;

import dev.lathe.ir.file.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipException;

/**
 * Writes a zip file whose bytes depend on nothing but its contents, and in which stored entries can
 * be aligned, neither of which {@link java.util.zip.ZipOutputStream} offers.
 *
 * <p>Source: PKWARE's APPNOTE 6.3, with ZIP64 where a size or an offset needs it. Alignment is made
 * by the extra field 0xD935 of Android's tools, which readers skip: its length moves the data to
 * the next multiple.
 */
final class ZipWriter {
  /** 1 January 1980, the first day there is in a zip file. */
  private static final int FIRST_DAY = (1 << 5) | 1;

  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;

  private static final int VERSION = 20;
  private static final int VERSION_64 = 45;
  private static final int UTF_8 = 1 << 11;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int LOCAL_SIZE = 30;
  private static final int CRC_OFFSET = 14;
  private static final int ZIP64_EXTRA = 1;
  private static final int ALIGNMENT_EXTRA = 0xD935;
  private static final int ELSEWHERE = -1;
  private static final int MOST_ENTRIES = 0xFFFF;

  private final FileChannel channel;
  private final long limit;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private record Entry(int method, long crc32, long packedSize, long size, long header) {}

  /** Writes the bytes of an entry. */
  interface Body {
    /**
     * Writes to {@code out}, which need not be buffered or closed.
     *
     * @throws IOException if that fails
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /** A zip file that begins where the channel stands, which must be its start. */
  ZipWriter(FileChannel channel) {
    this(channel, 0xFFFFFFFEL);
  }

  /**
   * @param limit sizes and offsets above this use ZIP64
   */
  ZipWriter(FileChannel channel, long limit) {
    this.channel = channel;
    this.limit = limit;
  }

  /** True if there is an entry of that name. */
  boolean contains(String name) {
    return entries.containsKey(name);
  }

  /** Adds a deflated entry. */
  void deflated(String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try (OutputStream out = new DeflaterOutputStream(packed, deflater)) {
      out.write(content);
    } finally {
      deflater.end();
    }
    byte[] bytes = packed.toByteArray();
    Entry entry =
        new Entry(DEFLATED, crc.getValue(), bytes.length, content.length, channel.position());
    header(name, entry, 1);
    AtomicFile.writeFully(channel, ByteBuffer.wrap(bytes));
  }

  /**
   * Adds an entry that is stored as it is.
   *
   * @param size how many bytes {@code body} writes
   * @param alignment the offset of the bytes in the file is a multiple of this
   * @return the CRC-32 of the bytes
   * @throws ZipException if the body writes more or fewer bytes
   */
  long stored(String name, long size, int alignment, Body body) throws IOException {
    long start = channel.position();
    header(name, new Entry(STORED, 0, size, size, start), alignment);
    long data = channel.position();
    Checked out = new Checked(Channels.newOutputStream(channel));
    body.writeTo(out);
    if (channel.position() - data != size) {
      throw new ZipException(
          "entry " + name + " has " + (channel.position() - data) + " bytes and not " + size);
    }
    long crc = out.crc.getValue();
    channel.write(little(4).putInt((int) crc).flip(), start + CRC_OFFSET);
    entries.put(name, new Entry(STORED, crc, size, size, start));
    return crc;
  }

  private static final class Checked extends FilterOutputStream {
    final CRC32 crc = new CRC32();

    Checked(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      crc.update(b);
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      crc.update(bytes, offset, length);
      out.write(bytes, offset, length);
    }
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private boolean isWide(Entry entry) {
    return entry.size > limit || entry.packedSize > limit || entry.header > limit;
  }

  private void header(String name, Entry entry, int alignment) throws IOException {
    if (entries.putIfAbsent(name, entry) != null) {
      throw new ZipException("there are two entries " + name);
    }
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    boolean wide = entry.size > limit || entry.packedSize > limit;
    int wideExtra = wide ? 20 : 0;
    int padding = padding(entry.header + LOCAL_SIZE + text.length + wideExtra, alignment);
    ByteBuffer header = little(LOCAL_SIZE + text.length + wideExtra + padding);
    header.putInt(LOCAL).putShort((short) (wide ? VERSION_64 : VERSION)).putShort((short) UTF_8);
    header.putShort((short) entry.method).putShort((short) 0).putShort((short) FIRST_DAY);
    header.putInt((int) entry.crc32);
    header.putInt(wide ? ELSEWHERE : (int) entry.packedSize);
    header.putInt(wide ? ELSEWHERE : (int) entry.size);
    header.putShort((short) text.length).putShort((short) (wideExtra + padding)).put(text);
    if (wide) {
      header.putShort((short) ZIP64_EXTRA).putShort((short) 16);
      header.putLong(entry.size).putLong(entry.packedSize);
    }
    if (padding > 0) {
      header.putShort((short) ALIGNMENT_EXTRA).putShort((short) (padding - 4));
      header.putShort((short) alignment);
    }
    header.position(header.capacity()).flip();
    AtomicFile.writeFully(channel, header);
  }

  /** The length of an extra field that ends at a multiple of {@code alignment}; 0 for none. */
  private static int padding(long at, int alignment) {
    int gap = (int) Math.floorMod(-at, (long) alignment);
    // The field itself takes six bytes.
    return gap == 0 || gap >= 6 ? gap : gap + Math.ceilDiv(6 - gap, alignment) * alignment;
  }

  /** Writes the directory, after which the file is complete. */
  void finish() throws IOException {
    long start = channel.position();
    for (Map.Entry<String, Entry> named : entries.entrySet()) {
      directoryEntry(named.getKey().getBytes(StandardCharsets.UTF_8), named.getValue());
    }
    long end = channel.position();
    long size = end - start;
    boolean wide = start > limit || size > limit || entries.size() >= MOST_ENTRIES;
    ByteBuffer tail = little(wide ? 56 + 20 + 22 : 22);
    if (wide) {
      tail.putInt(END_64).putLong(44).putShort((short) VERSION_64).putShort((short) VERSION_64);
      tail.putInt(0).putInt(0).putLong(entries.size()).putLong(entries.size());
      tail.putLong(size).putLong(start);
      tail.putInt(LOCATOR_64).putInt(0).putLong(end).putInt(1);
    }
    short count = (short) (wide ? ELSEWHERE : entries.size());
    tail.putInt(END).putShort((short) 0).putShort((short) 0).putShort(count).putShort(count);
    tail.putInt(wide ? ELSEWHERE : (int) size).putInt(wide ? ELSEWHERE : (int) start);
    tail.putShort((short) 0).flip();
    AtomicFile.writeFully(channel, tail);
  }

  private void directoryEntry(byte[] name, Entry entry) throws IOException {
    boolean wide = isWide(entry);
    ByteBuffer record = little(46 + name.length + (wide ? 28 : 0));
    short version = (short) (wide ? VERSION_64 : VERSION);
    record.putInt(CENTRAL).putShort(version).putShort(version).putShort((short) UTF_8);
    record.putShort((short) entry.method).putShort((short) 0).putShort((short) FIRST_DAY);
    record.putInt((int) entry.crc32);
    record.putInt(wide ? ELSEWHERE : (int) entry.packedSize);
    record.putInt(wide ? ELSEWHERE : (int) entry.size);
    record.putShort((short) name.length).putShort((short) (wide ? 28 : 0));
    record.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
    record.putInt(wide ? ELSEWHERE : (int) entry.header).put(name);
    if (wide) {
      record.putShort((short) ZIP64_EXTRA).putShort((short) 24);
      record.putLong(entry.size).putLong(entry.packedSize).putLong(entry.header);
    }
    AtomicFile.writeFully(channel, record.flip());
  }
}
