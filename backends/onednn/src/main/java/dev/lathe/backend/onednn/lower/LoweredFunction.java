package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.program.Program;
import java.util.List;

/** A program that is ready to run, and what it keeps alive. */
public final class LoweredFunction implements AutoCloseable {
  private final Program program;
  private final List<AutoCloseable> owned;
  private boolean closed;

  /** A function that closes {@code program}, then {@code owned}, the last first. */
  public LoweredFunction(Program program, List<AutoCloseable> owned) {
    this.program = program;
    this.owned = owned;
  }

  /** The program. */
  public Program program() {
    return program;
  }

  /** Destroys the program and frees its constants. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      program.close();
      closeAll(owned);
    }
  }

  static void closeAll(List<AutoCloseable> resources) {
    RuntimeException failure = null;
    for (AutoCloseable resource : resources.reversed()) {
      try {
        resource.close();
      } catch (RuntimeException e) {
        failure = e;
      } catch (Exception e) {
        failure = new IllegalStateException("a resource could not be closed", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
