package dev.lathe.backend.onednn.binding;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Binds the references of a shared object to its own symbols in the file, as the linker's option
 * {@code -Bsymbolic} would have done.
 *
 * <p>A C++ library refers to its own functions and tables by name, so that others could replace
 * them, and the dynamic linker looks up every one when the library is loaded. Such a relocation is
 * replaced by one that says where in the library the symbol is, which takes the same 24 bytes. What
 * other libraries define is still looked up, and so is what the processor or the thread decides.
 * The layout is that of the ELF-64 Object File Format and of the System V ABI's supplement for
 * AMD64, chapter 4.4.
 */
final class SymbolBinding {
  private static final int MAGIC = 0x46_4c_45_7f;
  private static final int ELF64_LITTLE_ENDIAN = 0x01_02;
  private static final int EM_X86_64 = 62;
  private static final int PROGRAM_HEADERS = 32;
  private static final int PROGRAM_HEADER_COUNT = 56;
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final long DT_PLTRELSZ = 2;
  private static final long DT_SYMTAB = 6;
  private static final long DT_RELA = 7;
  private static final long DT_RELASZ = 8;
  private static final long DT_JMPREL = 23;
  private static final int RELOCATION_BYTES = 24;
  private static final int SYMBOL_BYTES = 24;
  private static final int R_X86_64_64 = 1;
  private static final int R_X86_64_GLOB_DAT = 6;
  private static final int R_X86_64_JUMP_SLOT = 7;
  private static final int R_X86_64_RELATIVE = 8;
  private static final int STT_OBJECT = 1;
  private static final int STT_FUNC = 2;
  private static final int UNDEFINED = 0;
  private static final int RESERVED_SECTIONS = 0xff00;

  private final ByteBuffer file;
  private final List<Segment> segments = new ArrayList<>();
  private final Map<Long, Long> dynamic = new HashMap<>();

  /** A piece of the file, and where it lies when it is loaded. */
  private record Segment(long address, long offset, long bytes) {}

  private SymbolBinding(ByteBuffer file) {
    this.file = file;
  }

  /**
   * Rewrites a file in place. Nobody may have loaded it.
   *
   * @return how many references were bound; 0 where it is no shared object for this platform
   * @throws IOException if it cannot be read or written, or is damaged
   */
  static int bind(Path library) throws IOException {
    try (FileChannel channel =
        FileChannel.open(library, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // Written through a mapping: a file that is written anew in large pieces would be kept by the
      // system in large pieces too, and take more memory where it is loaded.
      ByteBuffer file = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      return new SymbolBinding(file.order(ByteOrder.LITTLE_ENDIAN)).bind();
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw new IOException(library + " is damaged", e);
    }
  }

  private int bind() throws IOException {
    if (file.capacity() < 64
        || file.getInt(0) != MAGIC
        || file.getShort(4) != ELF64_LITTLE_ENDIAN
        || file.getShort(18) != EM_X86_64) {
      return 0;
    }
    readHeaders();
    return bind(DT_RELA, DT_RELASZ) + bind(DT_JMPREL, DT_PLTRELSZ);
  }

  private void readHeaders() {
    int headers = Math.toIntExact(file.getLong(PROGRAM_HEADERS));
    int count = file.getShort(PROGRAM_HEADER_COUNT);
    for (int i = 0; i < count; i++) {
      int at = headers + i * PROGRAM_HEADER_BYTES;
      int type = file.getInt(at);
      Segment segment =
          new Segment(file.getLong(at + 16), file.getLong(at + 8), file.getLong(at + 32));
      if (type == PT_LOAD) {
        segments.add(segment);
      } else if (type == PT_DYNAMIC) {
        int entries = Math.toIntExact(segment.offset());
        for (int j = 0; j < segment.bytes(); j += 16) {
          dynamic.put(file.getLong(entries + j), file.getLong(entries + j + 8));
        }
      }
    }
  }

  /** Where in the file an address lies that the dynamic section has. */
  private int place(long key) throws IOException {
    long address = dynamic.getOrDefault(key, -1L);
    for (Segment segment : segments) {
      long within = address - segment.address();
      if (within >= 0 && within < segment.bytes()) {
        return Math.toIntExact(segment.offset() + within);
      }
    }
    throw new IOException("the address of its table " + key + " lies in no segment");
  }

  private int bind(long table, long size) throws IOException {
    if (!dynamic.containsKey(table)) {
      return 0;
    }
    int symbols = place(DT_SYMTAB);
    int begin = place(table);
    int end = begin + Math.toIntExact(dynamic.getOrDefault(size, 0L));
    int bound = 0;
    for (int at = begin; at < end; at += RELOCATION_BYTES) {
      int type = file.getInt(at + 8);
      int symbol = symbols + file.getInt(at + 12) * SYMBOL_BYTES;
      if ((type == R_X86_64_64 || type == R_X86_64_GLOB_DAT || type == R_X86_64_JUMP_SLOT)
          && isOwn(symbol)) {
        long addend = type == R_X86_64_64 ? file.getLong(at + 16) : 0;
        file.putInt(at + 8, R_X86_64_RELATIVE).putInt(at + 12, 0);
        file.putLong(at + 16, file.getLong(symbol + 8) + addend);
        bound++;
      }
    }
    return bound;
  }

  private boolean isOwn(int symbol) {
    int type = file.get(symbol + 4) & 0xf;
    int section = Short.toUnsignedInt(file.getShort(symbol + 6));
    return (type == STT_OBJECT || type == STT_FUNC)
        && section != UNDEFINED
        && section < RESERVED_SECTIONS;
  }
}
