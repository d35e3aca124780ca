package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.ExecutableMemory;
import dev.lathe.backend.onednn.jit.CodeSource;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Machine code that is generated after lowering, perhaps by another thread. Instructions that ask
 * for the same share one. Once generated it may be run by several threads at once.
 */
public final class GeneratedKernel implements AutoCloseable {
  private final CodeSource source;
  private volatile @Nullable ExecutableMemory code;

  /** A kernel that is still to be generated. */
  public GeneratedKernel(CodeSource source) {
    this.source = source;
  }

  /** What it is generated from. */
  public CodeSource source() {
    return source;
  }

  /** Generates the code. To be called once. */
  public void generate() {
    code = ExecutableMemory.of(source.generate());
  }

  /**
   * Runs the code in {@code threads} threads, the calling one among them.
   *
   * @param arguments what {@link CodeSource} says, for this run alone
   */
  void run(MemorySegment arguments, int threads) {
    ExecutableMemory generated = code;
    if (generated == null) {
      throw new IllegalStateException(source + " is not generated yet");
    }
    generated.call(arguments, threads);
  }

  @Override
  public void close() {
    ExecutableMemory generated = code;
    if (generated != null) {
      generated.close();
    }
  }
}
