package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.ExecutableMemory;
import dev.lathe.backend.onednn.jit.CodeSource;
import org.jspecify.annotations.Nullable;

/**
 * Machine code that is generated after lowering, perhaps by another thread, or that a stored
 * program brings along. Instructions that ask for the same share one. Once it is there it may be
 * run by several threads at once.
 */
public final class GeneratedKernel implements AutoCloseable {
  private final @Nullable CodeSource source;
  private final int offset;
  private volatile @Nullable ExecutableMemory memory;

  private GeneratedKernel(@Nullable CodeSource source, int offset) {
    this.source = source;
    this.offset = offset;
  }

  /** A kernel that is still to be generated. */
  public GeneratedKernel(CodeSource source) {
    this(source, 0);
  }

  /**
   * A kernel that is still to be {@linkplain #place placed}.
   *
   * @param offset where its code begins in the memory it will be placed in
   */
  public static GeneratedKernel stored(int offset) {
    return new GeneratedKernel(null, offset);
  }

  /** Generates the code. To be called once. */
  public void generate() {
    if (source == null) {
      throw new IllegalStateException("a stored kernel is placed, not generated");
    }
    memory = ExecutableMemory.of(source.generate());
  }

  /** Says where the code of a stored kernel lies, together with that of others; once. */
  public void place(ExecutableMemory shared) {
    memory = shared;
  }

  /** A copy of the code of a kernel that has been generated. */
  public byte[] code() {
    return memory().bytes();
  }

  private ExecutableMemory memory() {
    ExecutableMemory there = memory;
    if (there == null) {
      throw new IllegalStateException("the code is not there yet: " + source);
    }
    return there;
  }

  /**
   * Runs the code in {@code threads} threads, the calling one among them.
   *
   * @param arguments the address of what {@link CodeSource} says, for this run alone
   */
  void run(long arguments, int threads) {
    memory().call(offset, arguments, threads);
  }

  /** Frees what was generated; memory that a stored kernel was placed in is its owner's. */
  @Override
  public void close() {
    ExecutableMemory there = memory;
    if (there != null && source != null) {
      there.close();
    }
  }
}
