package dev.lathe.backend.onednn.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The pages of a library that the process has open and that nobody writes to: its code, its symbols
 * and its constants, which the system can read from the file again at any time.
 *
 * <p>To load oneDNN and to ask it for kernels touches 25 MB of them, most of which no run needs
 * again. The process lets go of them here; what is needed after all comes back from the system's
 * cache of the file, some microseconds for 64 kB.
 */
final class LoadedLibrary {
  private static final int RTLD_LAZY_NOLOAD = 0x1 | 0x4;
  private static final int RTLD_DI_LINKMAP = 2;
  private static final int HEADER_BYTES = 64;
  private static final int PROGRAM_HEADERS = 32;
  private static final int PROGRAM_HEADER_COUNT = 56;
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int PT_LOAD = 1;
  private static final int WRITABLE = 2;
  private static final long PAGE = 4096;
  private static final int MADV_DONTNEED = 4;

  private final long madvise;

  /** The begin and the end of each range of pages. */
  private final long[] ranges;

  private LoadedLibrary(long madvise, long[] ranges) {
    this.madvise = madvise;
    this.ranges = ranges;
  }

  /**
   * The pages of a library that is open; none where the linker does not say where they are, as
   * older ones do not.
   */
  static LoadedLibrary of(Path file) {
    try (Arena arena = Arena.ofConfined();
        NativeScope scope = new NativeScope()) {
      SymbolLookup library = SymbolLookup.libraryLookup("libc.so.6", arena);
      Optional<MemorySegment> open = library.find("dlopen");
      Optional<MemorySegment> info = library.find("dlinfo");
      Optional<MemorySegment> close = library.find("dlclose");
      if (open.isEmpty() || info.isEmpty() || close.isEmpty()) {
        return new LoadedLibrary(0, new long[0]);
      }
      long handle =
          Downcall.narrow(
              open.get().address(), scope.text(file.toString()), RTLD_LAZY_NOLOAD, 0, 0, 0, 0);
      if (handle == 0) {
        return new LoadedLibrary(0, new long[0]);
      }
      long cell = scope.cell();
      long status = Downcall.narrow(info.get().address(), handle, RTLD_DI_LINKMAP, cell, 0, 0, 0);
      Downcall.narrow(close.get().address(), handle, 0, 0, 0, 0, 0);
      // The first member of a link map is where the library begins.
      return (int) status == 0
          ? at(library.findOrThrow("madvise").address(), memory(scope.value(cell), 8).getLong(0))
          : new LoadedLibrary(0, new long[0]);
    }
  }

  private static LoadedLibrary at(long madvise, long base) {
    ByteBuffer header = memory(base, HEADER_BYTES);
    int count = header.getShort(PROGRAM_HEADER_COUNT);
    ByteBuffer segments =
        memory(base + header.getLong(PROGRAM_HEADERS), (long) count * PROGRAM_HEADER_BYTES);
    long[] ranges = new long[2 * count];
    for (int i = 0; i < count; i++) {
      int segment = i * PROGRAM_HEADER_BYTES;
      if (segments.getInt(segment) == PT_LOAD && (segments.getInt(segment + 4) & WRITABLE) == 0) {
        long begin = base + segments.getLong(segment + 16);
        ranges[2 * i] = begin / PAGE * PAGE;
        ranges[2 * i + 1] = (begin + segments.getLong(segment + 40) + PAGE - 1) / PAGE * PAGE;
      }
    }
    return new LoadedLibrary(madvise, ranges);
  }

  private static ByteBuffer memory(long address, long bytes) {
    return MemorySegment.ofAddress(address)
        .reinterpret(bytes)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder());
  }

  /** How many bytes lie in the pages, resident or not. */
  long bytes() {
    long bytes = 0;
    for (int i = 0; i < ranges.length; i += 2) {
      bytes += ranges[i + 1] - ranges[i];
    }
    return bytes;
  }

  /** Lets go of the pages. Threads may run the library's code meanwhile. */
  void release() {
    for (int i = 0; i < ranges.length; i += 2) {
      if (ranges[i] != ranges[i + 1]) {
        // Only advice: what the system does not take, it keeps.
        Downcall.narrow(madvise, ranges[i], ranges[i + 1] - ranges[i], MADV_DONTNEED, 0, 0, 0);
      }
    }
  }
}
