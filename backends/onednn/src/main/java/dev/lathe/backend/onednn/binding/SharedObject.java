package dev.lathe.backend.onednn.binding;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes machine code as a shared object for the dynamic linker of Linux on x86-64: an ELF file
 * with the functions as its symbols, which needs no other library and no relocation. Little-endian;
 * the layout is that of the ELF-64 Object File Format and of the System V ABI, chapters 4 and 5.
 *
 * <p>The first page has everything but the dynamic section, which alone is in the second: older
 * linkers write into it, so it has to be writable, and code must not be.
 */
final class SharedObject {
  private static final int PAGE = 4096;
  private static final int HEADER_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;
  private static final int SYMBOL_BYTES = 24;
  private static final int ENTRY_BYTES = 16;

  private static final int ET_DYN = 3;
  private static final int EM_X86_64 = 62;
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int PT_GNU_STACK = 0x6474e551;
  private static final int EXECUTE = 1;
  private static final int WRITE = 2;
  private static final int READ = 4;
  private static final int DT_NULL = 0;
  private static final int DT_HASH = 4;
  private static final int DT_STRTAB = 5;
  private static final int DT_SYMTAB = 6;
  private static final int DT_STRSZ = 10;
  private static final int DT_SYMENT = 11;
  private static final byte GLOBAL_FUNCTION = 0x12;

  /** Any section that is not the undefined one: there is no table of sections. */
  private static final short SOME_SECTION = 1;

  private static final int SEGMENTS = 4;
  private static final int ENTRIES = 6;

  private SharedObject() {}

  /**
   * The bytes of the file.
   *
   * @param functions where each function begins in {@code code}, by the name of its symbol
   * @throws IllegalArgumentException if all together take more than a page
   */
  static byte[] of(byte[] code, Map<String, Integer> functions) {
    byte[] file = new byte[PAGE + ENTRIES * ENTRY_BYTES];
    ByteBuffer out = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int count = functions.size();
    int hash = HEADER_BYTES + SEGMENTS * SEGMENT_BYTES;
    int symbols = hash + Integer.BYTES * (4 + count) + Integer.BYTES * (count & 1);
    int texts = symbols + SYMBOL_BYTES * (1 + count);
    int textBytes = 1;
    for (String name : functions.keySet()) {
      textBytes += name.length() + 1;
    }
    int start = (texts + textBytes + 15) / 16 * 16;
    if (start + code.length > PAGE) {
      throw new IllegalArgumentException(
          code.length + " bytes of code and " + textBytes + " of names are more than a page");
    }
    header(out);
    segment(out, PT_LOAD, READ | EXECUTE, 0, start + code.length, PAGE);
    segment(out, PT_LOAD, READ | WRITE, PAGE, ENTRIES * ENTRY_BYTES, PAGE);
    segment(out, PT_DYNAMIC, READ | WRITE, PAGE, ENTRIES * ENTRY_BYTES, Long.BYTES);
    // Without this one, the linker would make all stacks of the process executable.
    segment(out, PT_GNU_STACK, READ | WRITE, 0, 0, 16);
    hash(out, count);
    out.position(symbols + SYMBOL_BYTES);
    int text = 1;
    for (Map.Entry<String, Integer> function : functions.entrySet()) {
      out.putInt(text).put(GLOBAL_FUNCTION).put((byte) 0).putShort(SOME_SECTION);
      out.putLong(start + function.getValue()).putLong(0);
      text += function.getKey().length() + 1;
    }
    out.position(texts + 1);
    for (String name : functions.keySet()) {
      out.put(name.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    }
    out.position(start).put(code);
    out.position(PAGE);
    out.putLong(DT_HASH).putLong(hash).putLong(DT_STRTAB).putLong(texts);
    out.putLong(DT_SYMTAB).putLong(symbols).putLong(DT_STRSZ).putLong(textBytes);
    out.putLong(DT_SYMENT).putLong(SYMBOL_BYTES).putLong(DT_NULL).putLong(0);
    return file;
  }

  private static void header(ByteBuffer out) {
    out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
    out.putShort((short) ET_DYN).putShort((short) EM_X86_64).putInt(1);
    out.putLong(0).putLong(HEADER_BYTES).putLong(0).putInt(0);
    out.putShort((short) HEADER_BYTES).putShort((short) SEGMENT_BYTES);
    out.putShort((short) SEGMENTS).putShort((short) 0).putShort((short) 0).putShort((short) 0);
  }

  private static void segment(
      ByteBuffer out, int type, int flags, long at, long bytes, long alignment) {
    out.putInt(type).putInt(flags).putLong(at).putLong(at).putLong(at);
    out.putLong(bytes).putLong(bytes).putLong(alignment);
  }

  /** A table with one bucket: a chain of all symbols, the first of which is the undefined one. */
  private static void hash(ByteBuffer out, int count) {
    out.putInt(1).putInt(count + 1).putInt(count == 0 ? 0 : 1).putInt(0);
    for (int i = 1; i <= count; i++) {
      out.putInt(i == count ? 0 : i + 1);
    }
  }
}
