package dev.lathe.ir.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A zip file in mapped memory, of whose stored entries the bytes can be used where they lie, which
 * {@link java.util.zip.ZipFile} does not offer.
 *
 * <p>Source: PKWARE's APPNOTE 6.3, with ZIP64; without encryption, spanning and methods other than
 * stored and deflated. Every offset and size is checked before use.
 */
public final class MappedZip {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;

  private static final int LOCAL_SIZE = 30;
  private static final int CENTRAL_SIZE = 46;
  private static final int END_SIZE = 22;
  private static final int LOCATOR_64_SIZE = 20;
  private static final int END_64_SIZE = 56;
  private static final int LONGEST_COMMENT = 0xFFFF;

  /** What stands in a field of 32 bits whose value stands in the ZIP64 extra field. */
  private static final long ELSEWHERE = 0xFFFFFFFFL;

  private static final int ZIP64_EXTRA = 1;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;

  /** Deflate shrinks nothing further than this; what claims more is a lie. */
  private static final long BEST_RATIO = 1100;

  /**
   * One entry as the central directory has it.
   *
   * @param name the path, with slashes
   * @param method 0 stored, 8 deflated
   * @param crc32 of the bytes, unsigned
   * @param packedSize the bytes in the file
   * @param size the bytes when unpacked
   * @param header where the local header begins
   */
  public record Entry(
      String name, int method, long crc32, long packedSize, long size, long header) {}

  private final MemorySegment file;
  private final String kind;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private MappedZip(MemorySegment file, String kind) throws ZipException {
    this.file = file;
    this.kind = kind;
    try {
      readDirectory();
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      ZipException damaged = new ZipException("its directory is damaged");
      damaged.initCause(e);
      throw damaged;
    }
  }

  /**
   * Maps a file.
   *
   * @param kind what the file should be, for messages: {@code jar}
   * @param arena what the mapping lives in
   * @throws ZipException if it is no zip file or a damaged one; the message does not name it
   * @throws IOException if it cannot be read
   */
  public static MappedZip open(Path path, String kind, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return of(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), kind);
    }
  }

  /**
   * Reads the directory of a file that is in memory.
   *
   * @param kind what the file should be, for messages: {@code jar}
   * @throws ZipException if it is no zip file or a damaged one
   */
  public static MappedZip of(MemorySegment file, String kind) throws ZipException {
    return new MappedZip(file, kind);
  }

  /** The entries by name, in the order of the directory. */
  public Map<String, Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  /** A part of the file; buffers are read without the method handles that segments need. */
  private ByteBuffer part(long offset, long size) {
    return file.asSlice(offset, size).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int u16(ByteBuffer from, int at) {
    return Short.toUnsignedInt(from.getShort(at));
  }

  private static long u32(ByteBuffer from, int at) {
    return Integer.toUnsignedLong(from.getInt(at));
  }

  private void readDirectory() throws ZipException {
    long tail = Math.min(file.byteSize(), END_SIZE + LONGEST_COMMENT);
    ByteBuffer last = part(file.byteSize() - tail, tail);
    int found = findEnd(last);
    long end = file.byteSize() - tail + found;
    long count = u16(last, found + 10);
    long size = u32(last, found + 12);
    long start = u32(last, found + 16);
    long limit = end;
    long locator = end - LOCATOR_64_SIZE;
    if (locator >= 0 && part(locator, 4).getInt() == LOCATOR_64) {
      long end64 = part(locator + 8, 8).getLong();
      if (end64 < 0
          || end64 > locator - END_64_SIZE
          || part(end64, END_64_SIZE).getInt() != END_64) {
        throw new ZipException("its ZIP64 directory is damaged");
      }
      ByteBuffer record = part(end64, END_64_SIZE);
      count = record.getLong(32);
      size = record.getLong(40);
      start = record.getLong(48);
      limit = end64;
    }
    if (start < 0 || size < 0 || start > limit || size != limit - start) {
      throw new ZipException("its directory is not where it should be: bytes are missing or added");
    }
    if (count < 0 || count > size / CENTRAL_SIZE || size > Integer.MAX_VALUE) {
      throw new ZipException("its directory claims " + count + " entries");
    }
    ByteBuffer directory = part(start, size);
    int at = 0;
    for (long i = 0; i < count; i++) {
      at = readEntry(directory, at, start);
    }
    if (at != directory.limit()) {
      throw new ZipException("its directory has bytes left over");
    }
  }

  /** The last place that looks like an end record whose comment ends with the file. */
  private int findEnd(ByteBuffer last) throws ZipException {
    for (int at = last.limit() - END_SIZE; at >= 0; at--) {
      if (last.getInt(at) == END && at + END_SIZE + u16(last, at + 20) == last.limit()) {
        return at;
      }
    }
    throw new ZipException(
        file.byteSize() >= 4 && part(0, 4).getInt() == LOCAL
            ? "it was cut short: the directory at its end is missing"
            : "it is no " + kind);
  }

  /** Reads the record at {@code at} and returns where the next begins. */
  private int readEntry(ByteBuffer directory, int at, long limit) throws ZipException {
    if (directory.limit() - at < CENTRAL_SIZE || directory.getInt(at) != CENTRAL) {
      throw new ZipException("its directory is damaged at byte " + (limit + at));
    }
    int nameLength = u16(directory, at + 28);
    int extraLength = u16(directory, at + 30);
    int commentLength = u16(directory, at + 32);
    long next = at + (long) CENTRAL_SIZE + nameLength + extraLength + commentLength;
    if (next > directory.limit()) {
      throw new ZipException("its directory is damaged at byte " + (limit + at));
    }
    byte[] text = new byte[nameLength];
    directory.get(at + CENTRAL_SIZE, text);
    String name = new String(text, StandardCharsets.UTF_8);
    if ((u16(directory, at + 8) & 1) != 0) {
      throw new ZipException("its entry " + name + " is encrypted");
    }
    Entry entry = wide(directory, at, name, extraLength);
    if (entry.packedSize() < 0
        || entry.size() < 0
        || entry.header() < 0
        || entry.header() > limit - LOCAL_SIZE) {
      throw new ZipException("the sizes of its entry " + name + " are damaged");
    }
    if (entries.put(name, entry) != null) {
      throw new ZipException("it has two entries " + name);
    }
    return (int) next;
  }

  /** The entry whose record begins at {@code at}, with the fields of ZIP64 where they are used. */
  private static Entry wide(ByteBuffer directory, int at, String name, int extraLength)
      throws ZipException {
    long packed = u32(directory, at + 20);
    long size = u32(directory, at + 24);
    long header = u32(directory, at + 42);
    if (packed == ELSEWHERE || size == ELSEWHERE || header == ELSEWHERE) {
      int extra = at + CENTRAL_SIZE + u16(directory, at + 28);
      int field = find(directory, extra, extraLength, ZIP64_EXTRA);
      if (field < 0) {
        throw new ZipException("the sizes of its entry " + name + " are missing");
      }
      // Only the fields that did not fit stand there, in this order.
      int value = field + 4;
      int left = u16(directory, field + 2) / 8;
      if (size == ELSEWHERE && left-- > 0) {
        size = directory.getLong(value);
        value += 8;
      }
      if (packed == ELSEWHERE && left-- > 0) {
        packed = directory.getLong(value);
        value += 8;
      }
      if (header == ELSEWHERE && left > 0) {
        header = directory.getLong(value);
      }
    }
    return new Entry(name, u16(directory, at + 10), u32(directory, at + 16), packed, size, header);
  }

  /** Where the extra field of a kind begins; -1 if there is none. */
  private static int find(ByteBuffer directory, int extra, int length, int kind) {
    int end = extra + length;
    for (int at = extra; at + 4 <= end; at += 4 + u16(directory, at + 2)) {
      if (u16(directory, at) == kind && at + 4 + u16(directory, at + 2) <= end) {
        return at;
      }
    }
    return -1;
  }

  /** The bytes of an entry as they lie in the file. */
  private MemorySegment packed(Entry entry) throws ZipException {
    ByteBuffer header = part(entry.header(), LOCAL_SIZE);
    if (header.getInt(0) != LOCAL || u16(header, 8) != entry.method()) {
      throw new ZipException("the header of its entry " + entry.name() + " is damaged");
    }
    long data = entry.header() + LOCAL_SIZE + u16(header, 26) + u16(header, 28);
    if (data > file.byteSize() || entry.packedSize() > file.byteSize() - data) {
      throw new ZipException("its entry " + entry.name() + " reaches beyond its end");
    }
    return file.asSlice(data, entry.packedSize());
  }

  /**
   * The bytes of an entry that is stored, where they lie in the file; null if it is packed.
   *
   * @throws ZipException if the entry is damaged
   */
  public @Nullable MemorySegment stored(Entry entry) throws ZipException {
    if (entry.method() != STORED) {
      return null;
    }
    if (entry.size() != entry.packedSize()) {
      throw new ZipException("the sizes of its entry " + entry.name() + " disagree");
    }
    return packed(entry);
  }

  /**
   * The bytes of an entry: where they lie in the file, or unpacked into memory outside the heap.
   *
   * @throws IOException if the entry is damaged, or packed by another method than deflate
   */
  public MemorySegment read(Entry entry, Arena arena) throws IOException {
    MemorySegment stored = stored(entry);
    if (stored != null) {
      return stored;
    }
    // Before anything is allocated: it proves that so many packed bytes are there.
    MemorySegment packed = packed(entry);
    requireDeflated(entry);
    MemorySegment result = arena.allocate(Math.max(entry.size(), 1), 64).asSlice(0, entry.size());
    inflate(entry, packed, result);
    return result;
  }

  /**
   * The unpacked bytes of an entry as a stream, for readers that need only the first of them. More
   * bytes than the entry claims may come.
   *
   * @throws IOException if the entry is damaged, or packed by another method than deflate
   */
  public InputStream stream(Entry entry) throws IOException {
    MemorySegment stored = stored(entry);
    if (stored != null) {
      return new SegmentInputStream(stored);
    }
    requireDeflated(entry);
    // An inflater of the stream's own would expect the header of zlib.
    Inflater inflater = new Inflater(true);
    return new InflaterInputStream(new SegmentInputStream(packed(entry)), inflater, 1 << 12) {
      @Override
      public void close() {
        inflater.end();
      }
    };
  }

  private static void requireDeflated(Entry entry) throws ZipException {
    if (entry.method() != DEFLATED) {
      throw new ZipException(
          "its entry " + entry.name() + " is packed by method " + entry.method());
    }
    if (entry.size() > (entry.packedSize() + 1) * BEST_RATIO) {
      throw new ZipException(
          "its entry "
              + entry.name()
              + " claims "
              + entry.size()
              + " bytes in "
              + entry.packedSize());
    }
  }

  private static void inflate(Entry entry, MemorySegment from, MemorySegment to)
      throws IOException {
    Inflater inflater = new Inflater(true);
    try {
      long read = 0;
      long written = 0;
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          if (read == from.byteSize()) {
            throw new EOFException("its entry " + entry.name() + " ends too early");
          }
          long piece = Math.min(1 << 20, from.byteSize() - read);
          inflater.setInput(from.asSlice(read, piece).asByteBuffer());
          read += piece;
        }
        ByteBuffer room =
            to.asSlice(written, Math.min(1 << 20, to.byteSize() - written)).asByteBuffer();
        int count = inflater.inflate(room);
        written += count;
        if (count == 0 && !inflater.finished() && (!room.hasRemaining() || stuck(inflater))) {
          throw new ZipException("its entry " + entry.name() + " is larger than it claims");
        }
      }
      if (written != to.byteSize()) {
        throw new ZipException("its entry " + entry.name() + " is smaller than it claims");
      }
    } catch (DataFormatException e) {
      ZipException damaged = new ZipException("its entry " + entry.name() + " is damaged");
      damaged.initCause(e);
      throw damaged;
    } finally {
      inflater.end();
    }
  }

  private static boolean stuck(Inflater inflater) {
    return inflater.needsDictionary() || !inflater.needsInput();
  }
}
